#pragma once

#include "alsace/interactions.h"

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

/// Entry numbers grouped by row, in order within each.
struct Groups {
  std::vector<std::int64_t> offsets;  ///< [rows + 1]
  std::vector<std::int64_t> entries;  ///< [entries]

  Groups(std::span<const Index> rows, Index count)
      : offsets(at(count) + 1, 0), entries(rows.size()) {
    for (const Index row : rows) {
      ++offsets[at(row) + 1];
    }
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    std::vector<std::int64_t> next(offsets.begin(), offsets.end() - 1);
    for (std::size_t entry = 0; entry < rows.size(); ++entry) {
      entries[at(next[at(rows[entry])]++)] = static_cast<std::int64_t>(entry);
    }
  }
  [[nodiscard]] std::span<const std::int64_t> of(Index row) const {
    return std::span(entries).subspan(at(offsets[at(row)]),
                                      at(offsets[at(row) + 1] - offsets[at(row)]));
  }
};

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
