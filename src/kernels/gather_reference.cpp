#include "kernels/gather.h"

#include <algorithm>
#include <cmath>

namespace alsace::kernels::reference {
namespace {

double dot(const float* a, const float* b, std::size_t length) {
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

const float* row_of(const float* table, std::size_t stride, std::int32_t row) {
  return table + static_cast<std::size_t>(row) * stride;
}

}  // namespace

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    out[j] = dot(x, row_of(table, stride, columns[j]), stride);
  }
}

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const double* x,
                 double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    const float* y = row_of(table, stride, columns[j]);
    out[j] = 0;
    for (std::size_t i = 0; i < stride; ++i) {
      out[j] += x[i] * static_cast<double>(y[i]);
    }
  }
}

void gather_sum(const float* table,
                std::size_t stride,
                const std::int32_t* columns,
                std::size_t entries,
                const double* scales,
                double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    const float* y = row_of(table, stride, columns[j]);
    for (std::size_t i = 0; i < stride; ++i) {
      out[i] += scales[j] * static_cast<double>(y[i]);
    }
  }
}

void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    out[r] = static_cast<float>(dot(x, table + r * stride, stride));
  }
}

void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    std::copy_n(row_of(table, stride, columns[j]), stride, out + j * stride);
  }
}

}  // namespace alsace::kernels::reference
