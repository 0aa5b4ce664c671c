#include "train/quantile.h"

#include <bit>
#include <cstddef>
#include <vector>

namespace alsace {
namespace {

constexpr std::size_t half_size = std::size_t{1} << 16;

/// Bits of floats that are 0 or more rise as the floats do. -0 is 0.
std::uint32_t rising_bits(float number) {
  return std::bit_cast<std::uint32_t>(number + 0.0F);
}

/// The first bin up to which the counts exceed `place`, which becomes a place within that bin.
std::uint32_t take_bin(std::span<const std::int64_t> counts, std::int64_t& place) {
  std::uint32_t bin = 0;
  while (place >= counts[bin]) {
    place -= counts[bin++];
  }
  return bin;
}

}  // namespace

float number_at(std::span<const float> numbers, std::int64_t place) {
  std::vector<std::int64_t> counts(half_size, 0);
  for (const float number : numbers) {
    ++counts[rising_bits(number) >> 16];
  }
  const std::uint32_t high = take_bin(counts, place);
  counts.assign(half_size, 0);
  for (const float number : numbers) {
    const std::uint32_t bits = rising_bits(number);
    counts[bits & 0xffffU] += bits >> 16 == high ? 1 : 0;
  }
  return std::bit_cast<float>(high << 16 | take_bin(counts, place));
}

}  // namespace alsace
