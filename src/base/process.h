#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace alsace {

/// Seconds since it was made, by a clock that never jumps.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Peak resident memory of this process so far.
std::int64_t peak_memory_bytes();

/// Gives freed memory back to the system where the allocator keeps it: behind work that used much
/// of it in small pieces.
void return_freed_memory() noexcept;

/// Bytes that this process may still take: the smaller of the memory the system calls available
/// and what its control groups (version 1 or 2) leave it. 0: neither is known. `root` stands before
/// /proc and /sys.
std::uint64_t memory_left_bytes(const std::string& root = "");

}  // namespace alsace
