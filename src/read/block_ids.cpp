#include "read/block_ids.h"

#include "read/text.h"

#include <algorithm>

namespace alsace {

void BlockIds::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  ids_.clear();
}

void BlockIds::undo(Index row, Index size_before) {
  if (row < size_before || row == malformed) {
    return;
  }
  // Nothing was inserted after it, so its slot can simply be free again.
  std::size_t slot = home_of(key_of(ids_.back()));
  while (slots_[slot].row != row || slots_[slot].key == 0) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  slots_[slot] = Slot{};
  ids_.pop_back();
}

std::uint64_t BlockIds::long_key(std::string_view id) noexcept {
  const char* const last = id.data() + id.size() - 8;
  std::uint64_t hash = id.size();
  for (const char* word = id.data(); word < last; word += 8) {
    hash = (hash ^ load(word)) * multiplier;
    hash ^= hash >> 29;
  }
  hash = (hash ^ load(last)) * multiplier;
  return (hash ^ (hash >> 32)) | (std::uint64_t{0xff} << 56);
}

Index BlockIds::insert(std::size_t slot, std::uint64_t key, std::string_view id) {
  if (!is_utf8(id)) {
    return malformed;
  }
  const Index row = size();
  ids_.push_back(id);
  slots_[slot] = {key, row};
  if (2 * ids_.size() > slots_.size()) {
    grow();
  }
  return row;
}

void BlockIds::grow() {
  std::vector<Slot> old(4 * slots_.size());
  old.swap(slots_);
  shift_ -= 2;
  for (const Slot& entry : old) {
    if (entry.key != 0) {
      std::size_t slot = home_of(entry.key);
      while (slots_[slot].key != 0) {
        slot = (slot + 1) & (slots_.size() - 1);
      }
      slots_[slot] = entry;
    }
  }
}

}  // namespace alsace
