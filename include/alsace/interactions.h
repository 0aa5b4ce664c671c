#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// Row number of a user or an item, counted from 0. 32 bits halve the index traffic of training.
using Index = std::int32_t;

/// What ids are to the caller, so that a surface can give them back as they came.
enum class IdKind {
  unknown,  ///< A file's text: it does not say.
  text,
  integer  ///< Whole numbers of 64 bits in decimal digits.
};

/// The outside names of rows: row number to id and back. Ids are any non-empty UTF-8 strings.
///
/// Bytes lie in one block (no allocation per id); look-up is by an open-addressing hash table, so
/// `find` costs O(length) and the table about 12 bytes per id beside the bytes. Const calls may
/// run on many threads at once.
class IdTable {
 public:
  IdTable() = default;

  /// The table whose row i is named bytes[offsets[i], offsets[i + 1]).
  /// @throws Error invalid_data when the offsets do not rise from 0 to bytes.size(), or when two
  ///         rows have one name.
  static IdTable from_parts(std::string bytes, std::vector<std::int64_t> offsets);

  /// "0", "1", ..., of kind integer: for rows that have no other names.
  static IdTable numbered(Index size);

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(offsets_.size()) - 1; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  [[nodiscard]] IdKind kind() const noexcept { return kind_; }
  void set_kind(IdKind kind) noexcept { kind_ = kind; }

  /// Name of row `row`, 0 <= row < size(). Valid until the next find_or_add.
  [[nodiscard]] std::string_view operator[](Index row) const noexcept;

  /// Row of `id`, if it is there.
  [[nodiscard]] std::optional<Index> find(std::string_view id) const noexcept;

  /// Row of `id`, which is added at the end when it is new.
  /// @throws Error invalid_data above 2^31 - 1 ids.
  Index find_or_add(std::string_view id);

  /// Up to `count` ids most like `id` by edit distance, nearest first: for error messages.
  /// Ids further away than half their length are left out. O(size()).
  [[nodiscard]] std::vector<std::string_view> nearest(std::string_view id, int count = 3) const;

  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::span<const std::int64_t> offsets() const noexcept { return offsets_; }

  /// Memory the table holds, in bytes.
  [[nodiscard]] std::uint64_t held_bytes() const noexcept;

 private:
  void reserve_slots(std::size_t ids);
  void name_slot(Index row, std::size_t hash);
  [[nodiscard]] std::size_t slot_of(std::string_view id, std::size_t hash) const noexcept;
  Index add_at(std::size_t slot, std::string_view id);

  std::string bytes_;
  std::vector<std::int64_t> offsets_ = {0};
  IdKind kind_ = IdKind::unknown;
  std::vector<Index> slots_;  ///< Row + 1, or 0 for a free slot; a power of two long.
};

/// Observed (user, item, value, time) quadruples, column by column, all of one length.
struct Triplets {
  std::vector<Index> users = {};   ///< Row numbers.
  std::vector<Index> items = {};   ///< Row numbers.
  std::vector<float> values = {};  ///< Counts or ratings; empty: every value is 1.
  std::vector<double> times = {};  ///< Seconds, or whatever the file counts in; empty: no times.

  [[nodiscard]] std::int64_t size() const noexcept {
    return static_cast<std::int64_t>(users.size());
  }
  [[nodiscard]] float value(std::int64_t entry) const noexcept {
    return values.empty() ? 1.0F : values[static_cast<std::size_t>(entry)];
  }
};

/// Interactions and the names of their rows. The catalogue is item_ids, whole, also where an item
/// has no triplet.
struct Interactions {
  Triplets triplets = {};
  Triplets low =
      {};  ///< Pairs below `min_value`: never trained on, but seen. Only users and items.
  IdTable user_ids = {};
  IdTable item_ids = {};
};

/// What a repeated (user, item) pair becomes. The merged entry keeps the place of the first line
/// and the latest time.
enum class Duplicates {
  sum,   ///< The sum of the values.
  last,  ///< The value with the latest time; of equal or no times, the later line's.
  max,   ///< The largest value.
  error  ///< Refused.
};

/// Filters, in the order in which they are applied.
struct PrepareOptions {
  Duplicates duplicates = Duplicates::sum;
  std::optional<double> min_value = {};  ///< Smaller values move to `low`.
  bool binary = false;                   ///< Then every kept value is 1.
  int min_per_user = 0;  ///< Users with fewer kept entries are dropped, >= 0, and so on until
  int min_per_item = 0;  ///< both minima hold (the k-core).
};

/// What the filters did, for the reader of the log.
struct PrepareReport {
  std::int64_t duplicates = 0;    ///< Lines merged into an earlier one.
  std::int64_t below_value = 0;   ///< Pairs moved to `low` or dropped.
  std::int64_t below_counts = 0;  ///< Pairs dropped with their user or item by the k-core.
};

/// Merges duplicates and filters. Afterwards users and items are exactly those with a kept entry,
/// numbered by first appearance (as they were, when nothing is dropped); `low` keeps the pairs
/// whose user and item are still there.
/// @throws Error invalid_data for a duplicate under Duplicates::error, or when nothing is left.
/// O(n) time, at most 9 bytes per entry while it runs.
Interactions prepare(Interactions interactions,
                     const PrepareOptions& options,
                     PrepareReport* report = nullptr);

/// The same for several parts over one set of ids (train, valid, test): each part is merged and
/// filtered by itself, ids are those with a kept entry in any part. Returns the low pairs of the
/// first part. min_per_user and min_per_item must be 0 when there is more than one part.
Triplets prepare(std::span<Triplets> parts,
                 IdTable& user_ids,
                 IdTable& item_ids,
                 const PrepareOptions& options,
                 PrepareReport* report = nullptr);

}  // namespace alsace
