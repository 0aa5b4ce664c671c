#include "kernels/gather.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gather_simd.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Strides are multiples of 16 floats: no wider vectors, also where the machine has them.
using Floats = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<Floats>;
using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;
using HalfFloats = hn::Rebind<float, Doubles>;  // As many floats as there are doubles in a vector.

/// Rows asked for ahead of their use: enough to cover the latency of memory.
constexpr std::size_t kRowsAhead = 8;

HWY_INLINE const float* row_of(const float* table, std::size_t stride, std::int32_t row) {
  return table + static_cast<std::size_t>(row) * stride;
}

HWY_INLINE void prefetch_row(const float* row, std::size_t stride) {
  for (std::size_t i = 0; i < stride; i += 16) {
    hwy::Prefetch(row + i);
  }
}

HWY_INLINE DoubleVector widen(const float* from) {
  return hn::PromoteTo(Doubles(), hn::LoadU(HalfFloats(), from));
}

HWY_INLINE double dot_in_double(const float* a, const float* b, std::size_t stride) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  DoubleVector s0 = hn::Zero(d);
  DoubleVector s1 = hn::Zero(d);
  for (std::size_t i = 0; i < stride; i += 2 * lanes) {
    s0 = hn::MulAdd(widen(a + i), widen(b + i), s0);
    s1 = hn::MulAdd(widen(a + i + lanes), widen(b + i + lanes), s1);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
}

HWY_INLINE float dot(const float* a, const float* b, std::size_t stride) {
  const Floats d;
  FloatVector sum = hn::Zero(d);
  for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
    sum = hn::MulAdd(hn::Load(d, a + i), hn::Load(d, b + i), sum);
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    if (j + kRowsAhead < entries) {
      prefetch_row(row_of(table, stride, columns[j + kRowsAhead]), stride);
    }
    out[j] = dot_in_double(x, row_of(table, stride, columns[j]), stride);
  }
}

void gather_dots_of_doubles(const float* table,
                            std::size_t stride,
                            const std::int32_t* columns,
                            std::size_t entries,
                            const double* x,
                            double* out) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t j = 0; j < entries; ++j) {
    if (j + kRowsAhead < entries) {
      prefetch_row(row_of(table, stride, columns[j + kRowsAhead]), stride);
    }
    const float* y = row_of(table, stride, columns[j]);
    DoubleVector s0 = hn::Zero(d);
    DoubleVector s1 = hn::Zero(d);
    for (std::size_t i = 0; i < stride; i += 2 * lanes) {
      s0 = hn::MulAdd(widen(y + i), hn::Load(d, x + i), s0);
      s1 = hn::MulAdd(widen(y + i + lanes), hn::Load(d, x + i + lanes), s1);
    }
    out[j] = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
  }
}

/// out += sum of scales[r] times row r, over kRows rows: out is read and written once for them.
template <std::size_t kRows>
HWY_INLINE void add_scaled(const float* table,
                           std::size_t stride,
                           const std::int32_t* columns,
                           const double* scales,
                           double* out) {
  const Doubles d;
  const float* rows[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    rows[r] = row_of(table, stride, columns[r]);
  }
  for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
    DoubleVector sum = hn::Load(d, out + i);
    for (std::size_t r = 0; r < kRows; ++r) {
      sum = hn::MulAdd(widen(rows[r] + i), hn::Set(d, scales[r]), sum);
    }
    hn::Store(sum, d, out + i);
  }
}

void gather_sum(const float* table,
                std::size_t stride,
                const std::int32_t* columns,
                std::size_t entries,
                const double* scales,
                double* out) {
  constexpr std::size_t kTogether = 4;
  std::size_t j = 0;
  for (; j + kTogether <= entries; j += kTogether) {
    add_scaled<kTogether>(table, stride, columns + j, scales + j, out);
  }
  for (; j < entries; ++j) {
    add_scaled<1>(table, stride, columns + j, scales + j, out);
  }
}

void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    out[r] = dot(table + r * stride, x, stride);
  }
}

void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out) {
  const Doubles d;
  for (std::size_t j = 0; j < entries; ++j) {
    if (j + kRowsAhead < entries) {
      prefetch_row(row_of(table, stride, columns[j + kRowsAhead]), stride);
    }
    const float* y = row_of(table, stride, columns[j]);
    for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
      hn::Store(widen(y + i), d, out + j * stride + i);
    }
  }
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(gather_dots);
HWY_EXPORT(gather_dots_of_doubles);
HWY_EXPORT(gather_sum);
HWY_EXPORT(score_rows);
HWY_EXPORT(gather_rows);

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out) {
  HWY_DYNAMIC_DISPATCH(gather_dots)(table, stride, columns, entries, x, out);
}

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const double* x,
                 double* out) {
  HWY_DYNAMIC_DISPATCH(gather_dots_of_doubles)(table, stride, columns, entries, x, out);
}

void gather_sum(const float* table,
                std::size_t stride,
                const std::int32_t* columns,
                std::size_t entries,
                const double* scales,
                double* out) {
  HWY_DYNAMIC_DISPATCH(gather_sum)(table, stride, columns, entries, scales, out);
}

void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out) {
  HWY_DYNAMIC_DISPATCH(score_rows)(table, stride, rows, x, out);
}

void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out) {
  HWY_DYNAMIC_DISPATCH(gather_rows)(table, stride, columns, entries, out);
}

}  // namespace alsace::kernels
#endif
