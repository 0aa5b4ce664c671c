#pragma once

#include <cstddef>
#include <cstdint>

/// Loops that gather rows of a factor table by number. Pointers, not matrices: this folder knows
/// nothing above it.
///
/// Table rows lie `stride` floats apart; stride is a multiple of 16, rows are 64-byte aligned and
/// padded with zeros, so that no loop has a tail.
namespace alsace::kernels {

/// One row's normal equations (diag(diagonal) + sum_j w_j y_j y_j') x = sum_j t_j y_j, y_j being
/// row columns[j] of the table.
struct GatherSystem {
  const float* table;
  std::size_t stride;
  const std::int32_t* columns;  ///< [entries]
  const float* weights;         ///< w [entries]
  const float* targets;         ///< t [entries]
  std::size_t entries;
  const float* diagonal;  ///< [stride] Above 0, also in the padding.
};

/// out[j] = x . row columns[j], summed in double.
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out);

/// out[r] = x . row r, for consecutive rows.
void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out);

/// out[j] = row columns[j], widened to double. out: [entries x stride].
void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out);

/// Conjugate gradients on the system from the given x, preconditioned by `preconditioner` (the
/// inverse diagonal, [stride]). Stops when the preconditioned residual r'Mr falls below
/// tolerance^2 * max(x'Dx, its first value), D = diagonal, or after max_steps.
/// Returns true when it stopped by the residual. work: [3 * stride], 64-byte aligned.
bool conjugate_gradients(const GatherSystem& system,
                         const float* preconditioner,
                         float tolerance,
                         int max_steps,
                         float* x,
                         float* work);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out);
void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out);
void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out);
bool conjugate_gradients(const GatherSystem& system,
                         const float* preconditioner,
                         float tolerance,
                         int max_steps,
                         float* x,
                         float* work);
}  // namespace reference

}  // namespace alsace::kernels
