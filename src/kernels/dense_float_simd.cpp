#include "kernels/dense.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/dense_float_simd.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Strides are multiples of 16: no wider vectors, also where the machine has them.
using Floats = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<Floats>;
constexpr std::size_t kLanes = HWY_LANES(float) < 16 ? HWY_LANES(float) : 16;
/// Sums that half of the registers hold.
constexpr std::size_t kSums = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 16 : 8;

/// kRows rows by kColumns vectors of out, in registers over all rows of the panels.
template <std::size_t kRows, std::size_t kColumns>
HWY_INLINE void product_tile(
    const float* a, const float* b, std::size_t rows, std::size_t stride, float* out) {
  const Floats d;
  FloatVector sums[kRows][kColumns];
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[i][c] = hn::Load(d, out + i * stride + c * kLanes);
    }
  }
  for (std::size_t r = 0; r < rows; ++r, a += stride, b += stride) {
    FloatVector row[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      row[c] = hn::Load(d, b + c * kLanes);
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      const FloatVector value = hn::Set(d, a[i]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[i][c] = hn::MulAdd(value, row[c], sums[i][c]);
      }
    }
  }
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      hn::Store(sums[i][c], d, out + i * stride + c * kLanes);
    }
  }
}

void add_products_floats(
    const float* a, const float* b, std::size_t rows, std::size_t stride, float* out) {
  constexpr std::size_t kRows = 8;
  constexpr std::size_t kColumns = kSums / kRows;
  for (std::size_t i = 0; i < stride; i += kRows) {
    // From the vector with the diagonal on; an odd one before wide tiles.
    std::size_t j = i / kLanes * kLanes;
    for (; j < stride && (stride - j) % (kColumns * kLanes) != 0; j += kLanes) {
      product_tile<kRows, 1>(a + i, b + j, rows, stride, out + i * stride + j);
    }
    for (; j < stride; j += kColumns * kLanes) {
      product_tile<kRows, kColumns>(a + i, b + j, rows, stride, out + i * stride + j);
    }
  }
}

/// a[i][from..) -= sum over the kPivots rows from p of u[i] * u[from..).
template <std::size_t kPivots>
HWY_INLINE void update_row(
    float* a, std::size_t p, std::size_t i, std::size_t from, std::size_t stride) {
  const Floats d;
  FloatVector scales[kPivots];
  for (std::size_t r = 0; r < kPivots; ++r) {
    scales[r] = hn::Set(d, a[(p + r) * stride + i]);
  }
  float* row = a + i * stride;
  for (std::size_t j = from; j < stride; j += kLanes) {
    FloatVector value = hn::Load(d, row + j);
    for (std::size_t r = 0; r < kPivots; ++r) {
      value = hn::NegMulAdd(scales[r], hn::Load(d, a + (p + r) * stride + j), value);
    }
    hn::Store(value, d, row + j);
  }
}

/// Row p of U from what is left of row p of A.
HWY_INLINE bool scale_pivot(float* a, std::size_t p, std::size_t stride) {
  const Floats d;
  float* row = a + p * stride;
  if (!(row[p] > 0)) {
    return false;
  }
  const FloatVector inverse = hn::Set(d, 1.0F / std::sqrt(row[p]));
  for (std::size_t j = p / kLanes * kLanes; j < stride; j += kLanes) {
    hn::Store(hn::Mul(hn::Load(d, row + j), inverse), d, row + j);
  }
  return true;
}

/// Rows are worked on from the vector that holds their first pivot: what that spoils lies below the
/// diagonal. Four pivots at a time, so that each row is read and written once for them.
bool cholesky_upper(float* a, std::size_t size, std::size_t stride) {
  constexpr std::size_t kPivots = 4;
  std::size_t p = 0;
  for (; p + kPivots <= size; p += kPivots) {
    const std::size_t from = p / kLanes * kLanes;
    for (std::size_t q = p; q < p + kPivots; ++q) {
      if (!scale_pivot(a, q, stride)) {
        return false;
      }
      for (std::size_t i = q + 1; i < p + kPivots; ++i) {
        update_row<1>(a, q, i, from, stride);
      }
    }
    for (std::size_t i = p + kPivots; i < size; ++i) {
      update_row<kPivots>(a, p, i, i / kLanes * kLanes, stride);
    }
  }
  for (; p < size; ++p) {
    if (!scale_pivot(a, p, stride)) {
      return false;
    }
    for (std::size_t i = p + 1; i < size; ++i) {
      update_row<1>(a, p, i, i / kLanes * kLanes, stride);
    }
  }
  return true;
}

void cholesky_upper_solve(const float* u, std::size_t size, std::size_t stride, float* x) {
  const Floats d;
  for (std::size_t p = 0; p < size; ++p) {
    const float* row = u + p * stride;
    const float value = x[p] / row[p];
    // The vector with the pivot is spoiled before it and set right at it.
    std::size_t j = p + 1;
    for (; j < size && j % kLanes != 0; ++j) {
      x[j] -= row[j] * value;
    }
    for (; j < size; j += kLanes) {
      hn::Store(
          hn::NegMulAdd(hn::Set(d, value), hn::Load(d, row + j), hn::Load(d, x + j)), d, x + j);
    }
    x[p] = value;
  }
  for (std::size_t p = size; p-- > 0;) {
    const float* row = u + p * stride;
    float sum = x[p];
    std::size_t j = p + 1;
    for (; j < size && j % kLanes != 0; ++j) {
      sum -= row[j] * x[j];
    }
    FloatVector sums = hn::Zero(d);
    for (; j < size; j += kLanes) {
      sums = hn::MulAdd(hn::Load(d, row + j), hn::Load(d, x + j), sums);
    }
    x[p] = (sum - hn::GetLane(hn::SumOfLanes(d, sums))) / row[p];
  }
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(add_products_floats);
HWY_EXPORT(cholesky_upper);
HWY_EXPORT(cholesky_upper_solve);

void add_products(
    const float* a, const float* b, std::size_t rows, std::size_t stride, float* out) {
  HWY_DYNAMIC_DISPATCH(add_products_floats)(a, b, rows, stride, out);
}

bool cholesky_upper(float* a, std::size_t size, std::size_t stride) {
  return HWY_DYNAMIC_DISPATCH(cholesky_upper)(a, size, stride);
}

void cholesky_upper_solve(const float* u, std::size_t size, std::size_t stride, float* x) {
  HWY_DYNAMIC_DISPATCH(cholesky_upper_solve)(u, size, stride, x);
}

}  // namespace alsace::kernels
#endif
