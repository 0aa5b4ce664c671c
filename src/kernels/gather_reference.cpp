#include "kernels/gather.h"

#include <algorithm>

namespace alsace::kernels::reference {
namespace {

template <class T>
double dot(const T* x, const float* y, std::size_t length) {
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  }
  return sum;
}

}  // namespace

void gather_dots(const Gathered& rows, const float* x, double* out) {
  for (std::size_t j = 0; j < rows.count; ++j) {
    out[j] = dot(x, rows.row(j), rows.stride);
  }
}

void gather_dots(const Gathered& rows, const double* x, double* out) {
  for (std::size_t j = 0; j < rows.count; ++j) {
    out[j] = dot(x, rows.row(j), rows.stride);
  }
}

void gather_sum(const Gathered& rows, const double* scales, double* out) {
  for (std::size_t j = 0; j < rows.count; ++j) {
    for (std::size_t i = 0; i < rows.stride; ++i) {
      out[i] += scales[j] * static_cast<double>(rows.row(j)[i]);
    }
  }
}

void gather_rows(const Gathered& rows, double* out) {
  for (std::size_t j = 0; j < rows.count; ++j) {
    std::copy_n(rows.row(j), rows.stride, out + j * rows.stride);
  }
}

}  // namespace alsace::kernels::reference
