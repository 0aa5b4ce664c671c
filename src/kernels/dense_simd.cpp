#include "kernels/dense.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/dense_simd.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Strides are multiples of 16: no wider vectors, also where the machine has them.
using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;

/// Four rows by two vectors of out, kept in registers over all rows of the panels.
HWY_INLINE void product_tile(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  DoubleVector s00 = hn::Load(d, out);
  DoubleVector s01 = hn::Load(d, out + lanes);
  DoubleVector s10 = hn::Load(d, out + stride);
  DoubleVector s11 = hn::Load(d, out + stride + lanes);
  DoubleVector s20 = hn::Load(d, out + 2 * stride);
  DoubleVector s21 = hn::Load(d, out + 2 * stride + lanes);
  DoubleVector s30 = hn::Load(d, out + 3 * stride);
  DoubleVector s31 = hn::Load(d, out + 3 * stride + lanes);
  for (std::size_t r = 0; r < rows; ++r, a += stride, b += stride) {
    const DoubleVector b0 = hn::Load(d, b);
    const DoubleVector b1 = hn::Load(d, b + lanes);
    const DoubleVector a0 = hn::Set(d, a[0]);
    s00 = hn::MulAdd(a0, b0, s00);
    s01 = hn::MulAdd(a0, b1, s01);
    const DoubleVector a1 = hn::Set(d, a[1]);
    s10 = hn::MulAdd(a1, b0, s10);
    s11 = hn::MulAdd(a1, b1, s11);
    const DoubleVector a2 = hn::Set(d, a[2]);
    s20 = hn::MulAdd(a2, b0, s20);
    s21 = hn::MulAdd(a2, b1, s21);
    const DoubleVector a3 = hn::Set(d, a[3]);
    s30 = hn::MulAdd(a3, b0, s30);
    s31 = hn::MulAdd(a3, b1, s31);
  }
  hn::Store(s00, d, out);
  hn::Store(s01, d, out + lanes);
  hn::Store(s10, d, out + stride);
  hn::Store(s11, d, out + stride + lanes);
  hn::Store(s20, d, out + 2 * stride);
  hn::Store(s21, d, out + 2 * stride + lanes);
  hn::Store(s30, d, out + 3 * stride);
  hn::Store(s31, d, out + 3 * stride + lanes);
}

void add_products(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out) {
  const std::size_t width = 2 * hn::Lanes(Doubles());
  for (std::size_t i = 0; i < stride; i += 4) {
    for (std::size_t j = 0; j < i + 4; j += width) {
      product_tile(a + i, b + j, rows, stride, out + i * stride + j);
    }
  }
}

HWY_INLINE double dot(const double* a, const double* b, std::size_t length) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  DoubleVector s0 = hn::Zero(d);
  DoubleVector s1 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= length; i += 2 * lanes) {
    s0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), s0);
    s1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), s1);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
  for (; i < length; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

void row_products(
    const double* z, std::size_t rows, std::size_t stride, double* out, std::size_t out_stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      out[i * out_stride + j] = dot(z + i * stride, z + j * stride, stride);
    }
  }
}

/// Up to four rows of out, two vectors of columns at a time.
template <std::size_t kRows>
HWY_INLINE void multiply_rows(const double* a, std::size_t stride, const double* b, float* out) {
  const Doubles d;
  const hn::Rebind<float, Doubles> to_float;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t j = 0; j < stride; j += 2 * lanes) {
    DoubleVector low[kRows];
    DoubleVector high[kRows];
    for (std::size_t r = 0; r < kRows; ++r) {
      low[r] = hn::Zero(d);
      high[r] = hn::Zero(d);
    }
    for (std::size_t i = 0; i < stride; ++i) {
      const DoubleVector b0 = hn::Load(d, b + i * stride + j);
      const DoubleVector b1 = hn::Load(d, b + i * stride + j + lanes);
      for (std::size_t r = 0; r < kRows; ++r) {
        const DoubleVector value = hn::Set(d, a[r * stride + i]);
        low[r] = hn::MulAdd(value, b0, low[r]);
        high[r] = hn::MulAdd(value, b1, high[r]);
      }
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      hn::StoreU(hn::DemoteTo(to_float, low[r]), to_float, out + r * stride + j);
      hn::StoreU(hn::DemoteTo(to_float, high[r]), to_float, out + r * stride + j + lanes);
    }
  }
}

void multiply(const double* a, std::size_t rows, std::size_t stride, const double* b, float* out) {
  std::size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    multiply_rows<4>(a + r * stride, stride, b, out + r * stride);
  }
  for (; r < rows; ++r) {
    multiply_rows<1>(a + r * stride, stride, b, out + r * stride);
  }
}

using Floats = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<Floats>;

/// kRows rows by kColumns vectors of out, in registers over all of b's rows.
template <std::size_t kRows, std::size_t kColumns>
HWY_INLINE void float_tile(const float* a, std::size_t stride, const float* b, float* out) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  FloatVector sums[kRows][kColumns];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[r][c] = hn::Zero(d);
    }
  }
  for (std::size_t i = 0; i < stride; ++i, b += stride) {
    FloatVector row[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      row[c] = hn::Load(d, b + c * lanes);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      const FloatVector value = hn::Set(d, a[r * stride + i]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[r][c] = hn::MulAdd(value, row[c], sums[r][c]);
      }
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      hn::Store(sums[r][c], d, out + r * stride + c * lanes);
    }
  }
}

/// kColumns vectors of all rows of out: that part of b stays in cache.
template <std::size_t kColumns>
HWY_INLINE void float_columns(
    const float* a, std::size_t rows, std::size_t stride, const float* b, float* out) {
  std::size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    float_tile<4, kColumns>(a + r * stride, stride, b, out + r * stride);
  }
  for (; r < rows; ++r) {
    float_tile<1, kColumns>(a + r * stride, stride, b, out + r * stride);
  }
}

void multiply_floats(
    const float* a, std::size_t rows, std::size_t stride, const float* b, float* out) {
  // As many sums as half of the registers hold.
  constexpr std::size_t kWide = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 2;
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t j = 0;
  for (; j + kWide * lanes <= stride; j += kWide * lanes) {
    float_columns<kWide>(a, rows, stride, b + j, out + j);
  }
  for (; j < stride; j += lanes) {
    float_columns<1>(a, rows, stride, b + j, out + j);
  }
}

bool cholesky(double* a, std::size_t size, std::size_t stride) {
  for (std::size_t i = 0; i < size; ++i) {
    double* row = a + i * stride;
    for (std::size_t j = 0; j < i; ++j) {
      const double* other = a + j * stride;
      row[j] = (row[j] - dot(row, other, j)) / other[j];
    }
    const double pivot = row[i] - dot(row, row, i);
    if (!(pivot > 0)) {
      return false;
    }
    row[i] = std::sqrt(pivot);
  }
  return true;
}

HWY_INLINE void add_scaled(double scale, const double* a, std::size_t length, double* out) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  const DoubleVector factor = hn::Set(d, scale);
  std::size_t i = 0;
  for (; i + lanes <= length; i += lanes) {
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, a + i), hn::LoadU(d, out + i)), d, out + i);
  }
  for (; i < length; ++i) {
    out[i] += scale * a[i];
  }
}

void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x) {
  for (std::size_t i = 0; i < size; ++i) {
    const double* row = l + i * stride;
    x[i] = (x[i] - dot(row, x, i)) / row[i];
  }
  for (std::size_t i = size; i-- > 0;) {  // By rows of L, so that memory is read in order.
    const double* row = l + i * stride;
    x[i] /= row[i];
    add_scaled(-x[i], row, i, x);
  }
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(add_products);
HWY_EXPORT(row_products);
HWY_EXPORT(multiply);
HWY_EXPORT(multiply_floats);
HWY_EXPORT(cholesky);
HWY_EXPORT(cholesky_solve);

void add_products(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out) {
  HWY_DYNAMIC_DISPATCH(add_products)(a, b, rows, stride, out);
}

void row_products(
    const double* z, std::size_t rows, std::size_t stride, double* out, std::size_t out_stride) {
  HWY_DYNAMIC_DISPATCH(row_products)(z, rows, stride, out, out_stride);
}

void multiply(const double* a, std::size_t rows, std::size_t stride, const double* b, float* out) {
  HWY_DYNAMIC_DISPATCH(multiply)(a, rows, stride, b, out);
}

void multiply(const float* a, std::size_t rows, std::size_t stride, const float* b, float* out) {
  HWY_DYNAMIC_DISPATCH(multiply_floats)(a, rows, stride, b, out);
}

bool cholesky(double* a, std::size_t size, std::size_t stride) {
  return HWY_DYNAMIC_DISPATCH(cholesky)(a, size, stride);
}

void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x) {
  HWY_DYNAMIC_DISPATCH(cholesky_solve)(l, size, stride, x);
}

}  // namespace alsace::kernels
#endif
