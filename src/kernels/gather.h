#pragma once

#include <cstddef>
#include <cstdint>

/// Loops that gather rows of a factor table by number. Pointers, not matrices: this folder knows
/// nothing above it.
///
/// Table rows lie `stride` floats apart; stride is a multiple of 16, rows are 64-byte aligned and
/// padded with zeros, so that no loop has a tail.
namespace alsace::kernels {

/// out[j] = x . row columns[j], summed in double.
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out);

/// out += sum_j (t_j - w_j d_j) y_j with d_j = x . y_j, y_j being row columns[j]; gives
/// sum_j (w_j d_j - 2 t_j) d_j. In double. x, out: [stride].
double add_residuals(const float* table,
                     std::size_t stride,
                     const std::int32_t* columns,
                     std::size_t entries,
                     const float* weights,
                     const float* targets,
                     const double* x,
                     double* out);

/// rows[j] = y_j, scaled[j] = w_j y_j, and sum += sum_j t_j y_j. rows, scaled: [entries x stride].
void gather_scaled(const float* table,
                   std::size_t stride,
                   const std::int32_t* columns,
                   std::size_t entries,
                   const float* weights,
                   const float* targets,
                   float* rows,
                   float* scaled,
                   float* sum);

/// out[r] = x . row r, for consecutive rows.
void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out);

/// out[j] = row columns[j], widened to double. out: [entries x stride].
void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out);
double add_residuals(const float* table,
                     std::size_t stride,
                     const std::int32_t* columns,
                     std::size_t entries,
                     const float* weights,
                     const float* targets,
                     const double* x,
                     double* out);
void gather_scaled(const float* table,
                   std::size_t stride,
                   const std::int32_t* columns,
                   std::size_t entries,
                   const float* weights,
                   const float* targets,
                   float* rows,
                   float* scaled,
                   float* sum);
void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out);
void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out);
}  // namespace reference

}  // namespace alsace::kernels
