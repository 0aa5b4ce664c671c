#include "kernels/dense.h"

#include <cmath>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/dense_simd.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Strides are multiples of 16: no wider vectors, also where the machine has them.
using Doubles = hn::CappedTag<double, 8>;
using Floats = hn::CappedTag<float, 16>;
using DoubleVector = hn::Vec<Doubles>;
template <class T>
using Tag = std::conditional_t<std::is_same_v<T, double>, Doubles, Floats>;

/// kRows rows by kColumns vectors of out, in registers over all rows of a and b.
template <std::size_t kRows, std::size_t kColumns>
HWY_INLINE void product_tile(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  DoubleVector sums[kRows][kColumns];
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[i][c] = hn::Load(d, out + i * stride + c * lanes);
    }
  }
  for (std::size_t r = 0; r < rows; ++r, a += stride, b += stride) {
    DoubleVector row[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      row[c] = hn::Load(d, b + c * lanes);
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      const DoubleVector value = hn::Set(d, a[i]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[i][c] = hn::MulAdd(value, row[c], sums[i][c]);
      }
    }
  }
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      hn::Store(sums[i][c], d, out + i * stride + c * lanes);
    }
  }
}

void add_products(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out) {
  constexpr std::size_t kRows = 4;
  constexpr std::size_t kColumns = 2;
  if (rows == 0) {
    return;  // There may be no array to point into.
  }
  for (std::size_t i = 0; i < stride; i += kRows) {
    for (std::size_t j = 0; j < i + kRows; j += kColumns * hn::Lanes(Doubles())) {
      product_tile<kRows, kColumns>(a + i, b + j, rows, stride, out + i * stride + j);
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

/// Sums that half of the registers hold, in rows of as many vectors.
constexpr std::size_t kWide = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 2;

HWY_INLINE void store_floats(hn::Vec<Floats> values, float* out) {
  hn::Store(values, Floats(), out);
}

HWY_INLINE void store_floats(DoubleVector values, float* out) {
  const hn::Rebind<float, Doubles> to_float;
  hn::Store(hn::DemoteTo(to_float, values), to_float, out);
}

/// kRows rows by kColumns vectors of out, in registers over all of b's rows.
template <std::size_t kRows, std::size_t kColumns, class T>
HWY_INLINE void multiply_tile(const T* a, std::size_t stride, const T* b, float* out) {
  const Tag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Tag<T>> sums[kRows][kColumns];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[r][c] = hn::Zero(d);
    }
  }
  for (std::size_t i = 0; i < stride; ++i, b += stride) {
    hn::Vec<Tag<T>> row[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      row[c] = hn::Load(d, b + c * lanes);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto value = hn::Set(d, a[r * stride + i]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[r][c] = hn::MulAdd(value, row[c], sums[r][c]);
      }
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      store_floats(sums[r][c], out + r * stride + c * lanes);
    }
  }
}

/// kColumns vectors of all rows of out: that part of b stays in cache.
template <std::size_t kColumns, class T>
HWY_INLINE void multiply_columns(
    const T* a, std::size_t rows, std::size_t stride, const T* b, float* out) {
  std::size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    multiply_tile<4, kColumns>(a + r * stride, stride, b, out + r * stride);
  }
  for (; r < rows; ++r) {
    multiply_tile<1, kColumns>(a + r * stride, stride, b, out + r * stride);
  }
}

template <class T>
HWY_INLINE void multiply_all(
    const T* a, std::size_t rows, std::size_t stride, const T* b, float* out) {
  const std::size_t lanes = hn::Lanes(Tag<T>());
  std::size_t j = 0;
  for (; j + kWide * lanes <= stride; j += kWide * lanes) {
    multiply_columns<kWide>(a, rows, stride, b + j, out + j);
  }
  for (; j < stride; j += lanes) {
    multiply_columns<1>(a, rows, stride, b + j, out + j);
  }
}

void multiply(const double* a, std::size_t rows, std::size_t stride, const double* b, float* out) {
  multiply_all(a, rows, stride, b, out);
}

void multiply_floats(
    const float* a, std::size_t rows, std::size_t stride, const float* b, float* out) {
  multiply_all(a, rows, stride, b, out);
}

/// out[0..lanes) += sums.
HWY_INLINE void add_to_doubles(DoubleVector sums, double* out) {
  const Doubles d;
  hn::Store(hn::Add(hn::Load(d, out), sums), d, out);
}

HWY_INLINE void add_to_doubles(hn::Vec<Floats> sums, double* out) {
  const Floats d;
  HWY_ALIGN float values[16];
  hn::Store(sums, d, values);
  const hn::Rebind<float, Doubles> narrow;
  for (std::size_t i = 0; i < hn::Lanes(d); i += hn::Lanes(narrow)) {
    add_to_doubles(hn::PromoteTo(Doubles(), hn::Load(narrow, values + i)), out + i);
  }
}

/// kRows rows by kColumns vectors, in registers over all rows of the panels. b: where the columns
/// of each vector begin.
template <std::size_t kRows, std::size_t kColumns, class T>
HWY_INLINE void panel_tile(
    const T* a, const T* const (&b)[kColumns], std::size_t rows, std::size_t stride, double* out) {
  const Tag<T> d;
  hn::Vec<Tag<T>> sums[kRows][kColumns];
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[i][c] = hn::Zero(d);
    }
  }
  for (std::size_t r = 0; r < rows * panel_columns; r += panel_columns) {
    hn::Vec<Tag<T>> row[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      row[c] = hn::Load(d, b[c] + r);
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      const auto value = hn::Set(d, a[r + i]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[i][c] = hn::MulAdd(value, row[c], sums[i][c]);
      }
    }
  }
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      add_to_doubles(sums[i][c], out + i * stride + c * hn::Lanes(d));
    }
  }
}

template <class T>
HWY_INLINE void add_all_panels(const T* a,
                               const T* b,
                               std::size_t rows,
                               std::size_t columns,
                               std::size_t stride,
                               double* out) {
  constexpr std::size_t kRows = 2 * kWide;
  const std::size_t lanes = hn::Lanes(Tag<T>());
  const auto place = [&](std::size_t j) {
    return b + j / panel_columns * rows * panel_columns + j % panel_columns;
  };
  if (rows == 0) {
    return;  // There may be no array to point into.
  }
  std::size_t j = 0;
  for (; j + 2 * lanes <= columns; j += 2 * lanes) {
    for (std::size_t i = 0; i < panel_columns; i += kRows) {
      panel_tile<kRows, 2>(a + i, {place(j), place(j + lanes)}, rows, stride, out + i * stride + j);
    }
  }
  for (; j < columns; j += lanes) {
    for (std::size_t i = 0; i < panel_columns; i += kRows) {
      panel_tile<kRows, 1>(a + i, {place(j)}, rows, stride, out + i * stride + j);
    }
  }
}

void add_panel_products(const double* a,
                        const double* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out) {
  add_all_panels(a, b, rows, columns, stride, out);
}

void add_panel_products_floats(const float* a,
                               const float* b,
                               std::size_t rows,
                               std::size_t columns,
                               std::size_t stride,
                               double* out) {
  add_all_panels(a, b, rows, columns, stride, out);
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
HWY_EXPORT(add_panel_products);
HWY_EXPORT(add_panel_products_floats);
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

void add_panel_products(const double* a,
                        const double* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out) {
  HWY_DYNAMIC_DISPATCH(add_panel_products)(a, b, rows, columns, stride, out);
}

void add_panel_products(const float* a,
                        const float* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out) {
  HWY_DYNAMIC_DISPATCH(add_panel_products_floats)(a, b, rows, columns, stride, out);
}

bool cholesky(double* a, std::size_t size, std::size_t stride) {
  return HWY_DYNAMIC_DISPATCH(cholesky)(a, size, stride);
}

void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x) {
  HWY_DYNAMIC_DISPATCH(cholesky_solve)(l, size, stride, x);
}

}  // namespace alsace::kernels
#endif
