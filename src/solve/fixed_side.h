#pragma once

#include "alsace/solve.h"

#include "base/aligned.h"
#include "base/thread_pool.h"
#include "kernels/gather.h"
#include "kernels/gradients.h"
#include "solve/eigenbasis.h"

#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// How near a half-step comes to each row's solution.
enum class Effort {
  rough,    ///< A few steps from the start values: each other half-step moves the solution anyway.
  closing,  ///< A backward error of 1e-6, by whichever solver is cheaper.
  exact     ///< Direct solvers.
};

/// What rough half-steps may take for granted.
enum class Weights {
  mild,  ///< No confidence so large that rounding factors to half precision shows in the objective.
  heavy  ///< Else: single precision, and steps until the residual itself is small.
};

/// The fixed side of a half-step, made ready: every row's system is
///
///     (diag(common + l_u) + sum_j w_j y_j y_j') x = sum_j t_j y_j
///
/// with y_j rows of `table`. Implicit feedback works in the eigenbasis of the Gram matrix, where
/// the part all rows share is diagonal. Explicit feedback has no such part, but what a row expects
/// of its entries is diagonal there too, so all but exact and nonnegative rows work in it as well.
/// With biases each y_j has one more coordinate, 1, whose partner is the row's own bias.
struct FixedSide {
  int factors = 0;
  int coordinates = 0;  ///< factors, and one more with biases.
  Index rows = 0;
  FactorTable table;  ///< [rows x coordinates], empty when there are halves.
  Weights weights = Weights::heavy;
  AlignedArray<kernels::Half> halves;  ///< The table in half precision, or null.
  std::span<const float> biases;       ///< [rows] or empty; subtracted from targets.
  std::optional<Eigenbasis> basis;     ///< None where rows are not turned.
  AlignedVector<float> into;           ///< The basis in floats, for rough efforts.
  AlignedVector<float> back;
  AlignedVector<double> common;        ///< w0 * eigenvalues, or zeros. [coordinates]
  AlignedVector<float> common_floats;  ///< The same, padded with ones. [stride]
  AlignedVector<float> mean_square;    ///< Mean over rows of y^2, by coordinate. [stride]
  double unobserved_weight = 0;        ///< w0; 0 for explicit feedback.

  [[nodiscard]] std::size_t stride() const { return FactorTable::stride_of(coordinates); }
  /// Rows of the table, by number.
  [[nodiscard]] kernels::Gathered gathered(std::span<const Index> columns) const {
    return {.table = table.data(),
            .stride = table.stride(),
            .columns = columns.data(),
            .count = columns.size()};
  }
};

/// O(rows * factors^2) where the table is turned, a copy of it otherwise. Half precision is used
/// where it pays: on large tables.
FixedSide prepare_fixed_side(ConstSide fixed,
                             const TrainOptions& options,
                             ThreadPool& pool,
                             Effort effort = Effort::exact,
                             Weights weights = Weights::heavy);

}  // namespace alsace
