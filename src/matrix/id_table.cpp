#include "alsace/error.h"
#include "alsace/interactions.h"

#include "base/hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Rows between asking for a slot and using it.
constexpr std::size_t ahead = 32;
constexpr std::size_t most_ids = std::numeric_limits<Index>::max();

std::size_t at(std::int64_t row) {
  return static_cast<std::size_t>(row);
}

std::size_t hash_of(std::string_view id) noexcept {
  return hash_bytes(id.data(), id.size());
}

/// At a load of at most one half probing stays short.
std::size_t slots_for(std::size_t ids) noexcept {
  return std::bit_ceil(std::max<std::size_t>(2 * ids, 16));
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_data, message);
}

/// Edit distance of one pattern of at most 64 bytes (longer ids are cut) to many texts, a machine
/// word of the dynamic program's column at a time (Myers 1999, as Hyyro 2001 states it for whole
/// texts).
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
  const Index size = table.size();
  table.slots_.assign(slots_for(at(size)), 0);
  // Slots are asked for some rows ahead, so that waiting for memory overlaps.
  std::array<std::size_t, ahead> hashes{};
  for (std::int64_t row = 0; row < size + static_cast<std::int64_t>(ahead); ++row) {
    std::size_t& hash = hashes[at(row) % ahead];
    if (row >= static_cast<std::int64_t>(ahead)) {
      table.name_slot(static_cast<Index>(row - static_cast<std::int64_t>(ahead)), hash);
    }
    if (row < size) {
      hash = hash_of(table[static_cast<Index>(row)]);
      __builtin_prefetch(&table.slots_[hash & (table.slots_.size() - 1)]);
    }
  }
  return table;
}

IdTable IdTable::numbered(Index size) {
  std::string bytes;
  std::vector<std::int64_t> offsets = {0};
  offsets.reserve(at(size) + 1);
  for (Index row = 0; row < size; ++row) {
    fmt::format_to(std::back_inserter(bytes), "{}", row);
    offsets.push_back(static_cast<std::int64_t>(bytes.size()));
  }
  IdTable table = from_parts(std::move(bytes), std::move(offsets));
  table.kind_ = IdKind::integer;
  return table;
}

/// Enters a row whose name is already there.
void IdTable::name_slot(Index row, std::size_t hash) {
  const std::string_view id = (*this)[row];
  Index& entry = slots_[slot_of(id, hash)];
  if (entry != 0) {
    refuse(
        fmt::format("ids: rows {} and {} are both named '{}'. Every row needs a name of its own.",
                    entry - 1,
                    row,
                    id.substr(0, 100)));
  }
  entry = row + 1;
}

std::string_view IdTable::operator[](Index row) const noexcept {
  const auto begin = static_cast<std::size_t>(offsets_[at(row)]);
  const auto end = static_cast<std::size_t>(offsets_[at(row) + 1]);
  return std::string_view(bytes_).substr(begin, end - begin);
}

std::uint64_t IdTable::held_bytes() const noexcept {
  return bytes_.capacity() + offsets_.capacity() * sizeof(std::int64_t) +
         slots_.capacity() * sizeof(Index);
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
  ids.reserve(found.size());
  for (const auto& entry : found) {
    ids.push_back((*this)[entry.second]);
  }
  return ids;
}

/// Room for `ids` ids, all of which differ.
void IdTable::reserve_slots(std::size_t ids) {
  if (2 * ids <= slots_.size()) {
    return;
  }
  slots_.assign(slots_for(ids), 0);
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
