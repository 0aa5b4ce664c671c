#include "read/item_columns.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr double not_given = std::numeric_limits<double>::quiet_NaN();

/// More labels than this colour and explain nothing.
constexpr Index most_labels = 1000;

bool is_missing(std::string_view field) {
  constexpr std::array<std::string_view, 6> words = {"", "na", "n/a", "nan", "null", "\\n"};
  return field.size() <= 4 && std::ranges::find(words, lower(field)) != words.end();
}

std::optional<double> to_number(std::string_view field) {
  if (field.starts_with('+')) {
    field.remove_prefix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  const bool whole = error == std::errc() && end == field.data() + field.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// A whole number of exactly `digits` digits.
std::optional<int> digits(std::string_view text, std::size_t count) {
  int value = 0;
  if (text.size() != count) {
    return {};
  }
  for (const char letter : text) {
    if (letter < '0' || letter > '9') {
      return {};
    }
    value = 10 * value + (letter - '0');
  }
  return value;
}

std::optional<double> decimal_year(std::optional<int> year,
                                   std::optional<int> month,
                                   std::optional<int> day) {
  constexpr std::array<int, 12> before = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) {
    return {};
  }
  return *year + (before[static_cast<std::size_t>(*month - 1)] + *day - 1) / 365.25;
}

/// YYYY-MM-DD (a time may follow), or DD-Mon-YYYY.
std::optional<double> to_year(std::string_view field) {
  constexpr std::array<std::string_view, 12> months = {
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  if (field.size() == 11 && field[2] == '-' && field[6] == '-') {
    const auto month = std::ranges::find(months, lower(field.substr(3, 3)));
    return month == months.end() ? std::nullopt
                                 : decimal_year(digits(field.substr(7), 4),
                                                static_cast<int>(month - months.begin()) + 1,
                                                digits(field.substr(0, 2), 2));
  }
  if (field.size() >= 10 && field[4] == '-' && field[7] == '-' &&
      (field.size() == 10 || field[10] == ' ' || field[10] == 'T')) {
    return decimal_year(digits(field.substr(0, 4), 4),
                        digits(field.substr(5, 2), 2),
                        digits(field.substr(8, 2), 2));
  }
  return {};
}

/// 1995 of "Heat (1995)".
std::optional<int> year_of_title(std::string_view title) {
  title = trimmed(title);
  if (title.size() < 6 || !title.ends_with(')') || title[title.size() - 6] != '(') {
    return {};
  }
  const auto year = digits(title.substr(title.size() - 5, 4), 4);
  return year && *year >= 1000 && *year < 3000 ? year : std::nullopt;
}

bool all_the_same(std::span<const double> numbers) {
  double first = not_given;
  for (const double number : numbers) {
    if (std::isnan(first)) {
      first = number;
    } else if (!std::isnan(number) && number != first) {
      return false;
    }
  }
  return true;
}

}  // namespace

void ColumnBuilder::add(std::string_view field) {
  field = trimmed(field);
  const bool missing = is_missing(field);
  given_ += missing ? 0 : 1;
  ++items_;
  flags_ = flags_ && (field == "0" || field == "1");
  add_number(missing ? std::string_view() : field);
  add_labels(missing ? std::string_view() : field);
}

void ColumnBuilder::add_number(std::string_view field) {
  const auto add_to = [&](bool& possible, std::vector<double>& values, const auto& convert) {
    if (!possible) {
      return;
    }
    const std::optional<double> value = field.empty() ? not_given : convert(field);
    possible = value.has_value();
    if (possible) {
      values.push_back(*value);
    } else {
      values = {};
    }
  };
  add_to(can_be_numbers_, numbers_, to_number);
  add_to(can_be_dates_, years_, to_year);
}

void ColumnBuilder::add_labels(std::string_view field) {
  if (!can_be_labels_) {
    return;
  }
  while (!field.empty()) {
    const std::size_t end = std::min(field.find('|'), field.size());
    const std::string_view label = trimmed(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    if (label.empty()) {
      continue;
    }
    const Index place = labels_.find_or_add(label);
    const auto own = std::span(places_).subspan(offsets_.back());
    if (std::ranges::find(own, place) == own.end()) {
      places_.push_back(place);
    }
  }
  offsets_.push_back(places_.size());
  if (labels_.size() > most_labels) {
    can_be_labels_ = false;
    labels_ = {};
    offsets_ = {};
    places_ = {};
  }
}

bool ColumnBuilder::nearly_all_differ() const noexcept {
  constexpr std::size_t few = 20;
  return !can_be_labels_ || (given_ > few && 2 * static_cast<std::size_t>(labels_.size()) > given_);
}

std::optional<ItemColumn> ColumnBuilder::finish(std::vector<std::string>& notes) {
  ItemColumn column = {.name = std::move(name_)};
  const auto leave_out = [&](std::string_view why) {
    notes.push_back(
        fmt::format("column '{}' of the items is left out: {}.", shown(column.name), why));
    return std::nullopt;
  };
  if (given_ > 0 && (can_be_numbers_ || can_be_dates_)) {
    column.numbers = std::move(can_be_numbers_ ? numbers_ : years_);
    if (all_the_same(column.numbers)) {
      return leave_out("it holds one value only");
    }
    return column;
  }
  if (given_ > 0 && nearly_all_differ()) {
    return leave_out("nearly every item has a text of its own there");
  }
  if (labels_.size() < 2) {
    return leave_out(given_ == 0 ? "it is empty" : "it holds one value only");
  }
  column.kind = ColumnKind::category;
  for (Index label = 0; label < labels_.size(); ++label) {
    column.labels.emplace_back(labels_[label]);
  }
  column.offsets = std::move(offsets_);
  column.places = std::move(places_);
  return column;
}

ItemColumn join_flags(std::span<const ColumnBuilder> columns, std::string name) {
  ItemColumn joined = {.name = std::move(name), .kind = ColumnKind::category};
  for (const ColumnBuilder& column : columns) {
    joined.labels.push_back(column.name());
  }
  joined.offsets.push_back(0);
  for (std::size_t item = 0; item < columns.front().items(); ++item) {
    for (std::size_t label = 0; label < columns.size(); ++label) {
      if (columns[label].flag(item)) {
        joined.places.push_back(static_cast<Index>(label));
      }
    }
    joined.offsets.push_back(joined.places.size());
  }
  return joined;
}

std::optional<ItemColumn> years_of_titles(std::span<const std::string> titles) {
  ItemColumn column = {.name = "year"};
  std::size_t found = 0;
  for (const std::string& title : titles) {
    const std::optional<int> year = year_of_title(title);
    found += year ? 1 : 0;
    column.numbers.push_back(year ? *year : not_given);
  }
  if (10 * found < titles.size() || all_the_same(column.numbers)) {
    return {};
  }
  return column;
}

}  // namespace alsace
