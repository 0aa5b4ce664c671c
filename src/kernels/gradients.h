#pragma once

#include <cstddef>
#include <cstdint>

/// Preconditioned conjugate gradients on one row's normal equations,
///
///     (diag(D) + sum_j w_j y_j y_j') x = sum_j t_j y_j
///
/// where y_j are rows of a factor table, gathered by number: O(entries * stride) a step, no matrix.
/// Pointers, not matrices: this folder knows nothing above it.
///
/// Vectors are `stride` floats long; stride is a multiple of 16, vectors and table rows are 64-byte
/// aligned and padded with zeros, so that no loop has a tail.
namespace alsace::kernels {

/// A number in IEEE half precision (binary16).
using Half = std::uint16_t;

/// The entries of a row. The table is in floats, or in half precision when half_table is given.
struct GatheredEntries {
  const float* table = nullptr;
  const Half* half_table = nullptr;
  std::size_t stride = 0;
  const std::int32_t* columns = nullptr;  ///< [entries]
  std::size_t entries = 0;                ///< At least 1.
  const float* weights = nullptr;         ///< w [entries]
  const float* targets = nullptr;         ///< t [entries]
};

/// What all rows of a half-step share of the system, and this row's part: D = common +
/// regularization; the preconditioner is 1 / (D + weight_sum * mean_square), the diagonal expected
/// if the row's entries were drawn from the whole table.
struct GradientDiagonal {
  const float* common = nullptr;       ///< [stride]
  const float* mean_square = nullptr;  ///< [stride] Mean over the table's rows of y^2.
  float regularization = 0;            ///< Above 0 where common is 0.
  float weight_sum = 0;
};

/// When to stop: after most_steps, or when the preconditioned residual r'Mr has fallen below
/// tolerance^2 * max(x'Dx, its first value).
struct GradientLimits {
  float tolerance = 1e-2F;
  int most_steps = 100;
  /// At least one step, and a step that will very likely be the last goes without the new residual,
  /// which saves half its cost. For training, where the next half-step sees what is left.
  bool rough = true;
};

/// One step usually makes r'Mr smaller by at least that factor.
inline constexpr float gradient_usual_fall = 16;

struct GradientResult {
  bool converged = false;
  int steps = 0;
  /// x'Ax - 2 b'x at the new x: this row's part of the objective, up to a constant.
  double objective = 0;
};

/// From the given x. work: [gradient_work(stride)] floats. Sums run over blocks of a few thousand
/// entries and then over the blocks, so that long rows lose no digits.
GradientResult conjugate_gradients(const GatheredEntries& entries,
                                   const GradientDiagonal& diagonal,
                                   const GradientLimits& limits,
                                   float* x,
                                   float* work);

constexpr std::size_t gradient_work(std::size_t stride) {
  return 6 * stride;
}

/// True where half precision is converted by the processor itself, not by many instructions.
bool has_half_precision();

/// out = scale * values in half precision, rounded to nearest. count a multiple of 16.
void to_half(const float* values, std::size_t count, float scale, Half* out);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
GradientResult conjugate_gradients(const GatheredEntries& entries,
                                   const GradientDiagonal& diagonal,
                                   const GradientLimits& limits,
                                   float* x,
                                   float* work);
void to_half(const float* values, std::size_t count, float scale, Half* out);
}  // namespace reference

}  // namespace alsace::kernels
