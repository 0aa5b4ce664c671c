#pragma once

#include "alsace/interactions.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alsace {

/// The order in which a half-step solves its rows: the longest first, so that no thread is left
/// alone with one at the end, in tasks of about the same cost. It depends on the rows alone.
struct Schedule {
  static constexpr std::size_t most_rows = 32;  ///< Of a task.

  std::vector<Index> rows;         ///< Longest first, equally long ones in their order.
  std::vector<std::size_t> tasks;  ///< Task t is rows[tasks[t]] to rows[tasks[t + 1]].

  [[nodiscard]] std::size_t task_count() const { return tasks.size() - 1; }
  [[nodiscard]] std::span<const Index> task(std::size_t number) const {
    return std::span(rows).subspan(tasks[number], tasks[number + 1] - tasks[number]);
  }
};

/// O(rows log rows). `offsets` are those of compressed rows, [rows + 1].
Schedule make_schedule(std::span<const std::int64_t> offsets);

}  // namespace alsace
