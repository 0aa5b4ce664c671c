#include "read/key_table.h"

#include <algorithm>

namespace alsace {

void KeyTable::undo(std::uint64_t key, Index row) {
  // Nothing was inserted after it, so its slot can simply be free again.
  std::size_t slot = home_of(key);
  while (slots_[slot].key == 0 || slots_[slot].row != row) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  slots_[slot] = Slot{};
  --size_;
}

void KeyTable::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  size_ = 0;
}

void KeyTable::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  --shift_;
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
