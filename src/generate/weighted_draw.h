#pragma once

#include "alsace/interactions.h"

#include "base/random.h"

#include <cstdint>
#include <span>
#include <vector>

namespace alsace {

/// Draws rows with probability proportional to whole-number weights, in O(1) expected.
///
/// Everything is integer arithmetic, so that a seed means the same draws on every machine.
class WeightedDraw {
 public:
  /// At least one weight must be above 0, and their sum below 2^53.
  explicit WeightedDraw(std::span<const std::uint64_t> weights);

  [[nodiscard]] Index rows() const noexcept { return static_cast<Index>(upper_.size()); }
  [[nodiscard]] Index operator()(RandomStream& stream) const noexcept;

 private:
  std::vector<std::uint64_t> upper_;  ///< Sum of the weights up to and with this row.
  std::vector<Index> first_;          ///< First row that can hold a draw of this bucket.
  std::uint64_t bucket_width_ = 1;
};

/// Splits `total` among rows in proportion to their weights, each between `least` and `most`.
/// Sums to `total` exactly, which must lie between rows * least and rows * most.
std::vector<std::int64_t> apportion(std::span<const std::uint64_t> weights,
                                    std::int64_t total,
                                    std::int64_t least,
                                    std::int64_t most);

/// Draws `count` distinct rows in the order drawn. `seen` is a scratch mark per row: rows marked
/// with `mark` are taken already, and drawn ones get the mark.
void draw_distinct(const WeightedDraw& draw,
                   std::int64_t count,
                   RandomStream& stream,
                   std::span<std::uint32_t> seen,
                   std::uint32_t mark,
                   std::span<Index> out);

}  // namespace alsace
