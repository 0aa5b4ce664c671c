#pragma once

#include <chrono>
#include <cstdint>

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
std::int64_t peak_memory_bytes() noexcept;

}  // namespace alsace
