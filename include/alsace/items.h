#pragma once

#include "alsace/interactions.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// What the values of an items file's column are.
enum class ColumnKind {
  number,   ///< One number for an item, or none.
  category  ///< Any number of labels for an item.
};

/// One column of an items file beside id and title: years, genres, countries.
struct ItemColumn {
  std::string name = {};
  ColumnKind kind = ColumnKind::number;
  std::vector<double> numbers = {};       ///< [items], NaN: not given. Kind number only.
  std::vector<std::string> labels = {};   ///< By first appearance. Kind category only, as the next.
  std::vector<std::size_t> offsets = {};  ///< [items + 1] Where each item's places begin.
  std::vector<Index> places = {};         ///< Into labels, of all items one after the other.

  /// Kind category: places of the item's labels. `row` is the item's in ItemTable::ids.
  [[nodiscard]] std::span<const Index> labels_of(Index row) const noexcept {
    const std::size_t begin = offsets[static_cast<std::size_t>(row)];
    return std::span(places).subspan(begin, offsets[static_cast<std::size_t>(row) + 1] - begin);
  }
};

/// What a file says about items: titles, and columns to colour and explain by.
struct ItemTable {
  IdTable ids = {};
  std::vector<std::string> titles = {};  ///< [ids.size()]
  std::vector<ItemColumn> columns = {};  ///< Without those that say nothing.
  std::vector<std::string> notes = {};   ///< Sentences: which columns were left out, and why.

  /// The item's title, or nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view item_id) const;
};

}  // namespace alsace
