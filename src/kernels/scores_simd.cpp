#include "kernels/scores.h"

#include <algorithm>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/scores_simd.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using FloatVector = hn::Vec<Floats>;

#if HWY_TARGET == HWY_SCALAR  // Without vectors there are no blocks: the plain loops do.
void score_rows(const Rows& rows,
                const float* const* queries,
                std::size_t query_count,
                float* out,
                std::size_t out_stride) {
  reference::score_rows(rows, queries, query_count, out, out_stride);
}
#else
/// A group is the sums of one query with four rows: what fills a block of 128 bits in the end.
constexpr std::size_t kGroupRows = 4;
/// Groups at a time, the sums of which stay in registers.
constexpr std::size_t kGroups = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 2;
/// Of the rows that stay in the first cache while all queries pass by.
constexpr std::size_t kBlockFloats = 4096;
constexpr std::size_t kLineFloats = 16;

/// The lanes that are left when length is not a multiple of them; 0 in the others.
HWY_INLINE FloatVector load_tail(const float* from, std::size_t left) {
  const Floats d;
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(d, left), d, from);
#else  // A masked load may read what is not there.
  HWY_ALIGN float values[hn::MaxLanes(Floats())] = {};
  std::copy_n(from, left, values);
  return hn::Load(d, values);
#endif
}

HWY_INLINE FloatVector interleaved_sum(FloatVector a, FloatVector b) {
  const Floats d;
  return hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));
}

/// In each block the sums of the lanes of that block of four vectors: (0 + 2) + (1 + 3).
HWY_INLINE FloatVector block_sums(const FloatVector (&sums)[kGroupRows]) {
  const Floats d;
  const hn::Repartition<std::uint64_t, Floats> d64;
  const auto low = hn::BitCast(d64, interleaved_sum(sums[0], sums[1]));
  const auto high = hn::BitCast(d64, interleaved_sum(sums[2], sums[3]));
  return hn::Add(hn::BitCast(d, hn::InterleaveLower(d64, low, high)),
                 hn::BitCast(d, hn::InterleaveUpper(d64, low, high)));
}

/// The sums of all lanes, halves first: out[g * kGroupRows + r] of vector sums[g][r].
HWY_INLINE void store_sums(const FloatVector (&sums)[kGroups][kGroupRows], float* out) {
  const Floats d;
#if HWY_TARGET <= HWY_AVX3
  FloatVector folded[kGroupRows];
  for (std::size_t r = 0; r < kGroupRows; ++r) {
    // Blocks 0 and 1 of one group, then of the other.
    const FloatVector even = hn::Add(hn::ConcatLowerLower(d, sums[2][r], sums[0][r]),
                                     hn::ConcatUpperUpper(d, sums[2][r], sums[0][r]));
    const FloatVector odd = hn::Add(hn::ConcatLowerLower(d, sums[3][r], sums[1][r]),
                                    hn::ConcatUpperUpper(d, sums[3][r], sums[1][r]));
    folded[r] =
        hn::Add(hn::OddEvenBlocks(odd, even), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(even, odd)));
  }
  hn::Store(block_sums(folded), d, out);
#elif HWY_TARGET <= HWY_AVX2
  FloatVector folded[kGroupRows];
  for (std::size_t r = 0; r < kGroupRows; ++r) {
    folded[r] = hn::Add(hn::ConcatLowerLower(d, sums[1][r], sums[0][r]),
                        hn::ConcatUpperUpper(d, sums[1][r], sums[0][r]));
  }
  hn::Store(block_sums(folded), d, out);
#else
  for (std::size_t g = 0; g < kGroups; ++g) {
    hn::Store(block_sums(sums[g]), d, out + g * kGroupRows);
  }
#endif
}

/// sums[q * step + r] = sums over lanes of x_q . y_r, for kQueries queries and four rows.
template <std::size_t kQueries, std::size_t kStep>
HWY_INLINE void sum_products(const float* const* x,
                             const float* const (&y)[kGroupRows],
                             std::size_t length,
                             FloatVector (*sums)[kGroupRows]) {
  const Floats d;
  for (std::size_t q = 0; q < kQueries; ++q) {
    for (std::size_t r = 0; r < kGroupRows; ++r) {
      sums[q * kStep][r] = hn::Zero(d);
    }
  }
  std::size_t i = 0;
  const auto add_products = [&](const auto& load) HWY_ATTR {
    FloatVector values[kQueries];
    for (std::size_t q = 0; q < kQueries; ++q) {
      values[q] = load(x[q]);
    }
    for (std::size_t r = 0; r < kGroupRows; ++r) {
      const FloatVector value = load(y[r]);
      for (std::size_t q = 0; q < kQueries; ++q) {
        sums[q * kStep][r] = hn::MulAdd(values[q], value, sums[q * kStep][r]);
      }
    }
  };
  for (; i + hn::Lanes(d) <= length; i += hn::Lanes(d)) {
    add_products([&](const float* from) HWY_ATTR { return hn::LoadU(d, from + i); });
  }
  if (i < length) {
    add_products([&](const float* from) HWY_ATTR { return load_tail(from + i, length - i); });
  }
}

/// The scores of kQueries queries for kGroups / kQueries * kGroupRows rows from `first` on, or for
/// those that are there.
template <std::size_t kQueries>
HWY_INLINE void score_tile(const Rows& rows,
                           std::size_t first,
                           const float* const* queries,
                           float* out,
                           std::size_t out_stride) {
  constexpr std::size_t kParts = kGroups / kQueries;
  constexpr std::size_t kRows = kParts * kGroupRows;
  FloatVector sums[kGroups][kGroupRows];
  const std::size_t last = rows.count - 1;
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::size_t row = first + part * kGroupRows;
    const float* const y[kGroupRows] = {rows.row(std::min(row, last)),
                                        rows.row(std::min(row + 1, last)),
                                        rows.row(std::min(row + 2, last)),
                                        rows.row(std::min(row + 3, last))};
    sum_products<kQueries, kParts>(queries, y, rows.length, sums + part);
  }
  HWY_ALIGN float scores[kGroups * kGroupRows];
  store_sums(sums, scores);
  const std::size_t there = std::min(kRows, rows.count - first);
  for (std::size_t q = 0; q < kQueries; ++q) {
    if (there == kRows) {
      std::copy_n(scores + q * kRows, kRows, out + q * out_stride + first);
    } else {
      std::copy_n(scores + q * kRows, there, out + q * out_stride + first);
    }
  }
}

template <std::size_t kQueries>
HWY_INLINE void score_few(const Rows& rows,
                          const float* const* queries,
                          float* out,
                          std::size_t out_stride) {
  for (std::size_t first = 0; first < rows.count; first += kGroups / kQueries * kGroupRows) {
    score_tile<kQueries>(rows, first, queries, out, out_stride);
  }
}

/// Into the second cache: in the first, rows a power of two apart would push each other out.
HWY_INLINE void ask_for(const float* line) {
  __builtin_prefetch(line, 0, 2);
}

/// A multiple of kGroups queries: a block of rows serves all of them from the first cache, while
/// the next one is asked for, a little with each tile, since memory gives no more at a time.
HWY_INLINE void score_groups(const Rows& rows,
                             const float* const* queries,
                             std::size_t query_count,
                             float* out,
                             std::size_t out_stride) {
  const std::size_t tile_floats = kGroupRows * std::max<std::size_t>(rows.stride, 1);
  const std::size_t block_rows = std::max<std::size_t>(kBlockFloats / tile_floats, 1) * kGroupRows;
  const std::size_t lines = tile_floats / kLineFloats * kGroups / query_count + 1;
  for (std::size_t begin = 0; begin < rows.count; begin += block_rows) {
    const Rows block = rows.part(begin, std::min(block_rows, rows.count - begin));
    const float* next = block.row(block.count);
    for (std::size_t q = 0; q < query_count; q += kGroups) {
      for (std::size_t first = 0; first < block.count; first += kGroupRows) {
        for (std::size_t line = 0; line < lines; ++line, next += kLineFloats) {
          ask_for(next);
        }
        score_tile<kGroups>(block, first, queries + q, out + q * out_stride + begin, out_stride);
      }
    }
  }
}

void score_rows(const Rows& rows,
                const float* const* queries,
                std::size_t query_count,
                float* out,
                std::size_t out_stride) {
  std::size_t q = query_count / kGroups * kGroups;
  if (q > 0) {
    score_groups(rows, queries, q, out, out_stride);
  }
  if constexpr (kGroups == 4) {
    for (; q + 2 <= query_count; q += 2) {
      score_few<2>(rows, queries + q, out + q * out_stride, out_stride);
    }
  }
  for (; q < query_count; ++q) {
    score_few<1>(rows, queries + q, out + q * out_stride, out_stride);
  }
}
#endif

std::size_t first_above(const float* values, std::size_t count, float bound) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const FloatVector least = hn::Set(d, bound);
  const auto above = [&](std::size_t from)
                         HWY_ATTR { return hn::Gt(hn::LoadU(d, values + from), least); };
  std::size_t place = 0;
  for (; place + 4 * lanes <= count; place += 4 * lanes) {
    const auto some = hn::Or(hn::Or(above(place), above(place + lanes)),
                             hn::Or(above(place + 2 * lanes), above(place + 3 * lanes)));
    if (!hn::AllFalse(d, some)) {
      break;
    }
  }
  for (; place + lanes <= count; place += lanes) {
    const std::intptr_t lane = hn::FindFirstTrue(d, above(place));
    if (lane >= 0) {
      return place + static_cast<std::size_t>(lane);
    }
  }
  while (place < count && !(values[place] > bound)) {
    ++place;
  }
  return place;
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(score_rows);
HWY_EXPORT(first_above);

void score_rows(const Rows& rows,
                const float* const* queries,
                std::size_t query_count,
                float* out,
                std::size_t out_stride) {
  HWY_DYNAMIC_DISPATCH(score_rows)(rows, queries, query_count, out, out_stride);
}

std::size_t first_above(const float* values, std::size_t count, float bound) {
  return HWY_DYNAMIC_DISPATCH(first_above)(values, count, bound);
}

}  // namespace alsace::kernels
#endif
