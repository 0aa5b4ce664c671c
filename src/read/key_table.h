#pragma once

#include "alsace/interactions.h"

#include "read/field_end.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace alsace {

/// An id as one number, never 0. Nearly all ids of real files have at most 7 bytes: for these the
/// number is bytes and length and says all. For longer ones it is a hash under a top byte of ones,
/// and equal numbers must be followed by a look at the bytes.
struct IdKey {
  static constexpr std::size_t longest_exact = 7;
  static constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15U;

  /// 8 bytes past the end of the id must be readable.
  static std::uint64_t of(std::string_view id) noexcept {
    return id.size() > longest_exact ? hash(id) : short_key(load_word(id.data()), id.size());
  }
  /// The same of an id anywhere.
  static std::uint64_t of_any(std::string_view id) noexcept {
    if (id.size() > longest_exact) {
      return hash(id);
    }
    char bytes[8] = {};
    id.copy(bytes, sizeof(bytes));
    return short_key(load_word(bytes), id.size());
  }
  static bool exact(std::uint64_t key) noexcept { return (key >> 56) <= longest_exact; }

 private:
  static std::uint64_t short_key(std::uint64_t word, std::size_t length) noexcept {
    const std::uint64_t bytes = word & ((std::uint64_t{1} << (8 * length)) - 1);
    return bytes | (static_cast<std::uint64_t>(length) << 56);
  }
  static std::uint64_t hash(std::string_view id) noexcept {
    const char* const last = id.data() + id.size() - 8;
    std::uint64_t hash = id.size();
    for (const char* word = id.data(); word < last; word += 8) {
      hash = (hash ^ load_word(word)) * multiplier;
      hash ^= hash >> 29;
    }
    hash = (hash ^ load_word(last)) * multiplier;
    return (hash ^ (hash >> 32)) | (std::uint64_t{0xff} << 56);
  }
};

/// From keys to row numbers; who uses it knows the ids themselves. A look-up costs one cache miss
/// where ids are short, and prefetch() lets those of many overlap.
class KeyTable {
 public:
  static constexpr Index free = -1;

  void prefetch(std::uint64_t key) const noexcept { __builtin_prefetch(&slots_[home_of(key)]); }

  /// The row of a key, or `free` where insert(slot, ...) may put it. same(row) tells whether the id
  /// of `row` is the one meant; it is asked for inexact keys only.
  template <class Same>
  Index find(std::uint64_t key, std::size_t& slot, const Same& same) const noexcept {
    slot = home_of(key);
    while (slots_[slot].key != 0) {
      if (slots_[slot].key == key && (IdKey::exact(key) || same(slots_[slot].row))) {
        return slots_[slot].row;
      }
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return free;
  }

  void insert(std::size_t slot, std::uint64_t key, Index row) {
    slots_[slot] = {key, row};
    if (2 * ++size_ > slots_.size()) {
      grow();
    }
  }

  /// Takes back the latest insert().
  void undo(std::uint64_t key, Index row);
  void clear();

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free.
    Index row = 0;
  };
  static constexpr int first_bits = 10;

  [[nodiscard]] std::size_t home_of(std::uint64_t key) const noexcept {
    return static_cast<std::size_t>(((key ^ (key >> 32)) * IdKey::multiplier) >> shift_);
  }
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(std::size_t{1} << first_bits);
  int shift_ = 64 - first_bits;
  std::size_t size_ = 0;
};

}  // namespace alsace
