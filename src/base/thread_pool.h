#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace alsace {

/// A few threads that run the same loop again and again. Owned by the call that needs it; nothing
/// is global. The calling thread is worker 0 and works too.
///
/// Results must not depend on which worker runs which task: write to places of the task's own, and
/// sum per-task results in task order afterwards.
class ThreadPool {
 public:
  static constexpr int most_threads = 4096;

  /// `threads` 0 means available_threads().
  /// @throws Error invalid_argument above most_threads or below 0, or when the system
  ///         refuses to start them.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int workers() const noexcept { return static_cast<int>(threads_.size()) + 1; }

  /// Calls task(index, worker) for every index in [0, tasks), handed out in rising order. When a
  /// task throws, the rest are left out and the exception of the lowest failed index is thrown.
  void run(std::size_t tasks, const std::function<void(std::size_t, int)>& task);

 private:
  void stop() noexcept;
  void work(int worker);
  void drain(int worker);

  std::vector<std::jthread> threads_;
  /// Looks at what is waited for before going to sleep: a loop is often followed by the next within
  /// the time that it takes to wake a thread. Not where threads share processors.
  int spins_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::atomic<std::uint64_t> round_ = 0;
  std::atomic<int> busy_ = 0;
  bool stop_ = false;

  const std::function<void(std::size_t, int)>* task_ = nullptr;
  std::size_t tasks_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::size_t failed_index_ = 0;
  std::exception_ptr failure_;
};

/// Splits [0, items) into tasks of `block` items and calls body(begin, end, worker) for each.
/// Blocks depend on `items` and `block` only, never on the number of threads.
inline void parallel_blocks(ThreadPool& pool,
                            std::size_t items,
                            std::size_t block,
                            const std::function<void(std::size_t, std::size_t, int)>& body) {
  pool.run((items + block - 1) / block, [&](std::size_t task, int worker) {
    body(task * block, items < (task + 1) * block ? items : (task + 1) * block, worker);
  });
}

}  // namespace alsace
