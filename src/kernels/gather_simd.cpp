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

/// Rows j to j + 3 of q += sum_j s_j y_j: four dot products side by side hide each other's latency,
/// and the rows are still in L1 when they are added.
HWY_INLINE void add_four(
    const GatherSystem& system, std::size_t j, bool residual, const float* p, float* q) {
  const Floats d;
  const std::size_t stride = system.stride;
  const float* y0 = row_of(system.table, stride, system.columns[j]);
  const float* y1 = row_of(system.table, stride, system.columns[j + 1]);
  const float* y2 = row_of(system.table, stride, system.columns[j + 2]);
  const float* y3 = row_of(system.table, stride, system.columns[j + 3]);
  FloatVector d0 = hn::Zero(d);
  FloatVector d1 = hn::Zero(d);
  FloatVector d2 = hn::Zero(d);
  FloatVector d3 = hn::Zero(d);
  for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
    const FloatVector pi = hn::Load(d, p + i);
    d0 = hn::MulAdd(hn::Load(d, y0 + i), pi, d0);
    d1 = hn::MulAdd(hn::Load(d, y1 + i), pi, d1);
    d2 = hn::MulAdd(hn::Load(d, y2 + i), pi, d2);
    d3 = hn::MulAdd(hn::Load(d, y3 + i), pi, d3);
  }
  const float* w = system.weights + j;
  float s0 = w[0] * hn::GetLane(hn::SumOfLanes(d, d0));
  float s1 = w[1] * hn::GetLane(hn::SumOfLanes(d, d1));
  float s2 = w[2] * hn::GetLane(hn::SumOfLanes(d, d2));
  float s3 = w[3] * hn::GetLane(hn::SumOfLanes(d, d3));
  if (residual) {
    const float* t = system.targets + j;
    s0 = t[0] - s0;
    s1 = t[1] - s1;
    s2 = t[2] - s2;
    s3 = t[3] - s3;
  }
  const FloatVector v0 = hn::Set(d, s0);
  const FloatVector v1 = hn::Set(d, s1);
  const FloatVector v2 = hn::Set(d, s2);
  const FloatVector v3 = hn::Set(d, s3);
  for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
    FloatVector first = hn::MulAdd(hn::Load(d, y0 + i), v0, hn::Load(d, q + i));
    FloatVector second = hn::Mul(hn::Load(d, y1 + i), v1);
    first = hn::MulAdd(hn::Load(d, y2 + i), v2, first);
    second = hn::MulAdd(hn::Load(d, y3 + i), v3, second);
    hn::Store(hn::Add(first, second), d, q + i);
  }
}

/// q += sum_j s_j y_j with s_j = w_j (y_j . p), or with targets t_j - w_j (y_j . p).
HWY_INLINE void add_data_term(const GatherSystem& system, bool residual, const float* p, float* q) {
  const Floats d;
  const std::size_t stride = system.stride;
  std::size_t j = 0;
  for (; j + 4 <= system.entries; j += 4) {
    for (std::size_t ahead = j + kRowsAhead; ahead < std::min(j + kRowsAhead + 4, system.entries);
         ++ahead) {
      prefetch_row(row_of(system.table, stride, system.columns[ahead]), stride);
    }
    add_four(system, j, residual, p, q);
  }
  for (; j < system.entries; ++j) {
    const float* y = row_of(system.table, stride, system.columns[j]);
    float s = system.weights[j] * dot(y, p, stride);
    s = residual ? system.targets[j] - s : s;
    const FloatVector scale = hn::Set(d, s);
    for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
      hn::Store(hn::MulAdd(hn::Load(d, y + i), scale, hn::Load(d, q + i)), d, q + i);
    }
  }
}

bool conjugate_gradients(const GatherSystem& system,
                         const float* preconditioner,
                         float tolerance,
                         int max_steps,
                         float* x,
                         float* work) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t stride = system.stride;
  float* r = work;
  float* p = work + stride;
  float* q = work + 2 * stride;
  FloatVector sum = hn::Zero(d);
  for (std::size_t i = 0; i < stride; i += lanes) {
    const FloatVector xi = hn::Load(d, x + i);
    const FloatVector dx = hn::Mul(hn::Load(d, system.diagonal + i), xi);
    sum = hn::MulAdd(dx, xi, sum);
    hn::Store(hn::Neg(dx), d, r + i);
  }
  const float energy = hn::GetLane(hn::SumOfLanes(d, sum));
  add_data_term(system, true, x, r);
  sum = hn::Zero(d);
  for (std::size_t i = 0; i < stride; i += lanes) {
    const FloatVector ri = hn::Load(d, r + i);
    const FloatVector pi = hn::Mul(ri, hn::Load(d, preconditioner + i));
    sum = hn::MulAdd(ri, pi, sum);
    hn::Store(pi, d, p + i);
  }
  float rz = hn::GetLane(hn::SumOfLanes(d, sum));
  const float limit = tolerance * tolerance * std::max(energy, rz);
  for (int step = 0; step < max_steps && rz > limit; ++step) {
    for (std::size_t i = 0; i < stride; i += lanes) {
      hn::Store(hn::Mul(hn::Load(d, system.diagonal + i), hn::Load(d, p + i)), d, q + i);
    }
    add_data_term(system, false, p, q);
    const float pq = dot(p, q, stride);
    if (!(pq > 0.0F)) {
      return false;
    }
    const FloatVector length = hn::Set(d, rz / pq);
    sum = hn::Zero(d);
    for (std::size_t i = 0; i < stride; i += lanes) {
      hn::Store(hn::MulAdd(length, hn::Load(d, p + i), hn::Load(d, x + i)), d, x + i);
      const FloatVector ri = hn::NegMulAdd(length, hn::Load(d, q + i), hn::Load(d, r + i));
      sum = hn::MulAdd(hn::Mul(ri, ri), hn::Load(d, preconditioner + i), sum);
      hn::Store(ri, d, r + i);
    }
    const float next = hn::GetLane(hn::SumOfLanes(d, sum));
    const FloatVector turn = hn::Set(d, next / rz);
    for (std::size_t i = 0; i < stride; i += lanes) {
      const FloatVector z = hn::Mul(hn::Load(d, r + i), hn::Load(d, preconditioner + i));
      hn::Store(hn::MulAdd(turn, hn::Load(d, p + i), z), d, p + i);
    }
    rz = next;
  }
  return rz <= limit && std::isfinite(limit);
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(gather_dots);
HWY_EXPORT(score_rows);
HWY_EXPORT(gather_rows);
HWY_EXPORT(conjugate_gradients);

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out) {
  HWY_DYNAMIC_DISPATCH(gather_dots)(table, stride, columns, entries, x, out);
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

bool conjugate_gradients(const GatherSystem& system,
                         const float* preconditioner,
                         float tolerance,
                         int max_steps,
                         float* x,
                         float* work) {
  return HWY_DYNAMIC_DISPATCH(conjugate_gradients)(
      system, preconditioner, tolerance, max_steps, x, work);
}

}  // namespace alsace::kernels
#endif
