#pragma once

#include "alsace/interactions.h"

#include "read/key_table.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alsace {

/// The distinct ids of one block, numbered by first appearance. They look into the block's text.
class BlockIds {
 public:
  static constexpr Index malformed = -1;

  void clear();
  void prefetch(std::uint64_t key) const noexcept { table_.prefetch(key); }

  /// Number of a non-empty id; `malformed` when it is new and not UTF-8.
  Index add(std::string_view id, std::uint64_t key) {
    const auto same = [&](Index row) { return ids_[static_cast<std::size_t>(row)] == id; };
    if (key == last_key_ && IdKey::exact(key)) {
      return last_row_;  // Lines sorted by user.
    }
    std::size_t slot = 0;
    const Index row = table_.find(key, slot, same);
    last_key_ = key;
    last_row_ = row != KeyTable::free ? row : insert(slot, key, id);
    return last_row_;
  }

  /// Takes back the add() just made, which gave `row`, when it was a new one.
  void undo(Index row, Index size_before);

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(ids_.size()); }
  [[nodiscard]] std::span<const std::string_view> ids() const noexcept { return ids_; }
  [[nodiscard]] std::span<const std::uint64_t> keys() const noexcept { return keys_; }

 private:
  Index insert(std::size_t slot, std::uint64_t key, std::string_view id);

  KeyTable table_;
  std::uint64_t last_key_ = 0;
  Index last_row_ = 0;
  std::vector<std::string_view> ids_;
  std::vector<std::uint64_t> keys_;
};

/// The ids of all blocks so far, behind those of an IdTable. They are found by key, which costs a
/// third of what an IdTable's look-up by bytes would, and made an IdTable again at the end.
class KeyedIds {
 public:
  explicit KeyedIds(const IdTable& ids);

  /// rows[i] = row of the i-th id of the block, added where it is new.
  void find_or_add(const BlockIds& block, std::vector<Index>& rows);

  /// Of names and where they begin; how they are found costs as much again.
  [[nodiscard]] std::uint64_t held_bytes() const noexcept {
    return bytes_.size() + offsets_.size() * sizeof(std::int64_t);
  }

  /// Leaves nothing here.
  IdTable take() { return IdTable::from_parts(std::move(bytes_), std::move(offsets_)); }

 private:
  [[nodiscard]] std::string_view id(Index row) const noexcept;
  Index append(std::string_view id);

  std::string bytes_;
  std::vector<std::int64_t> offsets_;
  KeyTable table_;
};

}  // namespace alsace
