#include "kernels/dense.h"

#include <cmath>

namespace alsace::kernels::reference {

void add_products(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out) {
  for (std::size_t i = 0; i < stride; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t r = 0; r < rows; ++r) {
        out[i * stride + j] += a[r * stride + i] * b[r * stride + j];
      }
    }
  }
}

void row_products(
    const double* z, std::size_t rows, std::size_t stride, double* out, std::size_t out_stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < stride; ++k) {
        sum += z[i * stride + k] * z[j * stride + k];
      }
      out[i * out_stride + j] = sum;
    }
  }
}

void multiply(const double* a, std::size_t rows, std::size_t stride, const double* b, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < stride; ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < stride; ++i) {
        sum += a[r * stride + i] * b[i * stride + j];
      }
      out[r * stride + j] = static_cast<float>(sum);
    }
  }
}

void multiply(const float* a, std::size_t rows, std::size_t stride, const float* b, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < stride; ++j) {
      float sum = 0;
      for (std::size_t i = 0; i < stride; ++i) {
        sum += a[r * stride + i] * b[i * stride + j];
      }
      out[r * stride + j] = sum;
    }
  }
}

bool cholesky(double* a, std::size_t size, std::size_t stride) {
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * stride + j];
      for (std::size_t k = 0; k < j; ++k) {
        sum -= a[i * stride + k] * a[j * stride + k];
      }
      if (i == j && !(sum > 0)) {
        return false;
      }
      a[i * stride + j] = i == j ? std::sqrt(sum) : sum / a[j * stride + j];
    }
  }
  return true;
}

void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x) {
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      x[i] -= l[i * stride + k] * x[k];
    }
    x[i] /= l[i * stride + i];
  }
  for (std::size_t i = size; i-- > 0;) {
    for (std::size_t k = i + 1; k < size; ++k) {
      x[i] -= l[k * stride + i] * x[k];
    }
    x[i] /= l[i * stride + i];
  }
}

}  // namespace alsace::kernels::reference
