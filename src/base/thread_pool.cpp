#include "base/thread_pool.h"

#include "alsace/error.h"

#include "base/threads.h"

#include <system_error>

#include <fmt/format.h>
#include <hwy/cache_control.h>

namespace alsace {
namespace {

/// About a tenth of a millisecond.
constexpr int most_spins = 10'000;

template <class Condition>
void spin_until(const Condition& condition, int most) {
  for (int i = 0; i < most && !condition(); ++i) {
    hwy::Pause();
  }
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  if (threads < 0 || threads > most_threads) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("threads is {}, it must be 0 (all) to {}.", threads, most_threads));
  }
  const int available = available_threads();
  const int wanted = threads > 0 ? threads : available;
  spins_ = wanted <= available ? most_spins : 0;
  threads_.reserve(static_cast<std::size_t>(wanted));
  try {
    for (int worker = 1; worker < wanted; ++worker) {
      threads_.emplace_back([this, worker] { work(worker); });
    }
  } catch (const std::system_error&) {
    stop();  // Else those that did start would be waited for, for ever.
    throw Error(ErrorCode::invalid_argument,
                fmt::format("the system refuses to start {} threads. Ask for fewer.", wanted));
  }
}

ThreadPool::~ThreadPool() {
  stop();
}

void ThreadPool::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    ++round_;
  }
  wake_.notify_all();
  threads_.clear();  // Joined before the mutex and the conditions they use are gone.
}

void ThreadPool::run(std::size_t tasks, const std::function<void(std::size_t, int)>& task) {
  {
    const std::lock_guard lock(mutex_);
    task_ = &task;
    tasks_ = tasks;
    next_ = 0;
    failed_ = false;
    failure_ = nullptr;
    busy_ = static_cast<int>(threads_.size());
    ++round_;
  }
  wake_.notify_all();
  drain(0);
  spin_until([this] { return busy_.load(std::memory_order_acquire) == 0; }, spins_);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

void ThreadPool::work(int worker) {
  std::uint64_t seen = 0;
  while (true) {
    spin_until([&] { return round_.load(std::memory_order_acquire) != seen; }, spins_);
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || round_ != seen; });
      if (stop_) {
        return;
      }
      seen = round_;
    }
    drain(worker);
    {
      const std::lock_guard lock(mutex_);
      --busy_;
    }
    done_.notify_one();
  }
}

void ThreadPool::drain(int worker) {
  while (!failed_.load(std::memory_order_relaxed)) {
    const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= tasks_) {
      return;
    }
    try {
      (*task_)(index, worker);
    } catch (...) {
      // Indices are handed out in rising order, so the lowest failing one has always begun: which
      // exception is thrown does not depend on the number of threads.
      const std::lock_guard lock(mutex_);
      if (!failure_ || index < failed_index_) {
        failure_ = std::current_exception();
        failed_index_ = index;
      }
      failed_ = true;
    }
  }
}

}  // namespace alsace
