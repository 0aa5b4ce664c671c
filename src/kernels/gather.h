#pragma once

#include <cstddef>
#include <cstdint>

/// Loops that gather rows of a factor table by number. Pointers, not matrices: this folder knows
/// nothing above it.
///
/// Table rows lie `stride` floats apart; stride is a multiple of 16, rows are 64-byte aligned and
/// padded with zeros, so that no loop has a tail.
namespace alsace::kernels {

/// y_j = row columns[j] of the table, for j < count.
struct Gathered {
  const float* table;
  std::size_t stride;
  const std::int32_t* columns;
  std::size_t count;

  [[nodiscard]] const float* row(std::size_t j) const {
    return table + static_cast<std::size_t>(columns[j]) * stride;
  }
  /// `part_count` of them, from y_first on.
  [[nodiscard]] Gathered part(std::size_t first, std::size_t part_count) const {
    return {.table = table, .stride = stride, .columns = columns + first, .count = part_count};
  }
};

/// out[j] = x . y_j, summed in double.
void gather_dots(const Gathered& rows, const float* x, double* out);
void gather_dots(const Gathered& rows, const double* x, double* out);

/// out += sum_j scales[j] y_j, in double. out: [stride].
void gather_sum(const Gathered& rows, const double* scales, double* out);

/// out[j] = y_j, widened to double. out: [count x stride].
void gather_rows(const Gathered& rows, double* out);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void gather_dots(const Gathered& rows, const float* x, double* out);
void gather_dots(const Gathered& rows, const double* x, double* out);
void gather_sum(const Gathered& rows, const double* scales, double* out);
void gather_rows(const Gathered& rows, double* out);
}  // namespace reference

}  // namespace alsace::kernels
