#pragma once

#include "alsace/interactions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

/// What filters of triplets share.
namespace alsace {

inline std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// One byte per entry of a part: does it stay?
using Kept = std::vector<unsigned char>;

/// offsets[row] = entries of the rows before; offsets[rows] = entries in all.
inline std::vector<std::int64_t> offsets_of(std::span<const Index> rows, Index count) {
  std::vector<std::int64_t> offsets(at(count) + 1, 0);
  for (const Index row : rows) {
    ++offsets[at(row) + 1];
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

/// Gives a column's memory back; `column = {}` would keep it.
template <class T>
void release(std::vector<T>& column) {
  std::vector<T>().swap(column);
}

/// Values that are all 1 say nothing: releases them, and returns true.
inline bool release_ones(std::vector<float>& values) {
  if (values.empty() || !std::ranges::all_of(values, [](float value) { return value == 1; })) {
    return false;
  }
  release(values);
  return true;
}

/// Leaves out the entries that are not kept, in place.
template <class T>
void compact(std::vector<T>& column, const Kept& kept) {
  if (column.empty()) {
    return;
  }
  std::size_t next = 0;
  for (std::size_t entry = 0; entry < kept.size(); ++entry) {
    column[next] = column[entry];
    next += kept[entry];
  }
  column.resize(next);
}

inline void compact(Triplets& part, const Kept& kept) {
  compact(part.users, kept);
  compact(part.items, kept);
  compact(part.values, kept);
  compact(part.times, kept);
}

}  // namespace alsace
