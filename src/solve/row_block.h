#pragma once

#include "alsace/solve.h"

#include "base/aligned.h"
#include "solve/fixed_side.h"

#include <span>
#include <vector>

namespace alsace {

/// A task's rows in the fixed side's basis, before and after they are solved. Rough efforts turn
/// them in float, others in double; exact ones start from nothing, so these turn them back only.
class RowBlock {
 public:
  /// For tasks of at most `rows` rows.
  RowBlock(const FixedSide& fixed, Effort effort, std::size_t rows);

  /// The rows of the caller's table, in the basis.
  void load(const Side& solved, std::span<const Index> rows);
  /// Back to the caller's table.
  void store(const Side& solved, std::span<const Index> rows);

  /// Row r of the task, [stride], padded with zeros.
  [[nodiscard]] float* floats(std::size_t r) { return own_.data() + r * stride_; }
  /// Row r in double, [coordinates], starting with what floats(r) holds; stored in its place.
  [[nodiscard]] std::span<double> doubles(std::size_t r);

 private:
  void widen(std::size_t r);
  void turn_back(std::size_t r, std::size_t count);

  const FixedSide& fixed_;
  bool is_rough_;
  bool has_start_;
  std::size_t factors_;
  std::size_t stride_;
  AlignedVector<float> own_;     ///< [rows x stride]
  AlignedVector<float> turned_;  ///< [rows x stride]
  AlignedVector<double> wide_;   ///< [rows x stride], or empty until it is needed.
  std::vector<bool> is_wide_;    ///< [rows]
};

}  // namespace alsace
