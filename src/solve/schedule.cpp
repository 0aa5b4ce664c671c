#include "solve/schedule.h"

#include <array>
#include <bit>
#include <utility>

namespace alsace {
namespace {

/// Lengths within an eighth of each other count as equal: 8 classes for each power of two.
std::size_t length_class(std::int64_t length) {
  const auto value = static_cast<std::size_t>(length);
  if (value < 8) {
    return value;
  }
  const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 4;
  return 8 * shift + (value >> shift);
}
constexpr std::size_t length_classes = 512;

}  // namespace

Schedule make_schedule(std::span<const std::int64_t> offsets,
                       std::size_t task_rows,
                       std::int64_t task_entries) {
  constexpr std::int64_t row_cost = 16;  // Of a row beside its entries, in entries.
  const auto length = [&](std::size_t row) { return offsets[row + 1] - offsets[row]; };
  const std::size_t rows = offsets.size() - 1;
  std::array<std::size_t, length_classes> places = {};  // Of each class, then of its next row.
  for (std::size_t row = 0; row < rows; ++row) {
    ++places[length_class(length(row))];
  }
  std::size_t before = 0;
  for (std::size_t c = length_classes; c-- > 0;) {
    before += std::exchange(places[c], before);
  }
  Schedule schedule;
  schedule.rows.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    schedule.rows[places[length_class(length(row))]++] = static_cast<Index>(row);
  }
  schedule.tasks.push_back(0);
  std::int64_t cost = 0;
  for (std::size_t place = 0; place < rows; ++place) {
    cost += length(static_cast<std::size_t>(schedule.rows[place])) + row_cost;
    if (cost >= task_entries || place + 1 - schedule.tasks.back() == task_rows) {
      schedule.tasks.push_back(place + 1);
      cost = 0;
    }
  }
  if (schedule.tasks.back() != rows) {
    schedule.tasks.push_back(rows);
  }
  return schedule;
}

}  // namespace alsace
