#pragma once

#include "alsace/solve.h"

#include "base/aligned.h"
#include "solve/fixed_side.h"
#include "solve/schedule.h"

#include <array>
#include <span>

namespace alsace {

/// A task's rows in the fixed side's basis, before and after they are solved. Rough efforts turn
/// them in float, others in double.
class RowBlock {
 public:
  RowBlock(const FixedSide& fixed, Effort effort);

  /// The rows of the caller's table, at most Schedule::most_rows, in the basis.
  void load(const Side& solved, std::span<const Index> rows);
  /// Back to the caller's table.
  void store(const Side& solved, std::span<const Index> rows);

  /// Row r of the task, [stride], padded with zeros.
  [[nodiscard]] float* floats(std::size_t r) { return own_.data() + r * stride_; }
  /// Row r in double, [coordinates], starting with what floats(r) holds; stored in its place.
  [[nodiscard]] std::span<double> doubles(std::size_t r);

 private:
  void widen(std::size_t r);

  const FixedSide& fixed_;
  bool is_rough_;
  std::size_t factors_;
  std::size_t stride_;
  AlignedVector<float> own_;     ///< [most_rows x stride]
  AlignedVector<float> turned_;  ///< [most_rows x stride]
  AlignedVector<double> wide_;   ///< [most_rows x stride]
  std::array<bool, Schedule::most_rows> is_wide_ = {};
};

}  // namespace alsace
