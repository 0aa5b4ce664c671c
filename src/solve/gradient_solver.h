#pragma once

#include "alsace/options.h"

#include "base/aligned.h"
#include "kernels/gradients.h"
#include "solve/fixed_side.h"
#include "solve/row_entries.h"

#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// Solves batches of rows by preconditioned conjugate gradients against one prepared fixed side,
/// whose table it gathers from: O(entries * factors) a step. Holds the room they need, so each
/// thread has its own.
class GradientSolver {
 public:
  /// `counterparts` is n of the other side in RegularizationCount::all.
  GradientSolver(const FixedSide& fixed,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort);

  /// Begins a batch.
  void clear();
  /// Adds a row. `x`: start values in the fixed side's basis, [stride] floats with zeros in the
  /// padding, that run() writes the solution over.
  void add(const RowEntries& row, float* x);
  void run();

  /// Of row r of the batch, its part of the objective,
  ///
  ///     sum_j c_j (p_j - x.y_j)^2 - w0 (x.y_j)^2 + x'(diag(common) + l_u I) x
  ///
  /// or nothing when the steps did not reach what the effort asks for.
  [[nodiscard]] std::optional<double> objective(std::size_t r) const;

 private:
  void load(const RowEntries& row);
  void load_uniform(const RowEntries& row);
  [[nodiscard]] double floor() const;
  void run_closely();

  const FixedSide& fixed_;
  const TrainOptions& options_;
  double more_count_;
  Effort effort_;
  kernels::GatherTable table_;
  kernels::GradientDiagonal diagonal_;

  /// What add() knows of a row; `system` is its number in systems_, or none for one without
  /// entries or without a positive diagonal.
  struct Added {
    std::optional<std::size_t> system;
    bool solved = true;
    double constant = 0;  ///< sum_j c_j p_j^2
  };
  std::vector<Added> added_;
  std::vector<kernels::GradientRow> systems_;
  std::vector<kernels::GradientRow> closing_;  ///< Those of a run of run_closely().
  std::vector<std::size_t> places_;            ///< Of each system's weights and targets.
  AlignedVector<float> weights_;  ///< w of all entries of the batch, or of uniform ones once.
  AlignedVector<float> targets_;  ///< t
  std::size_t used_ = 0;          ///< Of both.
  std::size_t uniform_ = 0;       ///< So many are those of uniform entries.
  double weight_sum_ = 0;
  double constant_ = 0;
  AlignedVector<float> work_;
};

}  // namespace alsace
