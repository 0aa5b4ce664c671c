#include "kernels/dense.h"

#include <cmath>

namespace alsace::kernels::reference {
namespace {

template <class T>
void multiply_all(const T* a, std::size_t rows, std::size_t stride, const T* b, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < stride; ++j) {
      T sum = 0;
      for (std::size_t i = 0; i < stride; ++i) {
        sum += a[r * stride + i] * b[i * stride + j];
      }
      out[r * stride + j] = static_cast<float>(sum);
    }
  }
}

template <class T>
void add_all_panels(const T* a,
                    const T* b,
                    std::size_t rows,
                    std::size_t columns,
                    std::size_t stride,
                    double* out) {
  for (std::size_t i = 0; i < panel_columns; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const T* panel = b + j / panel_columns * rows * panel_columns;
      T sum = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        sum += a[r * panel_columns + i] * panel[r * panel_columns + j % panel_columns];
      }
      out[i * stride + j] += static_cast<double>(sum);
    }
  }
}

}  // namespace

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
  multiply_all(a, rows, stride, b, out);
}

void multiply(const float* a, std::size_t rows, std::size_t stride, const float* b, float* out) {
  multiply_all(a, rows, stride, b, out);
}

void add_panel_products(const double* a,
                        const double* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out) {
  add_all_panels(a, b, rows, columns, stride, out);
}

void add_panel_products(const float* a,
                        const float* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out) {
  add_all_panels(a, b, rows, columns, stride, out);
}

void reflect_panel(double scale, const double* v, std::size_t rows, double* panel) {
  for (std::size_t j = 0; j < panel_columns; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      sum += v[i] * panel[i * panel_columns + j];
    }
    for (std::size_t i = 0; i < rows; ++i) {
      panel[i * panel_columns + j] -= scale * sum * v[i];
    }
  }
}

void rotate_panel(const Rotation* rotations, std::size_t count, double* panel) {
  for (std::size_t i = 0; i < count; ++i, panel += panel_columns) {
    for (std::size_t j = 0; j < panel_columns; ++j) {
      const double upper = panel[j];
      const double lower = panel[panel_columns + j];
      panel[j] = rotations[i].c * upper - rotations[i].s * lower;
      panel[panel_columns + j] = rotations[i].s * upper + rotations[i].c * lower;
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
