#pragma once

#include "alsace/options.h"

#include "base/aligned.h"
#include "solve/fixed_side.h"
#include "solve/nonnegative.h"
#include "solve/row_entries.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// Solves single rows directly, in double, against one prepared fixed side. Holds the room a row
/// needs, so each thread has its own; the fixed side is shared.
class RowSolver {
 public:
  /// `counterparts` is n of the other side in RegularizationCount::all.
  RowSolver(const FixedSide& fixed, const TrainOptions& options, Index counterparts);

  /// Writes the solution, in the fixed side's basis, over x; nonnegative starts from the support of
  /// x. [coordinates] Gives the row's part of the objective, as GradientSolver::solve() does, or
  /// nothing when the system is not positive definite or the solution not finite.
  std::optional<double> solve(const RowEntries& row, std::span<double> x);

  /// For the row given to prepare_explanation: makes A's factor (on the free coordinates of x with
  /// nonnegative), so that contributions() can solve A z = y.
  [[nodiscard]] bool prepare_explanation(const RowEntries& row, std::span<const double> x);
  /// t_j (y_j . A^-1 y) for each entry j. `y` in the fixed side's basis, [coordinates]; a zero last
  /// coordinate leaves out the bias.
  std::vector<double> contributions(std::span<const Index> columns, std::span<const double> y);

 private:
  void load(const RowEntries& row);
  void raise_diagonal(std::span<const Index> columns);
  [[nodiscard]] double data_trace(std::span<const Index> columns) const;
  [[nodiscard]] bool solve_nonnegatively(std::span<const Index> columns, std::span<double> x);
  [[nodiscard]] bool solve_exactly(std::span<const Index> columns, std::span<double> x);
  [[nodiscard]] bool solve_dual(std::span<const Index> columns, double* x);
  [[nodiscard]] bool factor_dual(std::span<const Index> columns);
  void apply_dual(std::size_t entries, double* b);
  void assemble(std::span<const Index> columns);
  [[nodiscard]] double objective(std::span<const Index> columns, std::span<const double> x) const;

  const FixedSide& fixed_;
  const TrainOptions& options_;
  double more_count_;
  std::size_t size_;
  std::size_t stride_;

  // The row's system: weights w, targets t, diagonal common + l_u.
  AlignedVector<float> weights_;
  AlignedVector<float> targets_;
  AlignedVector<double> diagonal_;  ///< [stride], padding 1.
  double least_weight_ = 0;
  double constant_ = 0;  ///< sum_j c_j p_j^2

  AlignedVector<double> matrix_;        ///< A, then its factor. [stride x stride]
  AlignedVector<double> right_;         ///< b. [stride]
  AlignedVector<double> panel_;         ///< Gathered rows Y. [rows x stride]
  AlignedVector<double> scaled_;        ///< The same, scaled. [rows x stride]
  AlignedVector<double> inverse_root_;  ///< D^-1/2. [stride]
  AlignedVector<double> residual_;      ///< [stride]
  AlignedVector<double> dual_;          ///< I + Z Z', then its factor. [entries x dual_stride]
  AlignedVector<double> dual_side_;     ///< [entries]
  std::size_t dual_stride_ = 0;
  NonnegativeWork nonnegative_;
};

}  // namespace alsace
