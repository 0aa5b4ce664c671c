#pragma once

#include "alsace/options.h"

#include "base/aligned.h"
#include "solve/fixed_side.h"
#include "solve/row_entries.h"

#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// Solves single rows by preconditioned conjugate gradients against one prepared fixed side, whose
/// table it gathers from: O(entries * factors) a step. Holds the room a row needs, so each thread
/// has its own.
class GradientSolver {
 public:
  /// `counterparts` is n of the other side in RegularizationCount::all.
  GradientSolver(const FixedSide& fixed,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort);

  /// Writes the solution, in the fixed side's basis, over the start values x, [stride] floats with
  /// zeros in the padding. Gives the row's part of the objective,
  ///
  ///     sum_j c_j (p_j - x.y_j)^2 - w0 (x.y_j)^2 + x'(diag(common) + l_u I) x
  ///
  /// or nothing when the steps did not reach what the effort asks for.
  std::optional<double> solve(const RowEntries& row, float* x);

 private:
  void load(const RowEntries& row);
  void load_uniform(const RowEntries& row);
  [[nodiscard]] double floor() const;

  const FixedSide& fixed_;
  const TrainOptions& options_;
  double more_count_;
  Effort effort_;
  AlignedVector<float> weights_;  ///< w [entries]
  AlignedVector<float> targets_;  ///< t [entries]
  std::size_t uniform_ = 0;       ///< So many of both are those of uniform entries already.
  double weight_sum_ = 0;
  double constant_ = 0;  ///< sum_j c_j p_j^2
  AlignedVector<float> work_;
};

}  // namespace alsace
