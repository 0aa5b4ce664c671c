// Tiles of outer products: kept in registers while they are summed over rows. Compiled once for
// each instruction set.

#if defined(ALSACE_KERNELS_ROW_SYSTEM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ALSACE_KERNELS_ROW_SYSTEM_INL_H_
#undef ALSACE_KERNELS_ROW_SYSTEM_INL_H_
#else
#define ALSACE_KERNELS_ROW_SYSTEM_INL_H_
#endif

#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Strides are multiples of 16: no wider vectors, also where the machine has them.
using Floats = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<Floats>;
constexpr std::size_t kLanes = HWY_LANES(float) < 16 ? HWY_LANES(float) : 16;
/// Sums of a tile: half of the registers.
constexpr std::size_t kTileSums = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 16 : 8;

/// Rows of a matrix, one after the other.
struct StridedRows {
  const float* first;
  std::size_t stride;
  HWY_INLINE const float* operator[](std::size_t r) const { return first + r * stride; }
};

enum class Start { zero, there };  ///< Of sums: from 0, or from what there is.
enum class Sign { plus, minus };

/// kRows rows from i by kColumns vectors from j of out: sums of a[r][i..] b[r][j..]' over r.
template <Sign kSign, std::size_t kRows, std::size_t kColumns, class D, class A, class B>
HWY_INLINE void product_tile(D d,
                             const A& a,
                             std::size_t i,
                             const B& b,
                             std::size_t j,
                             std::size_t rows,
                             Start start,
                             StridedRows out) {
  const std::size_t lanes = hn::Lanes(d);
  float* corner = const_cast<float*>(out[i]) + j;
  hn::Vec<D> sums[kRows][kColumns];
  for (std::size_t k = 0; k < kRows; ++k) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[k][c] =
          start == Start::zero ? hn::Zero(d) : hn::Load(d, corner + k * out.stride + c * lanes);
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const float* left = a[r] + i;
    const float* right = b[r] + j;
    hn::Vec<D> row[kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      row[c] = hn::Load(d, right + c * lanes);
    }
    for (std::size_t k = 0; k < kRows; ++k) {
      const auto value = hn::Set(d, left[k]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[k][c] = kSign == Sign::plus ? hn::MulAdd(value, row[c], sums[k][c])
                                         : hn::NegMulAdd(value, row[c], sums[k][c]);
      }
    }
  }
  for (std::size_t k = 0; k < kRows; ++k) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      hn::Store(sums[k][c], d, corner + k * out.stride + c * lanes);
    }
  }
}

/// Rows [from, to) of out's upper triangle, kRows at a time.
template <Sign kSign, std::size_t kRows, class A, class B>
HWY_INLINE void product_tiles(const A& a,
                              const B& b,
                              std::size_t rows,
                              Start start,
                              std::size_t from,
                              std::size_t to,
                              StridedRows out) {
  constexpr std::size_t kVectors = kTileSums / kRows;
  const Floats d;
  for (std::size_t i = from; i < to; i += kRows) {
    std::size_t j = i / kLanes * kLanes;
    if constexpr (kLanes > kRows) {
      if (i % kLanes != 0) {  // Half of the vector with the diagonal lies below it.
        const hn::CappedTag<float, kRows> half;
        product_tile<kSign, kRows, 1>(half, a, i, b, i, rows, start, out);
        j += kLanes;
      }
    }
    for (; j < out.stride && (out.stride - j) % (kVectors * kLanes) != 0; j += kLanes) {
      product_tile<kSign, kRows, 1>(d, a, i, b, j, rows, start, out);
    }
    for (; j < out.stride; j += kVectors * kLanes) {
      product_tile<kSign, kRows, kVectors>(d, a, i, b, j, rows, start, out);
    }
  }
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
