// Passes over the rows of a factor table that one row's entries name: dot products with a vector,
// and sums of the rows scaled by them. Compiled once for each instruction set.

#if defined(ALSACE_KERNELS_GATHERED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ALSACE_KERNELS_GATHERED_INL_H_
#undef ALSACE_KERNELS_GATHERED_INL_H_
#else
#define ALSACE_KERNELS_GATHERED_INL_H_
#endif

#include "kernels/gradients.h"

#include <algorithm>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
#if HWY_TARGET != HWY_SCALAR  // There the plain loops do.
namespace hn = hwy::HWY_NAMESPACE;

// Strides are multiples of 16 floats: no wider vectors, also where the machine has them.
using Floats = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<Floats>;
using Bits = hn::RebindToUnsigned<Floats>;
using Four = hn::FixedTag<float, 4>;
using FourVector = hn::Vec<Four>;

constexpr std::size_t kLanes = HWY_LANES(float) < 16 ? HWY_LANES(float) : 16;
/// Vectors of 16 floats, which strides are multiples of.
constexpr std::size_t kUnit = 16 / kLanes;
/// Vectors of gathered rows that stay in registers between their two uses, 32 registers or 16.
constexpr std::size_t kHeld = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 16 : 4;
/// Entries worked on together at most where their rows do not fit registers, and the bytes of
/// these, which stay in L1.
constexpr std::size_t kPanel = 16;
constexpr std::size_t kPanelBytes = 16384;
/// Entries summed apart before they are added to what there is: long rows lose no digits.
constexpr std::size_t kMostSummed = 4096;
/// Bytes asked for ahead of their use: enough to cover the latency of memory.
constexpr std::size_t kBytesAhead = 2048;

HWY_INLINE FloatVector load(const float* from) {
  return hn::Load(Floats(), from);
}

/// The vectors of 32 numbers from `from` on.
HWY_INLINE void load_pair(const float* from, FloatVector* y) {
  for (std::size_t c = 0; c < 2 * kUnit; ++c) {
    y[c] = load(from + c * kLanes);
  }
}

/// Two numbers of a pair of units share 32 bits: a shift gives one, a mask the other. Rows of an
/// odd count of units do not all begin at a cache line.
HWY_INLINE void load_pair(const Half* from, FloatVector* y) {
  const Bits bits;
  const hn::Repartition<Half, Bits> halves;
  for (std::size_t c = 0; c < kUnit; ++c) {
    const auto both = hn::BitCast(bits, hn::LoadU(halves, from + 2 * c * kLanes));
    y[c] = hn::BitCast(Floats(), hn::ShiftLeft<16>(both));
    y[kUnit + c] = hn::BitCast(Floats(), hn::And(both, hn::Set(bits, 0xFFFF0000U)));
  }
}

/// The vectors of 16 numbers at the end of a row of an odd count of units.
HWY_INLINE void load_unit(const float* from, FloatVector* y) {
  for (std::size_t c = 0; c < kUnit; ++c) {
    y[c] = load(from + c * kLanes);
  }
}

HWY_INLINE void load_unit(const Half* from, FloatVector* y) {
  const Bits bits;
  const hn::Rebind<Half, Bits> halves;
  for (std::size_t c = 0; c < kUnit; ++c) {
    const auto half = hn::PromoteTo(bits, hn::LoadU(halves, from + c * kLanes));
    y[c] = hn::BitCast(Floats(), hn::ShiftLeft<16>(half));
  }
}

/// A row of kVectors vectors.
template <std::size_t kVectors, class T>
HWY_INLINE void load_row(const T* from, FloatVector* y) {
  constexpr std::size_t kPaired = kVectors / (2 * kUnit) * (2 * kUnit);
  for (std::size_t c = 0; c < kPaired; c += 2 * kUnit) {
    load_pair(from + c * kLanes, y + c);
  }
  if constexpr (kPaired < kVectors) {
    load_unit(from + kPaired * kLanes, y + kPaired);
  }
}

HWY_INLINE float sum(FloatVector v) {
  return hn::GetLane(hn::SumOfLanes(Floats(), v));
}

/// The sum of the blocks of four lanes.
template <class D>
HWY_INLINE FourVector sum_of_blocks(D d, hn::Vec<D> v) {
  if constexpr (hn::MaxLanes(D()) == 4) {
    (void)d;
    return v;
  } else {
    const hn::Half<D> half;
    return sum_of_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}

HWY_INLINE FourVector dot_sums(const FloatVector (&v)[2]) {
  const Floats d;
  const hn::Repartition<double, Floats> pairs;
  const auto a = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
  const auto high =
      hn::BitCast(d, hn::InterleaveUpper(pairs, hn::BitCast(pairs, a), hn::BitCast(pairs, a)));
  return sum_of_blocks(d, hn::Add(a, high));
}

/// The sums of four vectors, side by side: six shuffles, where four sums of lanes take sixteen.
HWY_INLINE FourVector dot_sums(const FloatVector (&v)[4]) {
  const Floats d;
  const hn::Repartition<double, Floats> pairs;
  const auto a = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
  const auto b = hn::Add(hn::InterleaveLower(d, v[2], v[3]), hn::InterleaveUpper(d, v[2], v[3]));
  const auto low = hn::InterleaveLower(pairs, hn::BitCast(pairs, a), hn::BitCast(pairs, b));
  const auto high = hn::InterleaveUpper(pairs, hn::BitCast(pairs, a), hn::BitCast(pairs, b));
  return sum_of_blocks(d, hn::Add(hn::BitCast(d, low), hn::BitCast(d, high)));
}

/// What a pass over the entries does with d_j = y_j . p.
enum class Pass {
  residual,  ///< q += sum_j (t_j - w_j d_j) y_j; counts squares and products.
  product,   ///< q += sum_j w_j d_j y_j
  energy     ///< Counts squares.
};

struct PassSums {
  double squares = 0;   ///< sum_j w_j d_j^2
  double products = 0;  ///< sum_j t_j d_j
};

/// From dot products to the scales of the addition, four entries at a time.
template <Pass kPass>
class Tally {
 public:
  HWY_INLINE Tally() : squares_(hn::Zero(Four())), products_(hn::Zero(Four())) {}

  /// Of up to four entries; what is beyond `count` weighs nothing.
  HWY_INLINE void scale(
      FourVector dots, std::size_t count, const float* w, const float* t, float* scales) {
    const Four four;
    const auto counts = hn::FirstN(four, count);
    const FourVector weights = hn::IfThenElseZero(counts, hn::LoadU(four, w));
    const FourVector weighted = hn::Mul(weights, dots);
    if constexpr (kPass != Pass::product) {
      squares_ = hn::MulAdd(weighted, dots, squares_);
    }
    if constexpr (kPass == Pass::residual) {
      const FourVector targets = hn::IfThenElseZero(counts, hn::LoadU(four, t));
      products_ = hn::MulAdd(targets, dots, products_);
      hn::Store(hn::Sub(targets, weighted), four, scales);
    } else if constexpr (kPass == Pass::product) {
      hn::Store(weighted, four, scales);
    }
  }
  HWY_INLINE PassSums sums() const {
    const Four four;
    return {.squares = static_cast<double>(hn::GetLane(hn::SumOfLanes(four, squares_))),
            .products = static_cast<double>(hn::GetLane(hn::SumOfLanes(four, products_)))};
  }

 private:
  FourVector squares_;
  FourVector products_;
};

/// A stretch of one row's entries, and the table they name.
template <class T>
struct Stretch {
  const T* table;
  std::size_t stride;
  const std::int32_t* columns;
  const float* w;
  const float* t;
  std::size_t count;
};

HWY_INLINE std::size_t entries_ahead(std::size_t row_bytes) {
  return HWY_MAX(4, kBytesAhead / row_bytes);
}

template <class T>
HWY_INLINE void ask_for(const T* row, std::size_t stride) {
  for (std::size_t i = 0; i < stride; i += 64 / sizeof(T)) {
    hwy::Prefetch(row + i);
  }
}

/// Pointers to the table rows of entries j to j + kRows, past the end the last one's; asks for
/// those to come. `stride` is known to the compiler where the caller knows it.
template <std::size_t kRows, class T>
HWY_INLINE void find_rows(const Stretch<T>& stretch,
                          std::size_t j,
                          std::size_t stride,
                          const T** rows) {
  if (HWY_LIKELY(j + kRows <= stretch.count)) {
    for (std::size_t r = 0; r < kRows; ++r) {
      rows[r] = stretch.table + static_cast<std::size_t>(stretch.columns[j + r]) * stride;
    }
  } else {
    for (std::size_t r = 0; r < kRows; ++r) {
      const std::size_t entry = HWY_MIN(j + r, stretch.count - 1);
      rows[r] = stretch.table + static_cast<std::size_t>(stretch.columns[entry]) * stride;
    }
  }
  const std::size_t ahead = entries_ahead(stride * sizeof(T));
  if (j + ahead + kRows <= stretch.count) {
    for (std::size_t r = 0; r < kRows; ++r) {
      ask_for(stretch.table + static_cast<std::size_t>(stretch.columns[j + ahead + r]) * stride,
              stride);
    }
  }
}

/// Rows of kVectors vectors, two or four at a time and each read once: their values stay in
/// registers between the dot product and the addition, and so do the sums.
template <std::size_t kVectors, Pass kPass, class T>
HWY_NOINLINE PassSums fused_pass(const Stretch<T>& stretch, const float* p, float* q) {
  constexpr std::size_t kRows = HWY_MIN(4, kHeld / kVectors);
  constexpr std::size_t kSets = kVectors <= 4 ? 2 : 1;  // To hide the latency of addition.
  constexpr bool kAdds = kPass != Pass::energy;
  const Floats d;
  HWY_ALIGN float scales[4];
  Tally<kPass> tally;
  FloatVector sums[kSets][kVectors];
  if constexpr (kAdds) {
    for (std::size_t c = 0; c < kVectors; ++c) {
      for (std::size_t set = 0; set < kSets; ++set) {
        sums[set][c] = hn::Zero(d);
      }
    }
  }
  for (std::size_t j = 0; j < stretch.count; j += kRows) {
    FloatVector y[kRows][kVectors];
    FloatVector dots[kRows];
    const T* rows[kRows];
    find_rows<kRows>(stretch, j, kVectors * kLanes, rows);
    for (std::size_t r = 0; r < kRows; ++r) {
      load_row<kVectors>(rows[r], y[r]);
      FloatVector halves[2] = {hn::Zero(d), hn::Zero(d)};  // Two chains, each half as long.
      for (std::size_t c = 0; c < kVectors; ++c) {
        halves[c % 2] = hn::MulAdd(y[r][c], load(p + c * kLanes), halves[c % 2]);
      }
      dots[r] = hn::Add(halves[0], halves[1]);
    }
    const std::size_t count = HWY_MIN(kRows, stretch.count - j);
    tally.scale(dot_sums(dots), count, stretch.w + j, stretch.t + j, scales);
    if constexpr (kAdds) {
      for (std::size_t r = 0; r < kRows; ++r) {
        const FloatVector scale = hn::Set(d, scales[r]);
        for (std::size_t c = 0; c < kVectors; ++c) {
          sums[r % kSets][c] = hn::MulAdd(y[r][c], scale, sums[r % kSets][c]);
        }
      }
    }
  }
  if constexpr (kAdds) {
    for (std::size_t c = 0; c < kVectors; ++c) {
      for (std::size_t set = 1; set < kSets; ++set) {
        sums[0][c] = hn::Add(sums[0][c], sums[set][c]);
      }
      hn::Store(hn::Add(load(q + c * kLanes), sums[0][c]), d, q + c * kLanes);
    }
  }
  return tally.sums();
}

/// Four dot products side by side hide each other's latency.
template <class T>
HWY_INLINE FourVector four_dots(const T* const* rows, std::size_t stride, const float* p) {
  const Floats d;
  FloatVector y[2 * kUnit];
  FloatVector sums[4][2];  // Two chains a row.
  for (auto& row : sums) {
    row[0] = row[1] = hn::Zero(d);
  }
  std::size_t i = 0;
  for (; i + 32 <= stride; i += 32) {
    for (std::size_t r = 0; r < 4; ++r) {
      load_pair(rows[r] + i, y);
      for (std::size_t c = 0; c < 2 * kUnit; ++c) {
        sums[r][c % 2] = hn::MulAdd(y[c], load(p + i + c * kLanes), sums[r][c % 2]);
      }
    }
  }
  if (i < stride) {
    for (std::size_t r = 0; r < 4; ++r) {
      load_unit(rows[r] + i, y);
      for (std::size_t c = 0; c < kUnit; ++c) {
        sums[r][c % 2] = hn::MulAdd(y[c], load(p + i + c * kLanes), sums[r][c % 2]);
      }
    }
  }
  FloatVector dots[4];
  for (std::size_t r = 0; r < 4; ++r) {
    dots[r] = hn::Add(sums[r][0], sums[r][1]);
  }
  return dot_sums(dots);
}

/// kColumns vectors of q += sum_r s_r y_r from `first` on, in registers over a panel.
template <std::size_t kColumns, class T>
HWY_INLINE void add_columns(
    const T* const* rows, std::size_t count, std::size_t first, const float* s, float* q) {
  const Floats d;
  FloatVector sums[kColumns];
  for (std::size_t c = 0; c < kColumns; ++c) {
    sums[c] = load(q + first + c * kLanes);
  }
  for (std::size_t r = 0; r < count; ++r) {
    const FloatVector scale = hn::Set(d, s[r]);
    FloatVector y[kColumns];
    load_row<kColumns>(rows[r] + first, y);
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[c] = hn::MulAdd(y[c], scale, sums[c]);
    }
  }
  for (std::size_t c = 0; c < kColumns; ++c) {
    hn::Store(sums[c], d, q + first + c * kLanes);
  }
}

/// All of q += sum_r s_r y_r.
template <class T>
HWY_INLINE void add_rows(
    const T* const* rows, std::size_t count, std::size_t stride, const float* s, float* q) {
  constexpr std::size_t kWide = HWY_MAX(8, 2 * kUnit);
  std::size_t i = 0;
  for (; i + kWide * kLanes <= stride; i += kWide * kLanes) {
    add_columns<kWide>(rows, count, i, s, q);
  }
  for (; i + 32 <= stride; i += 32) {
    add_columns<2 * kUnit>(rows, count, i, s, q);
  }
  if (i < stride) {
    add_columns<kUnit>(rows, count, i, s, q);
  }
}

/// Longer rows: a panel's dot products first, then its additions. kVectors is a row's length, or 0
/// for any.
template <std::size_t kVectors, Pass kPass, class T>
HWY_NOINLINE PassSums panel_pass(const Stretch<T>& stretch, const float* p, float* q) {
  const std::size_t stride = kVectors == 0 ? stretch.stride : kVectors * kLanes;
  HWY_ALIGN float scales[kPanel] = {};
  const T* rows[kPanel];
  const std::size_t panel = stride * sizeof(T) * kPanel <= kPanelBytes ? kPanel : kPanel / 2;
  Tally<kPass> tally;
  for (std::size_t j = 0; j < stretch.count; j += panel) {
    const std::size_t count = HWY_MIN(panel, stretch.count - j);
    for (std::size_t r = 0; r < count; r += 4) {
      find_rows<4>(stretch, j + r, stride, rows + r);
      tally.scale(four_dots(rows + r, stride, p),
                  HWY_MIN(4, count - r),
                  stretch.w + j + r,
                  stretch.t + j + r,
                  scales + r);
    }
    if constexpr (kPass != Pass::energy) {
      add_rows(rows, (count + 3) / 4 * 4, stride, scales, q);
    }
  }
  return tally.sums();
}

template <std::size_t kVectors, Pass kPass, class T>
HWY_INLINE PassSums pass(const Stretch<T>& stretch, const float* p, float* q) {
  if constexpr (kVectors > 0 && 2 * kVectors <= kHeld) {
    return fused_pass<kVectors, kPass>(stretch, p, q);
  } else {
    return panel_pass<kVectors, kPass>(stretch, p, q);
  }
}

#endif
}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
