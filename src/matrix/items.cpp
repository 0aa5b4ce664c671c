#include "alsace/items.h"

namespace alsace {

std::optional<std::string_view> ItemTable::find(std::string_view item_id) const {
  const std::optional<Index> row = ids.find(item_id);
  return row ? std::optional<std::string_view>(titles[static_cast<std::size_t>(*row)])
             : std::nullopt;
}

}  // namespace alsace
