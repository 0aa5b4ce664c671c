#include "alsace/error.h"
#include "alsace/interactions.h"

#include "base/hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Ids looked up together: enough for their cache misses to overlap.
constexpr std::size_t batch = 32;
constexpr std::size_t most_ids = std::numeric_limits<Index>::max();

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

std::size_t hash_of(std::string_view id) noexcept {
  return hash_bytes(id.data(), id.size());
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_data, message);
}

/// Edit distance of one pattern of at most 64 bytes to many texts, a machine word of the dynamic
/// program's column at a time (Myers 1999, as Hyyro 2001 states it for whole texts).
class EditDistance {
 public:
  static constexpr std::size_t longest = 64;

  explicit EditDistance(std::string_view pattern) : length_(pattern.size()) {
    for (std::size_t i = 0; i < length_; ++i) {
      matches_[static_cast<unsigned char>(pattern[i])] |= std::uint64_t{1} << i;
    }
  }

  [[nodiscard]] std::size_t to(std::string_view text) const noexcept {
    if (length_ == 0) {
      return text.size();
    }
    const std::uint64_t last = std::uint64_t{1} << (length_ - 1);
    std::uint64_t rises = ~std::uint64_t{0};  // Vertical differences of +1, then of -1.
    std::uint64_t falls = 0;
    std::size_t distance = length_;
    for (const char letter : text) {
      const std::uint64_t match = matches_[static_cast<unsigned char>(letter)] | falls;
      const std::uint64_t diagonal = (((match & rises) + rises) ^ rises) | match;
      std::uint64_t across_rises = falls | ~(diagonal | rises);
      std::uint64_t across_falls = diagonal & rises;
      distance += (across_rises & last) != 0 ? 1 : 0;
      distance -= (across_falls & last) != 0 ? 1 : 0;
      across_rises = (across_rises << 1) | 1;
      across_falls <<= 1;
      rises = across_falls | ~(diagonal | across_rises);
      falls = across_rises & diagonal;
    }
    return distance;
  }

 private:
  std::size_t length_;
  std::array<std::uint64_t, 256> matches_{};
};

}  // namespace

IdTable IdTable::from_parts(std::string bytes, std::vector<std::int64_t> offsets) {
  const bool ends_fit = !offsets.empty() && offsets.front() == 0 &&
                        offsets.back() == static_cast<std::int64_t>(bytes.size());
  if (!ends_fit || !std::is_sorted(offsets.begin(), offsets.end())) {
    refuse(
        fmt::format("ids: {} offsets do not rise from 0 to the {} bytes of the names. The data "
                    "is damaged: make it again.",
                    offsets.size(),
                    bytes.size()));
  }
  if (offsets.size() - 1 > most_ids) {
    refuse(fmt::format("ids: {} are too many, there may be {}.", offsets.size() - 1, most_ids));
  }
  IdTable table;
  table.bytes_ = std::move(bytes);
  table.offsets_ = std::move(offsets);
  table.reserve_slots(at(table.size()));
  for (Index row = 0; row < table.size(); ++row) {
    const std::string_view id = table[row];
    const std::size_t slot = table.slot_of(id, hash_of(id));
    if (table.slots_[slot] != 0) {
      refuse(
          fmt::format("ids: rows {} and {} are both named '{}'. Every row needs a name of its "
                      "own.",
                      table.slots_[slot] - 1,
                      row,
                      id.substr(0, 100)));
    }
    table.slots_[slot] = row + 1;
  }
  return table;
}

std::string_view IdTable::operator[](Index row) const noexcept {
  const auto begin = static_cast<std::size_t>(offsets_[at(row)]);
  const auto end = static_cast<std::size_t>(offsets_[at(row) + 1]);
  return std::string_view(bytes_).substr(begin, end - begin);
}

std::optional<Index> IdTable::find(std::string_view id) const noexcept {
  if (slots_.empty()) {
    return std::nullopt;
  }
  const Index entry = slots_[slot_of(id, hash_of(id))];
  return entry == 0 ? std::nullopt : std::optional<Index>(entry - 1);
}

Index IdTable::find_or_add(std::string_view id) {
  reserve_slots(offsets_.size());
  const std::size_t slot = slot_of(id, hash_of(id));
  return slots_[slot] != 0 ? slots_[slot] - 1 : add_at(slot, id);
}

void IdTable::find_or_add(std::span<const std::string_view> ids, std::span<Index> rows) {
  std::array<std::size_t, batch> hashes{};
  for (std::size_t begin = 0; begin < ids.size(); begin += batch) {
    const std::size_t count = std::min(batch, ids.size() - begin);
    reserve_slots(offsets_.size() - 1 + count);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = hash_of(ids[begin + i]);
      __builtin_prefetch(&slots_[hashes[i] & mask]);
    }
    // A slot leads to an offset, the offset to the bytes: one round of prefetches for each.
    for (std::size_t i = 0; i < count; ++i) {
      if (const Index entry = slots_[hashes[i] & mask]; entry != 0) {
        __builtin_prefetch(&offsets_[at(entry - 1)]);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (const Index entry = slots_[hashes[i] & mask]; entry != 0) {
        __builtin_prefetch(bytes_.data() + offsets_[at(entry - 1)]);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t slot = slot_of(ids[begin + i], hashes[i]);
      rows[begin + i] = slots_[slot] != 0 ? slots_[slot] - 1 : add_at(slot, ids[begin + i]);
    }
  }
}

std::vector<std::string_view> IdTable::nearest(std::string_view id, int count) const {
  const EditDistance distance(id.substr(0, EditDistance::longest));
  std::vector<std::pair<std::size_t, Index>> found;  // A heap, the furthest on top.
  for (Index row = 0; row < size() && count > 0; ++row) {
    const std::string_view candidate = (*this)[row].substr(0, EditDistance::longest);
    const std::pair entry(distance.to(candidate), row);
    if (2 * entry.first > candidate.size()) {
      continue;
    }
    if (found.size() == static_cast<std::size_t>(count)) {
      if (!(entry < found.front())) {
        continue;
      }
      std::pop_heap(found.begin(), found.end());
      found.pop_back();
    }
    found.push_back(entry);
    std::push_heap(found.begin(), found.end());
  }
  std::sort_heap(found.begin(), found.end());
  std::vector<std::string_view> ids;
  for (const auto& entry : found) {
    ids.push_back((*this)[entry.second]);
  }
  return ids;
}

/// Room for `ids` ids at a load of at most one half, where probing stays short.
void IdTable::reserve_slots(std::size_t ids) {
  if (2 * ids <= slots_.size()) {
    return;
  }
  slots_.assign(std::bit_ceil(std::max<std::size_t>(2 * ids, 16)), 0);
  for (Index row = 0; row < size(); ++row) {
    // All names differ, so the first free slot is the right one: no comparison is needed.
    std::size_t slot = hash_of((*this)[row]) & (slots_.size() - 1);
    while (slots_[slot] != 0) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = row + 1;
  }
}

/// The slot that holds `id`, or the free one where it belongs.
std::size_t IdTable::slot_of(std::string_view id, std::size_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0 && (*this)[slots_[slot] - 1] != id) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

Index IdTable::add_at(std::size_t slot, std::string_view id) {
  if (at(size()) >= most_ids) {
    refuse(fmt::format("ids: '{}' would be number {}, there may be {}. Split the data.",
                       id.substr(0, 100),
                       most_ids + 1,
                       most_ids));
  }
  bytes_.append(id);
  offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
  slots_[slot] = size();
  return size() - 1;
}

}  // namespace alsace
