#pragma once

#include <cstddef>

/// Scores of queries for the consecutive rows of a table. Pointers, not matrices: this folder knows
/// nothing above it. Rows and queries need no alignment and no padding.
namespace alsace::kernels {

/// `count` rows of `length` floats, each `stride` floats after the one before.
struct Rows {
  const float* first;
  std::size_t count;
  std::size_t length;
  std::size_t stride;

  [[nodiscard]] const float* row(std::size_t r) const { return first + r * stride; }
  /// `part_count` of them, from row `begin` on.
  [[nodiscard]] Rows part(std::size_t begin, std::size_t part_count) const {
    return {.first = row(begin), .count = part_count, .length = length, .stride = stride};
  }
};

/// out[q * out_stride + r] = queries[q] . row r, summed in float: the sums over every lanes-th
/// element, then over their halves and quarters. The same bits for a query alone and among others.
void score_rows(const Rows& rows,
                const float* const* queries,
                std::size_t query_count,
                float* out,
                std::size_t out_stride);

/// The place of the first value above `bound`, or `count`; values that are no numbers never are.
std::size_t first_above(const float* values, std::size_t count, float bound);

/// The plain loops: the truth the fast ones are tested against; sums in double.
namespace reference {
void score_rows(const Rows& rows,
                const float* const* queries,
                std::size_t query_count,
                float* out,
                std::size_t out_stride);
std::size_t first_above(const float* values, std::size_t count, float bound);
}  // namespace reference

}  // namespace alsace::kernels
