#include "kernels/scores.h"

namespace alsace::kernels::reference {

void score_rows(const Rows& rows,
                const float* const* queries,
                std::size_t query_count,
                float* out,
                std::size_t out_stride) {
  for (std::size_t q = 0; q < query_count; ++q) {
    for (std::size_t r = 0; r < rows.count; ++r) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.length; ++i) {
        sum += static_cast<double>(queries[q][i]) * static_cast<double>(rows.row(r)[i]);
      }
      out[q * out_stride + r] = static_cast<float>(sum);
    }
  }
}

std::size_t first_above(const float* values, std::size_t count, float bound) {
  std::size_t place = 0;
  while (place < count && !(values[place] > bound)) {
    ++place;
  }
  return place;
}

}  // namespace alsace::kernels::reference
