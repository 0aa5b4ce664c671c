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
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const double* x,
                 double* out);

/// out += sum_j scales[j] times row columns[j], in double. out: [stride].
void gather_sum(const float* table,
                std::size_t stride,
                const std::int32_t* columns,
                std::size_t entries,
                const double* scales,
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

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out);
void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const double* x,
                 double* out);
void gather_sum(const float* table,
                std::size_t stride,
                const std::int32_t* columns,
                std::size_t entries,
                const double* scales,
                double* out);
void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out);
void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out);
}  // namespace reference

}  // namespace alsace::kernels
