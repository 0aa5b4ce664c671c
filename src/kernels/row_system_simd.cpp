#include "kernels/row_system.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/row_system_simd.cpp"
// clang-format off: foreach_target.h comes first, what is compiled for each target last.
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/cache_control.h>
#include "kernels/row_system-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {

/// Asks for `count` rows from j on, or as many as there are.
HWY_INLINE void prefetch_rows(const Gathered& rows, std::size_t j, std::size_t count) {
  for (const std::size_t end = std::min(j + count, rows.count); j < end; ++j) {
    const float* y = rows.row(j);
    for (std::size_t i = 0; i < rows.stride; i += 16) {
      hwy::Prefetch(y + i);
    }
  }
}

/// sum += sum of t_j y_j over kRows rows: sum is read and written once for them.
template <std::size_t kRows>
HWY_INLINE void add_targets(const float* const* rows,
                            const float* targets,
                            std::size_t stride,
                            float* sum) {
  const Floats d;
  for (std::size_t i = 0; i < stride; i += kLanes) {
    FloatVector value = hn::Load(d, sum + i);
    for (std::size_t r = 0; r < kRows; ++r) {
      value = hn::MulAdd(hn::Set(d, targets[r]), hn::Load(d, rows[r] + i), value);
    }
    hn::Store(value, d, sum + i);
  }
}

HWY_INLINE void add_panel_targets(const float* const* panel,
                                  std::size_t count,
                                  const float* targets,
                                  std::size_t stride,
                                  float* sum) {
  constexpr std::size_t kTogether = 8;
  std::size_t j = 0;
  for (; j + kTogether <= count; j += kTogether) {
    add_targets<kTogether>(panel + j, targets + j, stride, sum);
  }
  for (; j < count; ++j) {
    add_targets<1>(panel + j, targets + j, stride, sum);
  }
}

/// out = scale_j y_j.
HWY_INLINE void scale_row(const float* y, float scale, std::size_t stride, float* out) {
  const Floats d;
  for (std::size_t i = 0; i < stride; i += kLanes) {
    hn::Store(hn::Mul(hn::Set(d, scale), hn::Load(d, y + i)), d, out + i);
  }
}

/// Up to 64 factors a panel takes half of L1; of longer rows that many already crowd each other
/// out.
HWY_INLINE std::size_t panel_rows(std::size_t stride) {
  return stride <= 64 ? gram_panel : gram_panel / 2;
}

/// out += sum_j a_j b_j', over a panel; asks for the rows of the next one meanwhile.
template <class A, class B>
HWY_INLINE void add_panel(const A& a,
                          const B& b,
                          std::size_t count,
                          const Gathered& rows,
                          std::size_t first,
                          StridedRows out) {
  constexpr std::size_t kRows = 8;
  const Start start = first == 0 ? Start::zero : Start::there;
  const std::size_t ahead = (panel_rows(out.stride) * kRows + out.stride - 1) / out.stride;
  for (std::size_t i = 0; i < out.stride; i += kRows) {
    prefetch_rows(rows, first + count + i / kRows * ahead, ahead);
    product_tiles<Sign::plus, kRows>(a, b, count, start, i, i + kRows, out);
  }
}

void gram_of_factors(const Gathered& rows,
                     const float* weights,
                     const float* targets,
                     const float* diagonal,
                     float* scratch,
                     float* out,
                     float* sum) {
  const std::size_t stride = rows.stride;
  const StridedRows target{.first = out, .stride = stride};
  std::fill_n(sum, stride, 0.0F);
  const std::size_t most = panel_rows(stride);
  prefetch_rows(rows, 0, most);
  for (std::size_t first = 0; first == 0 || first < rows.count; first += most) {
    const std::size_t count = std::min(most, rows.count - first);
    const float* panel[gram_panel];
    for (std::size_t j = 0; j < count; ++j) {
      panel[j] = rows.row(first + j);
    }
    add_panel_targets(panel, count, targets + first, stride, sum);
    if (weights == nullptr) {
      add_panel(panel, panel, count, rows, first, target);
    } else {
      for (std::size_t j = 0; j < count; ++j) {
        scale_row(panel[j], weights[first + j], stride, scratch + j * stride);
      }
      const StridedRows scaled{.first = scratch, .stride = stride};
      add_panel(scaled, panel, count, rows, first, target);
    }
  }
  for (std::size_t i = 0; i < stride; ++i) {
    out[i * stride + i] += diagonal[i];
  }
}

/// The sums of the lanes of vectors kFirst to kFirst + kCount - 1, as the lanes of one.
template <std::size_t kFirst, std::size_t kCount, class Vectors>
HWY_INLINE FloatVector sums_of_lanes(const Vectors& vectors) {
  if constexpr (kCount == 1) {
    return vectors(kFirst);
  } else {
    const Floats d;
    const FloatVector low = sums_of_lanes<kFirst, kCount / 2>(vectors);
    const FloatVector high = sums_of_lanes<kFirst + kCount / 2, kCount / 2>(vectors);
#if HWY_TARGET != HWY_SCALAR  // There kCount is 1.
    return hn::Add(hn::ConcatEven(d, high, low), hn::ConcatOdd(d, high, low));
#endif
  }
}

/// Products of 4 rows by 4 rows: out[4 i + j] = left_i . right_j.
HWY_INLINE void dot_tile(const float* left,
                         const float* const right[4],
                         std::size_t stride,
                         float* out) {
  const Floats d;
  FloatVector sums[16];
  for (FloatVector& sum : sums) {
    sum = hn::Zero(d);
  }
  for (std::size_t c = 0; c < stride; c += kLanes) {
    FloatVector y[4];
    for (std::size_t j = 0; j < 4; ++j) {
      y[j] = hn::Load(d, right[j] + c);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const FloatVector z = hn::Load(d, left + i * stride + c);
      for (std::size_t j = 0; j < 4; ++j) {
        sums[4 * i + j] = hn::MulAdd(z, y[j], sums[4 * i + j]);
      }
    }
  }
  const auto of = [&](std::size_t i) HWY_ATTR { return sums[i]; };
  hn::Store(sums_of_lanes<0, kLanes>(of), d, out);
  if constexpr (kLanes < 16) {
    for (std::size_t i = kLanes; i < 16; i += kLanes) {
      const auto later = [&](std::size_t n) HWY_ATTR { return sums[i + n]; };
      hn::Store(sums_of_lanes<0, kLanes>(later), d, out + i);
    }
  }
}

void gram_of_entries(
    const Gathered& rows, const float* scale, const float* diagonal, float* scratch, float* out) {
  const Floats d;
  const std::size_t stride = rows.stride;
  const std::size_t padded = (rows.count + 3) / 4 * 4;
  const std::size_t size = (rows.count + 15) / 16 * 16;
  prefetch_rows(rows, 0, rows.count);
  for (std::size_t j = 0; j < rows.count; ++j) {
    for (std::size_t i = 0; i < stride; i += kLanes) {
      hn::Store(hn::Mul(hn::Load(d, scale + i), hn::Load(d, rows.row(j) + i)),
                d,
                scratch + j * stride + i);
    }
  }
  std::fill(scratch + rows.count * stride, scratch + padded * stride, 0.0F);
  std::fill_n(out, size * size, 0.0F);
  for (std::size_t j = 0; j < padded; j += 4) {
    const float* right[4];
    for (std::size_t n = 0; n < 4; ++n) {
      right[n] = j + n < rows.count ? rows.row(j + n) : scratch + rows.count * stride;
    }
    for (std::size_t i = 0; i <= j; i += 4) {
      alignas(64) float tile[16];
      dot_tile(scratch + i * stride, right, stride, tile);
      for (std::size_t n = 0; n < 4; ++n) {
        std::copy_n(tile + 4 * n, 4, out + (i + n) * size + j);
      }
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    out[i * size + i] = i < rows.count ? out[i * size + i] + diagonal[i] : 1.0F;
  }
}

#if HWY_TARGET == HWY_SCALAR  // Without vectors there are no blocks: the plain loops do.
bool factorize(float* a, std::size_t size) {
  return reference::factorize(a, size);
}
void solve_factored(const float* factored, std::size_t size, float* x) {
  reference::solve_factored(factored, size, x);
}
#else
/// Replaces a diagonal block of what is left of A by the inverse of U' there, with zeros above its
/// diagonal. Elimination below a pivot turns the rows into D^-1/2 U and the identity into the
/// inverse; the one shrinks as the other grows, so both share the block.
HWY_INLINE bool invert_block(float* block, std::size_t stride) {
  const Floats d;
  const FloatVector lanes = hn::Iota(d, 0.0F);
  for (std::size_t p = 0; p < kLanes; ++p) {
    float* row = block + p * stride;
    const float pivot = row[p];
    if (!(pivot > 0)) {
      return false;
    }
    const FloatVector number = hn::Set(d, static_cast<float>(p));
    const auto at_pivot = hn::Eq(lanes, number);
    const FloatVector inverse = hn::Set(d, 1.0F / pivot);
    const FloatVector scaled =
        hn::IfThenElse(at_pivot, inverse, hn::Mul(hn::Load(d, row), inverse));
    for (std::size_t i = p + 1; i < kLanes; ++i) {
      float* other = block + i * stride;
      const FloatVector before = hn::IfThenZeroElse(at_pivot, hn::Load(d, other));
      hn::Store(hn::NegMulAdd(hn::Set(d, row[i]), scaled, before), d, other);
    }
    hn::Store(
        hn::IfThenElseZero(hn::Le(lanes, number), hn::Mul(scaled, hn::Set(d, std::sqrt(pivot)))),
        d,
        row);
  }
  return true;
}

/// kRows rows from i of U in kColumns vectors from j: those of the inverse, times A's. Rows below
/// them are done: what they need of A is overwritten from below.
template <std::size_t kRows, std::size_t kColumns>
HWY_INLINE void inverse_tile(const float* inverse, std::size_t i, std::size_t stride, float* a) {
  const Floats d;
  FloatVector sums[kRows][kColumns];
  for (std::size_t k = 0; k < kRows; ++k) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[k][c] = hn::Zero(d);
    }
  }
  for (std::size_t r = 0; r < i + kRows; ++r) {
    for (std::size_t k = 0; k < kRows; ++k) {
      const FloatVector value = hn::Set(d, inverse[(i + k) * stride + r]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[k][c] = hn::MulAdd(value, hn::Load(d, a + r * stride + c * kLanes), sums[k][c]);
      }
    }
  }
  for (std::size_t k = 0; k < kRows; ++k) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      hn::Store(sums[k][c], d, a + (i + k) * stride + c * kLanes);
    }
  }
}

/// The rows of U beside a diagonal block, `vectors` of them.
HWY_INLINE void apply_inverse(float* block, std::size_t stride, std::size_t vectors) {
  constexpr std::size_t kRows = 4;
  for (std::size_t i = kLanes; i > 0;) {
    i -= kRows;
    std::size_t v = 1;
    for (; v + 1 <= vectors; v += 2) {
      inverse_tile<kRows, 2>(block, i, stride, block + v * kLanes);
    }
    if (v <= vectors) {
      inverse_tile<kRows, 1>(block, i, stride, block + v * kLanes);
    }
  }
}

bool factorize(float* a, std::size_t size) {
  constexpr std::size_t kRows = kLanes < 8 ? kLanes : 8;
  const StridedRows matrix{.first = a, .stride = size};
  for (std::size_t b = 0; b < size; b += kLanes) {
    product_tiles<Sign::minus, kRows>(matrix, matrix, b, Start::there, b, b + kLanes, matrix);
    float* block = a + b * size + b;
    if (!invert_block(block, size)) {
      return false;
    }
    apply_inverse(block, size, (size - b) / kLanes - 1);
  }
  return true;
}

/// x_rest -= sum_i y_i u_i, u_i being kLanes rows of U.
HWY_INLINE void subtract_rows(
    const float* u, const float* y, std::size_t from, std::size_t size, float* x) {
  const Floats d;
  for (std::size_t j = from; j < size; j += kLanes) {
    FloatVector even = hn::Load(d, x + j);
    FloatVector odd = hn::Zero(d);
    for (std::size_t i = 0; i < kLanes; i += 2) {
      even = hn::NegMulAdd(hn::Set(d, y[i]), hn::Load(d, u + i * size + j), even);
      odd = hn::NegMulAdd(hn::Set(d, y[i + 1]), hn::Load(d, u + (i + 1) * size + j), odd);
    }
    hn::Store(hn::Add(even, odd), d, x + j);
  }
}

void solve_factored(const float* factored, std::size_t size, float* x) {
  const Floats d;
  for (std::size_t b = 0; b < size; b += kLanes) {
    const float* u = factored + b * size;
    const FloatVector part = hn::Load(d, x + b);
    hn::Store(sums_of_lanes<0, kLanes>([&](std::size_t i) HWY_ATTR {
                return hn::Mul(hn::Load(d, u + i * size + b), part);
              }),
              d,
              x + b);
    subtract_rows(u, x + b, b + kLanes, size, x);
  }
  for (std::size_t b = size; b > 0;) {
    b -= kLanes;
    const float* u = factored + b * size;
    const FloatVector known = sums_of_lanes<0, kLanes>([&](std::size_t i) HWY_ATTR {
      FloatVector sum = hn::Zero(d);
      for (std::size_t j = b + kLanes; j < size; j += kLanes) {
        sum = hn::MulAdd(hn::Load(d, u + i * size + j), hn::Load(d, x + j), sum);
      }
      return sum;
    });
    hn::Store(hn::Sub(hn::Load(d, x + b), known), d, x + b);
    FloatVector even = hn::Zero(d);
    FloatVector odd = hn::Zero(d);
    for (std::size_t i = 0; i < kLanes; ++i) {
      FloatVector& sum = i % 2 == 0 ? even : odd;
      sum = hn::MulAdd(hn::Set(d, x[b + i]), hn::Load(d, u + i * size + b), sum);
    }
    hn::Store(hn::Add(even, odd), d, x + b);
  }
}

#endif

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(factorize);
HWY_EXPORT(gram_of_entries);
HWY_EXPORT(gram_of_factors);
HWY_EXPORT(solve_factored);

void gram_of_factors(const Gathered& rows,
                     const float* weights,
                     const float* targets,
                     const float* diagonal,
                     float* scratch,
                     float* out,
                     float* sum) {
  HWY_DYNAMIC_DISPATCH(gram_of_factors)(rows, weights, targets, diagonal, scratch, out, sum);
}

void gram_of_entries(
    const Gathered& rows, const float* scale, const float* diagonal, float* scratch, float* out) {
  HWY_DYNAMIC_DISPATCH(gram_of_entries)(rows, scale, diagonal, scratch, out);
}

bool factorize(float* a, std::size_t size) {
  return HWY_DYNAMIC_DISPATCH(factorize)(a, size);
}

void solve_factored(const float* factored, std::size_t size, float* x) {
  HWY_DYNAMIC_DISPATCH(solve_factored)(factored, size, x);
}

}  // namespace alsace::kernels
#endif
