#include "read/block_ids.h"

#include "alsace/error.h"

#include "base/text.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace alsace {

void BlockIds::clear() {
  table_.clear();
  ids_.clear();
  keys_.clear();
  last_key_ = 0;
}

void BlockIds::undo(Index row, Index size_before) {
  if (row < size_before) {
    return;
  }
  table_.undo(keys_.back(), row);
  ids_.pop_back();
  keys_.pop_back();
  last_key_ = 0;
}

Index BlockIds::insert(std::size_t slot, std::uint64_t key, std::string_view id) {
  constexpr std::uint64_t not_ascii = 0x0080808080808080U;
  const bool ascii = IdKey::exact(key) && (key & not_ascii) == 0;
  if (!ascii && !is_utf8(id)) {
    return malformed;
  }
  const Index row = size();
  ids_.push_back(id);
  keys_.push_back(key);
  table_.insert(slot, key, row);
  return row;
}

KeyedIds::KeyedIds(const IdTable& ids)
    : bytes_(ids.bytes()), offsets_(ids.offsets().begin(), ids.offsets().end()) {
  for (Index row = 0; row < ids.size(); ++row) {
    const std::uint64_t key = IdKey::of_any(id(row));
    std::size_t slot = 0;
    table_.find(key, slot, [](Index) { return false; });
    table_.insert(slot, key, row);
  }
}

std::string_view KeyedIds::id(Index row) const noexcept {
  const auto begin = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(row)]);
  const auto end = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(row) + 1]);
  return std::string_view(bytes_).substr(begin, end - begin);
}

Index KeyedIds::append(std::string_view id) {
  constexpr std::size_t most = std::numeric_limits<Index>::max();
  const std::size_t row = offsets_.size() - 1;
  if (row >= most) {
    throw Error(ErrorCode::invalid_data,
                fmt::format("ids: '{}' would be number {}, there may be {}. Split the data.",
                            shown(id),
                            row + 1,
                            most));
  }
  bytes_.append(id);
  offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
  return static_cast<Index>(row);
}

void KeyedIds::find_or_add(const BlockIds& block, std::vector<Index>& rows) {
  constexpr std::size_t ahead = 32;
  const auto keys = block.keys();
  const auto ids = block.ids();
  rows.resize(keys.size());
  for (std::size_t i = 0; i < std::min(ahead, keys.size()); ++i) {
    table_.prefetch(keys[i]);
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + ahead < keys.size()) {
      table_.prefetch(keys[i + ahead]);
    }
    std::size_t slot = 0;
    const auto same = [&](Index row) { return id(row) == ids[i]; };
    rows[i] = table_.find(keys[i], slot, same);
    if (rows[i] == KeyTable::free) {
      rows[i] = append(ids[i]);
      table_.insert(slot, keys[i], rows[i]);
    }
  }
}

}  // namespace alsace
