#include "kernels/row_system.h"

#include <algorithm>
#include <cmath>

namespace alsace::kernels::reference {

void gram_of_factors(const Gathered& rows,
                     const float* weights,
                     const float* targets,
                     const float* diagonal,
                     float* out,
                     float* sum) {
  const std::size_t stride = rows.stride;
  std::fill_n(out, stride * stride, 0.0F);
  std::fill_n(sum, stride, 0.0F);
  for (std::size_t i = 0; i < stride; ++i) {
    for (std::size_t j = 0; j < rows.count; ++j) {
      const float weight = weights == nullptr ? 1.0F : weights[j];
      for (std::size_t c = i; c < stride; ++c) {
        out[i * stride + c] += weight * rows.row(j)[i] * rows.row(j)[c];
      }
      sum[i] += targets[j] * rows.row(j)[i];
    }
    out[i * stride + i] += diagonal[i];
  }
}

void gram_of_entries(const Gathered& rows, const float* scale, const float* diagonal, float* out) {
  const std::size_t out_stride = (rows.count + 15) / 16 * 16;
  std::fill_n(out, out_stride * out_stride, 0.0F);
  for (std::size_t i = rows.count; i < out_stride; ++i) {
    out[i * out_stride + i] = 1.0F;
  }
  for (std::size_t i = 0; i < rows.count; ++i) {
    for (std::size_t j = i; j < rows.count; ++j) {
      float sum = i == j ? diagonal[i] : 0.0F;
      for (std::size_t c = 0; c < rows.stride; ++c) {
        sum += rows.row(i)[c] * scale[c] * rows.row(j)[c];
      }
      out[i * out_stride + j] = sum;
    }
  }
}

bool factorize(float* a, std::size_t size) {
  for (std::size_t p = 0; p < size; ++p) {
    float* row = a + p * size;
    if (!(row[p] > 0)) {
      return false;
    }
    const float root = std::sqrt(row[p]);
    for (std::size_t j = p; j < size; ++j) {
      row[j] /= root;
    }
    for (std::size_t i = p + 1; i < size; ++i) {
      for (std::size_t j = i; j < size; ++j) {
        a[i * size + j] -= row[i] * row[j];
      }
    }
  }
  return true;
}

void solve_factored(const float* factored, std::size_t size, float* x) {
  for (std::size_t p = 0; p < size; ++p) {
    x[p] /= factored[p * size + p];
    for (std::size_t j = p + 1; j < size; ++j) {
      x[j] -= factored[p * size + j] * x[p];
    }
  }
  for (std::size_t p = size; p-- > 0;) {
    for (std::size_t j = p + 1; j < size; ++j) {
      x[p] -= factored[p * size + j] * x[j];
    }
    x[p] /= factored[p * size + p];
  }
}

}  // namespace alsace::kernels::reference
