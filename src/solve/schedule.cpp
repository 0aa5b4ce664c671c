#include "solve/schedule.h"

#include <algorithm>
#include <numeric>

namespace alsace {

Schedule make_schedule(std::span<const std::int64_t> offsets,
                       std::size_t task_rows,
                       std::int64_t task_entries) {
  constexpr std::int64_t row_cost = 16;  // Of a row beside its entries, in entries.
  const auto length = [&](Index row) {
    const auto r = static_cast<std::size_t>(row);
    return offsets[r + 1] - offsets[r];
  };
  Schedule schedule;
  schedule.rows.resize(offsets.size() - 1);
  std::iota(schedule.rows.begin(), schedule.rows.end(), Index{0});
  std::ranges::stable_sort(schedule.rows, [&](Index a, Index b) { return length(a) > length(b); });
  schedule.tasks.push_back(0);
  std::int64_t cost = 0;
  for (std::size_t place = 0; place < schedule.rows.size(); ++place) {
    cost += length(schedule.rows[place]) + row_cost;
    if (cost >= task_entries || place + 1 - schedule.tasks.back() == task_rows) {
      schedule.tasks.push_back(place + 1);
      cost = 0;
    }
  }
  if (schedule.tasks.back() != schedule.rows.size()) {
    schedule.tasks.push_back(schedule.rows.size());
  }
  return schedule;
}

}  // namespace alsace
