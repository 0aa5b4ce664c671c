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

/// Two numbers of a pair of units share 32 bits: as they are they are the one, a shift gives the
/// other. Rows of an odd count of units do not all begin at a cache line.
HWY_INLINE void load_pair(const Half* from, FloatVector* y) {
  const Bits bits;
  const hn::Repartition<Half, Bits> halves;
  for (std::size_t c = 0; c < kUnit; ++c) {
    const auto both = hn::BitCast(bits, hn::LoadU(halves, from + 2 * c * kLanes));
    y[c] = hn::BitCast(Floats(), both);
    y[kUnit + c] = hn::BitCast(Floats(), hn::ShiftLeft<16>(both));
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

/// The sum of the blocks of four lanes, in each of them.
HWY_INLINE FloatVector sum_of_blocks(FloatVector v) {
  if constexpr (kLanes > 4) {
    v = hn::Add(v, hn::ReverseBlocks(Floats(), v));
  }
  if constexpr (kLanes > 8) {
    v = hn::Add(v, hn::SwapAdjacentBlocks(v));
  }
  return v;
}

/// The sums of two vectors, side by side in each block.
HWY_INLINE FloatVector dot_sums(const FloatVector (&v)[2]) {
  const Floats d;
  const hn::Repartition<double, Floats> pairs;
  const auto a = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
  const auto high =
      hn::BitCast(d, hn::InterleaveUpper(pairs, hn::BitCast(pairs, a), hn::BitCast(pairs, a)));
  return sum_of_blocks(hn::Add(a, high));
}

/// The sums of four vectors, side by side in each block: eight shuffles, where four sums of lanes
/// take sixteen.
HWY_INLINE FloatVector dot_sums(const FloatVector (&v)[4]) {
  const Floats d;
  const hn::Repartition<double, Floats> pairs;
  const auto a = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
  const auto b = hn::Add(hn::InterleaveLower(d, v[2], v[3]), hn::InterleaveUpper(d, v[2], v[3]));
  const auto low = hn::InterleaveLower(pairs, hn::BitCast(pairs, a), hn::BitCast(pairs, b));
  const auto high = hn::InterleaveUpper(pairs, hn::BitCast(pairs, a), hn::BitCast(pairs, b));
  return sum_of_blocks(hn::Add(hn::BitCast(d, low), hn::BitCast(d, high)));
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

/// From dot products to the scales of the addition, up to four entries at a time, the same in each
/// block of four lanes.
template <Pass kPass>
class Tally {
 public:
  HWY_INLINE Tally() : squares_(hn::Zero(Floats())), products_(hn::Zero(Floats())) {}

  /// What is beyond `count` weighs nothing.
  HWY_INLINE FloatVector scales(FloatVector dots,
                                std::size_t count,
                                const float* w,
                                const float* t) {
    const FloatVector weighted = hn::Mul(first(count, w), dots);
    if constexpr (kPass != Pass::product) {
      squares_ = hn::MulAdd(weighted, dots, squares_);
    }
    if constexpr (kPass != Pass::residual) {
      return weighted;
    }
    const FloatVector targets = first(count, t);
    products_ = hn::MulAdd(targets, dots, products_);
    return hn::Sub(targets, weighted);
  }
  HWY_INLINE PassSums sums() const { return {total(squares_), total(products_)}; }

 private:
  HWY_INLINE static FloatVector first(std::size_t count, const float* four) {
    const Floats d;
    const FloatVector values = hn::LoadDup128(d, four);
    if (count == 4) {
      return values;
    }
    HWY_ALIGN static constexpr float kPlaces[4] = {0, 1, 2, 3};
    const auto counts =
        hn::Lt(hn::LoadDup128(d, kPlaces), hn::Set(d, static_cast<float>(static_cast<int>(count))));
    return hn::IfThenElseZero(counts, values);
  }
  HWY_INLINE static double total(FloatVector v) {
    constexpr double kBlocks = kLanes / 4;
    return static_cast<double>(sum(v)) / kBlocks;
  }

  FloatVector squares_;
  FloatVector products_;
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

/// Pointers to the table rows of `count` entries from j on, after them the last one's, kRows in
/// all. `stride` and `count` are known to the compiler where the caller knows them.
template <std::size_t kRows, class T>
HWY_INLINE void find_rows(const Stretch<T>& stretch,
                          std::size_t j,
                          std::size_t count,
                          std::size_t stride,
                          const T** rows) {
  if (HWY_LIKELY(count == kRows)) {
    for (std::size_t r = 0; r < kRows; ++r) {
      rows[r] = stretch.table + static_cast<std::size_t>(stretch.columns[j + r]) * stride;
    }
  } else {
    for (std::size_t r = 0; r < kRows; ++r) {
      const std::size_t entry = j + HWY_MIN(r, count - 1);
      rows[r] = stretch.table + static_cast<std::size_t>(stretch.columns[entry]) * stride;
    }
  }
}

/// The lanes of a dot product; from four vectors on in two chains, each half as long.
template <std::size_t kVectors>
HWY_INLINE FloatVector dot(const FloatVector* y, const float* p) {
  constexpr std::size_t kChains = kVectors < 4 ? 1 : 2;
  FloatVector chains[kChains];
  for (std::size_t c = 0; c < kChains; ++c) {
    chains[c] = hn::Mul(y[c], load(p + c * kLanes));
  }
  for (std::size_t c = kChains; c < kVectors; ++c) {
    chains[c % kChains] = hn::MulAdd(y[c], load(p + c * kLanes), chains[c % kChains]);
  }
  return kChains == 1 ? chains[0] : hn::Add(chains[0], chains[kChains - 1]);
}

/// Passes over rows of kVectors vectors, two or four at a time and each read once: their values
/// stay in registers between the dot product and the addition, and so do the sums.
template <std::size_t kVectors, Pass kPass, class T>
class FusedPass {
 public:
  HWY_INLINE FusedPass(const Stretch<T>& stretch, const float* p) : stretch_(stretch), p_(p) {
    for (auto& set : sums_) {
      for (FloatVector& part : set) {
        part = hn::Zero(Floats());
      }
    }
  }

  HWY_INLINE PassSums run(float* q) {
    std::size_t j = 0;
    for (; j + kRows <= stretch_.count; j += kRows) {
      visit(j, kRows);
    }
    if (j < stretch_.count) {
      visit(j, stretch_.count - j);
    }
    if constexpr (kPass != Pass::energy) {
      add_sums(q);
    }
    return tally_.sums();
  }

 private:
  static constexpr std::size_t kRows = HWY_MIN(4, kHeld / kVectors);
  static constexpr std::size_t kSets = kVectors <= 4 ? 2 : 1;  // To hide the latency of addition.

  /// `count` entries from j on.
  HWY_INLINE void visit(std::size_t j, std::size_t count) {
    FloatVector y[kRows][kVectors];
    FloatVector dots[kRows];
    const T* rows[kRows];
    constexpr std::size_t kStride = kVectors * kLanes;
    find_rows<kRows>(stretch_, j, count, kStride, rows);
    const std::size_t next = j + entries_ahead(kStride * sizeof(T));
    if (next + kRows <= stretch_.count) {
      const T* ahead[kRows];
      find_rows<kRows>(stretch_, next, kRows, kStride, ahead);
      for (const T* row : ahead) {
        ask_for(row, kStride);
      }
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      load_row<kVectors>(rows[r], y[r]);
      dots[r] = dot<kVectors>(y[r], p_);
    }
    const FloatVector scales = tally_.scales(dot_sums(dots), count, stretch_.w + j, stretch_.t + j);
    if constexpr (kPass != Pass::energy) {
      add(y[0], hn::Broadcast<0>(scales), 0);
      add(y[1], hn::Broadcast<1>(scales), 1);
      if constexpr (kRows == 4) {
        add(y[2], hn::Broadcast<2>(scales), 2);
        add(y[3], hn::Broadcast<3>(scales), 3);
      }
    }
  }

  HWY_INLINE void add(const FloatVector* y, FloatVector scale, std::size_t r) {
    for (std::size_t c = 0; c < kVectors; ++c) {
      sums_[r % kSets][c] = hn::MulAdd(y[c], scale, sums_[r % kSets][c]);
    }
  }
  HWY_INLINE void add_sums(float* q) {
    for (std::size_t c = 0; c < kVectors; ++c) {
      for (std::size_t set = 1; set < kSets; ++set) {
        sums_[0][c] = hn::Add(sums_[0][c], sums_[set][c]);
      }
      hn::Store(hn::Add(load(q + c * kLanes), sums_[0][c]), Floats(), q + c * kLanes);
    }
  }

  const Stretch<T>& stretch_;
  const float* p_;
  Tally<kPass> tally_;
  FloatVector sums_[kSets][kVectors];
};

template <std::size_t kVectors, Pass kPass, class T>
HWY_NOINLINE PassSums fused_pass(const Stretch<T>& stretch, const float* p, float* q) {
  return FusedPass<kVectors, kPass, T>(stretch, p).run(q);
}

/// Four dot products side by side hide each other's latency. The rows `ahead` are asked for on the
/// way: all at once they would wait for each other.
template <class T>
HWY_INLINE FloatVector
four_dots(const T* const* rows, const T* const* ahead, std::size_t stride, const float* p) {
  const Floats d;
  FloatVector y[2 * kUnit];
  FloatVector sums[4][2];  // Two chains a row.
  for (auto& row : sums) {
    row[0] = row[1] = hn::Zero(d);
  }
  std::size_t i = 0;
  for (; i + 32 <= stride; i += 32) {
    for (std::size_t r = 0; r < 4; ++r) {
      ask_for(ahead[r] + i, 32);
      load_pair(rows[r] + i, y);
      for (std::size_t c = 0; c < 2 * kUnit; ++c) {
        sums[r][c % 2] = hn::MulAdd(y[c], load(p + i + c * kLanes), sums[r][c % 2]);
      }
    }
  }
  if (i < stride) {
    for (std::size_t r = 0; r < 4; ++r) {
      ask_for(ahead[r] + i, 16);
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
  HWY_ALIGN float scales[kPanel + kLanes] = {};  // Whole vectors are stored, four of them count.
  const T* rows[kPanel];
  const std::size_t panel = stride * sizeof(T) * kPanel <= kPanelBytes ? kPanel : kPanel / 2;
  Tally<kPass> tally;
  const T* ahead[4];
  for (std::size_t j = 0; j < stretch.count; j += panel) {
    const std::size_t count = HWY_MIN(panel, stretch.count - j);
    for (std::size_t r = 0; r < count; r += 4) {
      const std::size_t some = HWY_MIN(4, count - r);
      find_rows<4>(stretch, j + r, some, stride, rows + r);
      const std::size_t next =
          HWY_MIN(j + r + entries_ahead(stride * sizeof(T)), stretch.count - 1);
      find_rows<4>(stretch, next, HWY_MIN(4, stretch.count - next), stride, ahead);
      const FloatVector four = tally.scales(
          four_dots(rows + r, ahead, stride, p), some, stretch.w + j + r, stretch.t + j + r);
      hn::StoreU(four, Floats(), scales + r);
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
