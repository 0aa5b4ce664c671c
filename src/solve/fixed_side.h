#pragma once

#include "alsace/solve.h"

#include "base/thread_pool.h"
#include "solve/eigenbasis.h"

#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// The fixed side of a half-step, made ready: every row's system is
///
///     (diag(common + l_u) + sum_j w_j y_j y_j') x = sum_j t_j y_j
///
/// with y_j rows of `table`. Implicit feedback works in the eigenbasis of the Gram matrix, where
/// the part all rows share is diagonal; explicit feedback has no such part and stays as it is. With
/// biases each y_j has one more coordinate, 1, whose partner is the row's own bias.
struct FixedSide {
  int coordinates = 0;              ///< factors, and one more with biases.
  FactorTable table;                ///< [rows x coordinates]
  std::span<const float> biases;    ///< [rows] or empty; subtracted from targets.
  std::optional<Eigenbasis> basis;  ///< Implicit feedback only.
  std::vector<double> common;       ///< w0 * eigenvalues, or zeros. [coordinates]
  std::vector<double> mean_square;  ///< Mean over rows of y^2, by coordinate. [coordinates]
  double unobserved_weight = 0;     ///< w0; 0 for explicit feedback.
};

/// O(rows * factors^2) with implicit feedback, a copy of the table otherwise.
FixedSide prepare_fixed_side(ConstSide fixed, const TrainOptions& options, ThreadPool& pool);

}  // namespace alsace
