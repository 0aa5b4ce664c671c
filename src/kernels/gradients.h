#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

/// Preconditioned conjugate gradients on rows' normal equations,
///
///     (diag(D) + sum_j w_j y_j y_j') x = sum_j t_j y_j
///
/// where y_j are rows of a factor table, gathered by number: O(entries * stride) a step, no matrix.
/// Pointers, not matrices: this folder knows nothing above it.
///
/// Vectors are `stride` floats long; stride is a multiple of 16, vectors and tables are 64-byte
/// aligned and padded with zeros, so that no loop has a tail.
namespace alsace::kernels {

/// The upper half of a float (bfloat16): float's range, 8 of its 24 digits.
using Half = std::uint16_t;

/// The rows that are gathered, in floats, or in half precision when `halves` is given.
struct GatherTable {
  const float* floats = nullptr;
  const Half* halves = nullptr;
  std::size_t stride = 0;
};

/// What all rows share of the system: D = common + the row's regularization. The preconditioner is
/// 1 / (D + weight_sum * mean_square), the diagonal expected if the row's entries were drawn from
/// the whole table.
struct GradientDiagonal {
  const float* common = nullptr;       ///< [stride]
  const float* mean_square = nullptr;  ///< [stride] Mean over the table's rows of y^2.
};

/// When a row is done.
struct GradientLimits {
  /// Rough and usual limits bound the preconditioned residual: r'Mr falls below
  /// tolerance^2 * max(x'Dx, its first value). The backward limit bounds the residual itself,
  /// |r| <= tolerance * max(x'Ax / |x|, its first value), and with it the backward error, since
  /// x'Ax / |x| <= |A| |x|.
  enum class Kind {
    /// At least one step, and a step that will very likely be the last goes without the new
    /// residual: it needs p'Ap only, which saves half its cost. Steps that do not suffice are no
    /// failure. For training, where the next half-step sees what is left.
    rough,
    usual,
    backward
  };
  Kind kind = Kind::rough;
  float tolerance = 1e-2F;
  int most_steps = 100;
};

/// Below, squares of residuals are lost in float's denormals.
inline constexpr float gradient_least_limit = 1e-35F;
/// One step usually makes r'Mr smaller by at least that factor.
inline constexpr float gradient_usual_fall = 16;

/// How far the last step of a rough solution goes, over the way to the least objective along its
/// direction: the half-steps that follow are still under way in the same direction
/// (docs/adr/0009-extrapolation.md). Below 2 the objective falls all the same.
inline constexpr double gradient_last_length = 1.5;

/// One row's system, its start and its solution.
struct GradientRow {
  const std::int32_t* columns = nullptr;  ///< [entries], best rising.
  std::size_t entries = 0;                ///< At least 1.
  const float* weights = nullptr;         ///< w [entries], readable for 4 more.
  const float* targets = nullptr;         ///< t [entries], readable for 4 more.
  float regularization = 0;               ///< Above 0 where common is 0.
  float weight_sum = 0;
  /// The row's own bound, beside that of GradientLimits.
  int most_steps = std::numeric_limits<int>::max();
  float* x = nullptr;  ///< [stride]

  bool converged = false;
  int steps = 0;
  /// x'Ax - 2 b'x at the solution: the row's part of the objective, up to a constant.
  double objective = 0;
};

/// Solves one row after the other; none depends on the others.
/// work: [gradient_vectors * stride] floats, 64-byte aligned.
void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* work);
inline constexpr std::size_t gradient_vectors = 4;

/// Rows of floats to rows of halves, rounded to nearest. Of each 32 numbers of a row one of the
/// last 16 and one of the first 16 share a word, as its lower and upper half. The word as it stands
/// is the first number to 8 digits, since the upper half is chosen with the lower one in view; a
/// shift gives the other. 16 numbers left over at the end stay in order. Padding stays 0: it comes
/// last.
void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* work);
void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out);
/// The numbers that to_half() keeps.
void from_half(const Half* halves, std::size_t rows, std::size_t stride, float* out);
}  // namespace reference

}  // namespace alsace::kernels
