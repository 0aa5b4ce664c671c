#pragma once

#include "alsace/items.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alsace {

/// Takes the fields of one column and finds out what it is: numbers, dates, or labels.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(std::string name) : name_(std::move(name)) {}

  /// The field of the next item, as UTF-8; empty, NA, null, NaN and \N are no value.
  void add(std::string_view field);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  [[nodiscard]] std::size_t items() const noexcept { return items_; }
  /// Nothing but 0 and 1, no field missing.
  [[nodiscard]] bool is_flag() const noexcept { return flags_ && items_ > 0; }
  [[nodiscard]] bool flag(std::size_t item) const noexcept { return numbers_[item] == 1; }

  /// The column, or nothing (and why, to `notes`) when it says nothing. The builder is empty
  /// afterwards.
  std::optional<ItemColumn> finish(std::vector<std::string>& notes);

 private:
  void add_number(std::string_view field);
  void add_labels(std::string_view field);
  [[nodiscard]] bool nearly_all_differ() const noexcept;

  std::string name_;
  std::size_t items_ = 0;
  std::size_t given_ = 0;  ///< Items with a value.
  bool can_be_numbers_ = true;
  bool can_be_dates_ = true;
  bool can_be_labels_ = true;
  bool flags_ = true;
  std::vector<double> numbers_;
  std::vector<double> years_;
  IdTable labels_;
  std::vector<std::size_t> offsets_ = {0};
  std::vector<Index> places_;
};

/// One category of columns of 0 and 1, whose names are its labels.
ItemColumn join_flags(std::span<const ColumnBuilder> columns, std::string name);

/// Years at the end of titles, "Heat (1995)", as a column; nothing when fewer than a tenth of the
/// titles have one, or all the same.
std::optional<ItemColumn> years_of_titles(std::span<const std::string> titles);

}  // namespace alsace
