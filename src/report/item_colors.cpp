#include "report/item_colors.h"

#include "alsace/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t most_labels = 10;
constexpr Color gray = {175, 180, 186};

ItemColors by_numbers(const std::vector<double>& numbers, bool log, std::string label) {
  std::vector<double> given;
  std::ranges::copy_if(
      numbers, std::back_inserter(given), [&](double number) { return drawable(number, log); });
  ItemColors colors = {.bar = axis_of(given, log), .label = std::move(label)};
  if (!given.empty()) {
    // The whole scale is used: the bar begins and ends with the data, not with a tick.
    const auto range = std::ranges::minmax(given);
    if (range.min < range.max) {
      colors.bar->low = range.min;
      colors.bar->high = range.max;
      std::erase_if(colors.bar->ticks, [&](const Tick& tick) {
        return tick.value < range.min || tick.value > range.max;
      });
    }
  }
  for (const double number : numbers) {
    const bool known = drawable(number, log);
    colors.given.push_back(known);
    colors.paints.push_back(fixed_paint(known ? viridis(colors.bar->place(number)) : gray));
  }
  return colors;
}

ItemColors by_popularity(const ReportItems& items) {
  std::vector<double> counts;
  for (const double log_count : items.log_popularity) {
    counts.push_back(std::round(std::pow(10.0, log_count)));
  }
  return by_numbers(counts, true, "popularity");
}

ItemColors by_labels(const ItemColumn& column, const ReportItems& items) {
  std::vector<Index> first(items.rows.size(), -1);
  std::vector<std::size_t> counts(column.labels.size(), 0);
  for (std::size_t i = 0; i < first.size(); ++i) {
    const Index row = items.table_rows[i];
    const auto labels = row < 0 ? std::span<const Index>() : column.labels_of(row);
    if (!labels.empty()) {
      first[i] = labels.front();
      ++counts[static_cast<std::size_t>(first[i])];
    }
  }
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  std::erase_if(order, [&](std::size_t label) { return counts[label] == 0; });

  ItemColors colors = {.label = column.name};
  std::vector<Paint> paints(counts.size(), fixed_paint(gray));
  for (std::size_t rank = 0; rank < std::min(order.size(), most_labels); ++rank) {
    paints[order[rank]] = series_paint(rank);
    colors.legend.push_back({.name = column.labels[order[rank]], .paint = series_paint(rank)});
  }
  if (order.size() > most_labels) {
    colors.legend.push_back({.name = "other", .paint = fixed_paint(gray)});
  }
  for (const Index label : first) {
    colors.given.push_back(label >= 0);
    colors.paints.push_back(label >= 0 ? paints[static_cast<std::size_t>(label)]
                                       : fixed_paint(gray));
  }
  return colors;
}

ItemColors by_column(const ItemColumn& column, const ReportItems& items) {
  if (column.kind == ColumnKind::category) {
    return by_labels(column, items);
  }
  std::vector<double> numbers;
  for (const Index row : items.table_rows) {
    numbers.push_back(row < 0 ? std::nan("") : column.numbers[static_cast<std::size_t>(row)]);
  }
  return by_numbers(numbers, false, column.name);
}

}  // namespace

ItemColors item_colors(const ReportItems& items, const ItemTable& table, const std::string& by) {
  if (by == "popularity") {
    return by_popularity(items);
  }
  std::string known = "popularity";
  for (const ItemColumn& column : table.columns) {
    if (column.name == by) {
      return by_column(column, items);
    }
    known += ", " + column.name;
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("report: there is no column '{}' to colour by. Choose one of {}{}.",
                          by,
                          known,
                          table.ids.empty() ? "; an items file (--items) brings more" : ""));
}

Color viridis(double place) noexcept {
  // Ten of its 256 colours; between them by a line.
  constexpr std::array<Color, 10> stops = {{{68, 1, 84},
                                            {72, 40, 120},
                                            {62, 73, 137},
                                            {49, 104, 142},
                                            {38, 130, 142},
                                            {31, 158, 137},
                                            {53, 183, 121},
                                            {110, 206, 88},
                                            {181, 222, 43},
                                            {253, 231, 37}}};
  const double at = std::clamp(place, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const std::size_t low = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const double part = at - static_cast<double>(low);
  const auto mixed = [&](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(
        std::lround(static_cast<double>(a) * (1 - part) + static_cast<double>(b) * part));
  };
  const Color& a = stops[low];
  const Color& b = stops[low + 1];
  return {mixed(a.red, b.red), mixed(a.green, b.green), mixed(a.blue, b.blue)};
}

}  // namespace alsace
