#pragma once

#include "alsace/options.h"

#include "base/aligned.h"
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
  /// Gives the row's part of the objective, as GradientSolver does, or nothing; as the last step
  /// predicts it, which is a rough value where weights are heavy.
  /// O(entries * factors^2 + factors^3).
  std::optional<double> solve(const RowEntries& row, float* x);

 private:
  void load(const RowEntries& row);
  void assemble(std::span<const Index> columns);
  double add_step();
  double residual_at(std::span<const Index> columns, std::span<const double> x);

  const FixedSide& fixed_;
  const TrainOptions& options_;
  double more_count_;
  std::size_t size_;
  std::size_t stride_;
  AlignedVector<float> weights_;
  AlignedVector<float> targets_;
  double regularization_ = 0;
  double constant_ = 0;             ///< sum_j c_j p_j^2
  AlignedVector<float> panel_;      ///< Gathered rows. [panel rows x stride]
  AlignedVector<float> scaled_;     ///< The same, times their weights.
  AlignedVector<float> matrix_;     ///< A, then its factor. [stride x stride]
  AlignedVector<float> step_;       ///< b - A x, then the step from it. [stride]
  AlignedVector<double> solution_;  ///< [stride]
  AlignedVector<double> residual_;  ///< [stride]
};

}  // namespace alsace
