#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace alsace {

/// Counter-based random numbers: the value at (seed, a, b) depends on nothing else, so that any
/// thread may draw any of them in any order.

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection that mixes all bits.
constexpr std::uint64_t mix_bits(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebU;
  x ^= x >> 31;
  return x;
}

/// 64 random bits at (seed, a, b).
constexpr std::uint64_t random_bits(std::uint64_t seed, std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;
  std::uint64_t x = mix_bits(seed + golden);
  x = mix_bits(x + golden * (a + 1));
  return mix_bits(x + golden * (b + 1));
}

/// Uniform in [0, 1) from the upper 53 bits.
constexpr double random_uniform(std::uint64_t seed, std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<double>(random_bits(seed, a, b) >> 11) * 0x1.0p-53;
}

/// Standard normal by Box and Muller 1958.
inline double random_normal(std::uint64_t seed, std::uint64_t a, std::uint64_t b) noexcept {
  const double u = 1.0 - random_uniform(seed, a, 2 * b);
  const double v = random_uniform(seed, a, 2 * b + 1);
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

/// A stream of the same numbers, for sequential use.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  std::uint64_t bits() noexcept { return random_bits(seed_, stream_, next_++); }
  double uniform() noexcept { return random_uniform(seed_, stream_, next_++); }
  double normal() noexcept { return random_normal(seed_, stream_, next_++); }
  /// Uniform in [0, bound), bound >= 1; the bias of at most bound / 2^53 is accepted.
  std::uint64_t below(std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>(uniform() * static_cast<double>(bound));
  }

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t next_ = 0;
};

}  // namespace alsace
