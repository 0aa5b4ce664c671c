#pragma once

#include "alsace/options.h"

#include "base/aligned.h"
#include "kernels/row_system.h"
#include "solve/fixed_side.h"
#include "solve/row_entries.h"

#include <optional>
#include <span>

namespace alsace {

/// Solves single rows by Cholesky factorization in float, refined by the residual in double until
/// the backward error is that of rounding the solution to float. Several times as fast as
/// RowSolver, to which the rows go that it cannot bring that far: those of heavy weights. Holds the
/// room a row needs, so each thread has its own.
class DirectSolver {
 public:
  DirectSolver(const FixedSide& fixed, const TrainOptions& options, Index counterparts);

  /// Writes the solution, in the fixed side's basis, over x, [stride] with zeros in the padding.
  /// Gives the row's part of the objective, as GradientSolver does, or nothing.
  /// O(entries * factors^2 + factors^3), or with fewer entries than factors
  /// O(entries^2 * factors + entries^3).
  std::optional<double> solve(const RowEntries& row, float* x);

 private:
  void load(const RowEntries& row);
  double load_entry(const RowEntries& row, std::size_t j);
  [[nodiscard]] bool suits_entries(std::size_t entries) const;

  std::optional<double> solve_by_factors(const kernels::Gathered& rows);
  [[nodiscard]] bool factorize_by_factors(const kernels::Gathered& rows);
  double add_step();
  double residual_at(const kernels::Gathered& rows);

  std::optional<double> solve_by_entries(const kernels::Gathered& rows);
  [[nodiscard]] bool factorize_by_entries(const kernels::Gathered& rows);
  void add_dual_step(const kernels::Gathered& rows);

  const FixedSide& fixed_;
  const TrainOptions& options_;
  double more_count_;
  std::size_t size_;
  std::size_t stride_;
  AlignedVector<float> weights_;
  AlignedVector<float> targets_;
  bool is_uniform_ = false;  ///< All weights are the same, and above 0.
  float least_weight_ = 0;
  double regularization_ = 0;
  double constant_ = 0;                  ///< sum_j c_j p_j^2
  AlignedVector<double> diagonal_;       ///< common + l_u. [stride], padding 1.
  AlignedVector<float> rounded_;         ///< The diagonal a kernel asks for, or its inverse.
  AlignedVector<float> entry_diagonal_;  ///< 1 / w_j. [entries]
  AlignedVector<float> scratch_;         ///< Gathered rows, scaled.
  AlignedVector<float> matrix_;          ///< A, then its factor. [stride x stride]
  AlignedVector<float> step_;            ///< A residual, then the step from it.
  AlignedVector<double> solution_;       ///< [stride]
  AlignedVector<double> residual_;       ///< [stride], or in the dual [entries]
  AlignedVector<double> dual_;           ///< [entries]
  AlignedVector<double> dots_;           ///< x . y_j, then what y_j is scaled by.
};

}  // namespace alsace
