#pragma once

#include "alsace/interactions.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alsace {

/// The order in which a half-step solves its rows: the longest first, so that no thread is left
/// alone with one at the end, in tasks of about the same cost.
struct Schedule {
  std::vector<Index> rows;  ///< Longest first, those within an eighth of each other in their order.
  std::vector<std::size_t> tasks;  ///< Task t is rows[tasks[t]] to rows[tasks[t + 1]].

  [[nodiscard]] std::size_t task_count() const { return tasks.size() - 1; }
  [[nodiscard]] std::span<const Index> task(std::size_t number) const {
    return part(std::span(rows), number);
  }
  /// A task's part of what has an element for each of `rows`, in their order.
  template <class T>
  [[nodiscard]] std::span<T> part(std::span<T> all, std::size_t number) const {
    return all.subspan(tasks[number], tasks[number + 1] - tasks[number]);
  }
};

/// O(rows). `offsets` are those of compressed rows, [rows + 1]. A task has at most
/// `task_rows` rows, and no more once it has `task_entries` entries.
Schedule make_schedule(std::span<const std::int64_t> offsets,
                       std::size_t task_rows,
                       std::int64_t task_entries);

}  // namespace alsace
