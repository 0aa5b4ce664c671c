#pragma once

#include "alsace/interactions.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace alsace {

/// The distinct ids of one block, numbered by first appearance. They look into the block's text.
///
/// Nearly all ids of real files have at most 7 bytes: these are compared and hashed as one number,
/// their bytes and length, and never looked up in the text.
class BlockIds {
 public:
  static constexpr Index malformed = -1;

  void clear();

  /// What ids are compared and hashed by, never 0: bytes and length of a short id; of a longer one
  /// a hash, and ones in the top byte. 8 bytes past the end of the id must be readable.
  static std::uint64_t key_of(std::string_view id) noexcept {
    if (id.size() > longest_short) {
      return long_key(id);
    }
    const std::uint64_t bytes = load(id.data()) & ((std::uint64_t{1} << (8 * id.size())) - 1);
    return bytes | (static_cast<std::uint64_t>(id.size()) << 56);
  }

  /// Starts to bring in the memory that add() of this key will look at.
  void prefetch(std::uint64_t key) const noexcept { __builtin_prefetch(&slots_[home_of(key)]); }

  /// Number of a non-empty id; `malformed` when it is new and not UTF-8.
  Index add(std::string_view id, std::uint64_t key) {
    std::size_t slot = home_of(key);
    while (slots_[slot].key != 0) {
      if (slots_[slot].key == key && same(slots_[slot].row, key, id)) {
        return slots_[slot].row;
      }
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return insert(slot, key, id);
  }

  /// Takes back the add() just made, which gave `row`, when it was a new one.
  void undo(Index row, Index size_before);

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(ids_.size()); }
  [[nodiscard]] std::span<const std::string_view> ids() const noexcept { return ids_; }

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free.
    Index row = 0;
  };
  static constexpr std::size_t longest_short = 7;
  static constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15U;

  static std::uint64_t load(const char* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    return std::endian::native == std::endian::big ? __builtin_bswap64(word) : word;
  }
  static std::uint64_t long_key(std::string_view id) noexcept;

  /// A key of a short id says all about it.
  [[nodiscard]] bool same(Index row, std::uint64_t key, std::string_view id) const noexcept {
    return (key >> 56) <= longest_short || ids_[static_cast<std::size_t>(row)] == id;
  }
  [[nodiscard]] std::size_t home_of(std::uint64_t key) const noexcept {
    const std::uint64_t mixed = (key ^ (key >> 32)) * multiplier;
    return static_cast<std::size_t>(mixed >> shift_);
  }
  Index insert(std::size_t slot, std::uint64_t key, std::string_view id);
  void grow();

  static constexpr int first_bits = 10;
  std::vector<Slot> slots_ = std::vector<Slot>(std::size_t{1} << first_bits);
  int shift_ = 64 - first_bits;
  std::vector<std::string_view> ids_;
};

}  // namespace alsace
