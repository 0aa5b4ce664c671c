#include "kernels/gather.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gather_simd.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Strides are multiples of 16 floats: no wider vectors, also where the machine has them.
using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;
using HalfFloats = hn::Rebind<float, Doubles>;  // As many floats as there are doubles in a vector.

/// Rows asked for ahead of their use: enough to cover the latency of memory.
constexpr std::size_t kRowsAhead = 8;

/// Asks for the row that is kRowsAhead behind y_j, where there is one.
HWY_INLINE void prefetch_ahead(const Gathered& rows, std::size_t j) {
  if (j + kRowsAhead < rows.count) {
    const float* row = rows.row(j + kRowsAhead);
    for (std::size_t i = 0; i < rows.stride; i += 16) {
      hwy::Prefetch(row + i);
    }
  }
}

HWY_INLINE DoubleVector load_doubles(const float* from) {
  return hn::PromoteTo(Doubles(), hn::LoadU(HalfFloats(), from));
}

HWY_INLINE DoubleVector load_doubles(const double* from) {
  return hn::Load(Doubles(), from);
}

template <class T>
HWY_INLINE double dot_in_double(const T* x, const float* y, std::size_t stride) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  DoubleVector s0 = hn::Zero(d);
  DoubleVector s1 = hn::Zero(d);
  for (std::size_t i = 0; i < stride; i += 2 * lanes) {
    s0 = hn::MulAdd(load_doubles(x + i), load_doubles(y + i), s0);
    s1 = hn::MulAdd(load_doubles(x + i + lanes), load_doubles(y + i + lanes), s1);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
}

template <class T>
HWY_INLINE void all_dots(const Gathered& rows, const T* x, double* out) {
  for (std::size_t j = 0; j < rows.count; ++j) {
    prefetch_ahead(rows, j);
    out[j] = dot_in_double(x, rows.row(j), rows.stride);
  }
}

void gather_dots(const Gathered& rows, const float* x, double* out) {
  all_dots(rows, x, out);
}

void gather_dots_of_doubles(const Gathered& rows, const double* x, double* out) {
  all_dots(rows, x, out);
}

/// out += sum of scales[r] y_(first + r), over kRows rows: out is read and written once for them.
template <std::size_t kRows>
HWY_INLINE void add_scaled(const Gathered& rows,
                           std::size_t first,
                           const double* scales,
                           double* out) {
  const Doubles d;
  const float* y[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    y[r] = rows.row(first + r);
  }
  for (std::size_t i = 0; i < rows.stride; i += hn::Lanes(d)) {
    DoubleVector sum = hn::Load(d, out + i);
    for (std::size_t r = 0; r < kRows; ++r) {
      sum = hn::MulAdd(load_doubles(y[r] + i), hn::Set(d, scales[r]), sum);
    }
    hn::Store(sum, d, out + i);
  }
}

void gather_sum(const Gathered& rows, const double* scales, double* out) {
  constexpr std::size_t kTogether = 4;
  std::size_t j = 0;
  for (; j + kTogether <= rows.count; j += kTogether) {
    add_scaled<kTogether>(rows, j, scales + j, out);
  }
  for (; j < rows.count; ++j) {
    add_scaled<1>(rows, j, scales + j, out);
  }
}

void gather_rows(const Gathered& rows, double* out) {
  const Doubles d;
  for (std::size_t j = 0; j < rows.count; ++j) {
    prefetch_ahead(rows, j);
    const float* y = rows.row(j);
    for (std::size_t i = 0; i < rows.stride; i += hn::Lanes(d)) {
      hn::Store(load_doubles(y + i), d, out + j * rows.stride + i);
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
HWY_EXPORT(gather_rows);

void gather_dots(const Gathered& rows, const float* x, double* out) {
  HWY_DYNAMIC_DISPATCH(gather_dots)(rows, x, out);
}

void gather_dots(const Gathered& rows, const double* x, double* out) {
  HWY_DYNAMIC_DISPATCH(gather_dots_of_doubles)(rows, x, out);
}

void gather_sum(const Gathered& rows, const double* scales, double* out) {
  HWY_DYNAMIC_DISPATCH(gather_sum)(rows, scales, out);
}

void gather_rows(const Gathered& rows, double* out) {
  HWY_DYNAMIC_DISPATCH(gather_rows)(rows, out);
}

}  // namespace alsace::kernels
#endif
