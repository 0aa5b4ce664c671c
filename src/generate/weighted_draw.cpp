#include "generate/weighted_draw.h"

#include <algorithm>
#include <cstddef>

namespace alsace {

WeightedDraw::WeightedDraw(std::span<const std::uint64_t> weights) {
  upper_.reserve(weights.size());
  std::uint64_t sum = 0;
  for (const std::uint64_t weight : weights) {
    sum += weight;
    upper_.push_back(sum);
  }
  bucket_width_ = std::max<std::uint64_t>(1, (sum + weights.size() - 1) / weights.size());
  Index row = 0;
  for (std::uint64_t start = 0; start < sum; start += bucket_width_) {
    while (upper_[static_cast<std::size_t>(row)] <= start) {
      ++row;
    }
    first_.push_back(row);
  }
}

Index WeightedDraw::operator()(RandomStream& stream) const noexcept {
  const std::uint64_t at = stream.below(upper_.back());
  auto row = static_cast<std::size_t>(first_[static_cast<std::size_t>(at / bucket_width_)]);
  while (upper_[row] <= at) {
    ++row;
  }
  return static_cast<Index>(row);
}

std::vector<std::int64_t> apportion(std::span<const std::uint64_t> weights,
                                    std::int64_t total,
                                    std::int64_t least,
                                    std::int64_t most) {
  const auto rows = static_cast<std::int64_t>(weights.size());
  std::vector<std::int64_t> counts(weights.size(), least);
  std::uint64_t left_weight = 0;
  for (const std::uint64_t weight : weights) {
    left_weight += weight;
  }
  // Each row takes its share of what is left, so that rounding never adds up.
  std::int64_t left = total - rows * least;
  for (std::size_t row = 0; row < weights.size() && left_weight > 0; ++row) {
    const double share = static_cast<double>(weights[row]) / static_cast<double>(left_weight);
    const auto part = static_cast<std::int64_t>(static_cast<double>(left) * share);
    const std::int64_t taken = std::min(part, most - least);
    counts[row] += taken;
    left -= taken;
    left_weight -= weights[row];
  }
  // What rows at their maximum could not take goes to the others, evenly.
  for (std::size_t row = 0; left > 0 && row < counts.size(); ++row) {
    const auto rows_left = static_cast<std::int64_t>(counts.size() - row);
    const std::int64_t even = (left + rows_left - 1) / rows_left;
    const std::int64_t taken = std::min({even, left, most - counts[row]});
    counts[row] += taken;
    left -= taken;
  }
  for (std::size_t row = 0; left > 0 && row < counts.size(); ++row) {
    const std::int64_t taken = std::min(left, most - counts[row]);
    counts[row] += taken;
    left -= taken;
  }
  return counts;
}

void draw_distinct(const WeightedDraw& draw,
                   std::int64_t count,
                   RandomStream& stream,
                   std::span<std::uint32_t> seen,
                   std::uint32_t mark,
                   std::span<Index> out) {
  // Someone who takes most of the catalogue would wait long for its rare rows: after a fair
  // number of draws the rest comes in row order.
  std::int64_t draws_left = 16 * count + 64;
  std::int64_t found = 0;
  while (found < count && draws_left-- > 0) {
    const Index row = draw(stream);
    std::uint32_t& taken = seen[static_cast<std::size_t>(row)];
    if (taken != mark) {
      taken = mark;
      out[static_cast<std::size_t>(found++)] = row;
    }
  }
  for (Index row = 0; found < count; ++row) {
    std::uint32_t& taken = seen[static_cast<std::size_t>(row)];
    if (taken != mark) {
      taken = mark;
      out[static_cast<std::size_t>(found++)] = row;
    }
  }
}

}  // namespace alsace
