#include "alsace/error.h"
#include "alsace/interactions.h"

#include "matrix/entries.h"
#include "matrix/merge.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr Index unused = -1;

[[noreturn]] void refuse(ErrorCode code, const std::string& message) {
  throw Error(code, message);
}

void check_options(const PrepareOptions& options, std::size_t parts) {
  if (options.min_value && std::isnan(*options.min_value)) {
    refuse(ErrorCode::invalid_argument, "prepare: min_value is not a number. Give a number.");
  }
  const int lowest = std::min(options.min_per_user, options.min_per_item);
  if (lowest < 0) {
    refuse(ErrorCode::invalid_argument,
           fmt::format("prepare: {} is {}, it must be 0 or more. 0 keeps everyone.",
                       options.min_per_user < 0 ? "min_per_user" : "min_per_item",
                       lowest));
  }
  if (parts > 1 && std::max(options.min_per_user, options.min_per_item) > 0) {
    refuse(ErrorCode::invalid_argument,
           fmt::format("prepare: min_per_user is {} and min_per_item {}, with {} given parts both "
                       "must be 0. Filter before splitting.",
                       options.min_per_user,
                       options.min_per_item,
                       parts));
  }
}

void check_rows(std::span<const Index> rows, Index count, const char* what) {
  for (const Index row : rows) {
    if (row < 0 || row >= count) {
      refuse(ErrorCode::invalid_argument,
             fmt::format("prepare: {} row {} is out of range, there are {} ids. Give row numbers "
                         "from 0.",
                         what,
                         row,
                         count));
    }
  }
}

void check_part(const Triplets& part, const IdTable& user_ids, const IdTable& item_ids) {
  const std::size_t size = part.users.size();
  if (part.items.size() != size || (!part.values.empty() && part.values.size() != size) ||
      (!part.times.empty() && part.times.size() != size)) {
    refuse(
        ErrorCode::invalid_argument,
        fmt::format("prepare: there are {} users, {} items, {} values and {} times. Each must be "
                    "as many as the users; no values or no times is fine.",
                    size,
                    part.items.size(),
                    part.values.size(),
                    part.times.size()));
  }
  check_rows(part.users, user_ids.size(), "user");
  check_rows(part.items, item_ids.size(), "item");
}

/// Moves the pairs below min_value out of `part` to the end of `low`; returns their number.
std::int64_t move_low(Triplets& part, double min_value, Triplets& low) {
  // As a float: 0.7 read from a file is not below 0.7.
  const auto least = static_cast<float>(min_value);
  Kept kept(part.users.size());
  for (std::size_t entry = 0; entry < kept.size(); ++entry) {
    kept[entry] = part.value(static_cast<std::int64_t>(entry)) < least ? 0 : 1;
  }
  const auto moved = static_cast<std::size_t>(std::ranges::count(kept, 0));
  if (moved == 0) {
    return 0;
  }
  low.users.reserve(low.users.size() + moved);
  low.items.reserve(low.items.size() + moved);
  for (std::size_t entry = 0; entry < kept.size(); ++entry) {
    if (kept[entry] == 0) {
      low.users.push_back(part.users[entry]);
      low.items.push_back(part.items[entry]);
    }
  }
  compact(part, kept);
  return static_cast<std::int64_t>(moved);
}

/// The k-core: users and items below their minimum go, with their entries, until none is left.
/// 8 bytes per entry while it is found. No pair may be there twice.
class Core {
 public:
  Core(const Triplets& part, Index users, Index items, const PrepareOptions& options)
      : users_(part.users, part.items, users, options.min_per_user),
        items_(part.items, part.users, items, options.min_per_item) {}

  /// Finds which rows stay. Each entry is looked at twice, and each row goes at most once: O(n).
  void find() {
    users_.collect();
    items_.collect();
    while (!users_.going.empty() || !items_.going.empty()) {
      drop(users_, items_);
      drop(items_, users_);
    }
    release(users_.partners);
    release(items_.partners);
  }

  /// Which entries stay: those of a user and an item that do.
  [[nodiscard]] Kept kept(const Triplets& part) const {
    Kept kept(part.users.size());
    for (std::size_t entry = 0; entry < kept.size(); ++entry) {
      const bool gone = users_.gone[at(part.users[entry])] + items_.gone[at(part.items[entry])] > 0;
      kept[entry] = gone ? 0 : 1;
    }
    return kept;
  }

 private:
  struct Side {
    std::vector<std::int64_t> offsets;  ///< [rows + 1]
    std::vector<Index> partners;        ///< [entries] Rows of the other side, by own row.
    std::vector<std::int64_t> counts;   ///< Entries that are left. [rows]
    std::vector<unsigned char> gone;    ///< [rows]
    std::int64_t minimum;
    std::vector<Index> going;  ///< Rows below the minimum, still to be dropped.

    Side(std::span<const Index> rows, std::span<const Index> others, Index count, int least)
        : offsets(offsets_of(rows, count)),
          partners(rows.size()),
          counts(at(count)),
          gone(at(count), 0),
          minimum(least) {
      std::vector<std::int64_t> next(offsets.begin(), offsets.end() - 1);
      for (std::size_t entry = 0; entry < rows.size(); ++entry) {
        partners[at(next[at(rows[entry])]++)] = others[entry];
      }
      std::adjacent_difference(offsets.begin() + 1, offsets.end(), counts.begin());
    }
    [[nodiscard]] std::span<const Index> partners_of(Index row) const {
      return std::span(partners).subspan(at(offsets[at(row)]),
                                         at(offsets[at(row) + 1] - offsets[at(row)]));
    }
    void collect() {
      for (std::size_t row = 0; row < counts.size(); ++row) {
        if (counts[row] < minimum) {
          going.push_back(static_cast<Index>(row));
        }
      }
    }
  };

  static void drop(Side& side, Side& other) {
    for (const Index row : side.going) {
      side.gone[at(row)] = 1;
      for (const Index partner : side.partners_of(row)) {
        // Exactly at the step below the minimum, so that a row goes once.
        if (other.counts[at(partner)]-- == other.minimum) {
          other.going.push_back(partner);
        }
      }
    }
    side.going.clear();
  }

  Side users_;
  Side items_;
};

Kept core_of(const Triplets& part, Index users, Index items, const PrepareOptions& options) {
  Core core(part, users, items, options);
  core.find();
  return core.kept(part);
}

std::int64_t keep_core(Triplets& part, Index users, Index items, const PrepareOptions& options) {
  if (std::max(options.min_per_user, options.min_per_item) <= 1) {
    return 0;  // Who has an entry has one.
  }
  const auto before = part.size();
  // Values that are all 1 need not be held meanwhile.
  const bool ones = release_ones(part.values);
  compact(part, core_of(part, users, items, options));
  if (ones) {
    part.values.assign(part.users.size(), 1.0F);
  }
  return before - part.size();
}

/// New numbers of rows by first appearance in the parts; `unused` for those without an entry.
std::vector<Index> first_appearance(std::span<const Triplets> parts,
                                    std::vector<Index> Triplets::* column,
                                    Index count,
                                    Index& next) {
  std::vector<Index> numbers(at(count), unused);
  for (const Triplets& part : parts) {
    for (const Index row : part.*column) {
      if (numbers[at(row)] == unused) {
        numbers[at(row)] = next++;
      }
    }
  }
  return numbers;
}

IdTable renamed(const IdTable& ids, std::span<const Index> numbers, Index count) {
  std::vector<Index> rows(at(count));
  std::size_t bytes = 0;
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    if (numbers[row] != unused) {
      rows[at(numbers[row])] = static_cast<Index>(row);
      bytes += ids[static_cast<Index>(row)].size();
    }
  }
  std::string names;
  names.reserve(bytes);
  std::vector<std::int64_t> offsets = {0};
  offsets.reserve(rows.size() + 1);
  for (const Index row : rows) {
    names += ids[row];
    offsets.push_back(static_cast<std::int64_t>(names.size()));
  }
  IdTable table = IdTable::from_parts(std::move(names), std::move(offsets));
  table.set_kind(ids.kind());
  return table;
}

/// Leaves out the low pairs whose user or item has gone.
void drop_unused(Triplets& low, std::span<const Index> users, std::span<const Index> items) {
  Kept kept(low.users.size());
  for (std::size_t entry = 0; entry < kept.size(); ++entry) {
    kept[entry] =
        users[at(low.users[entry])] != unused && items[at(low.items[entry])] != unused ? 1 : 0;
  }
  compact(low, kept);
}

void apply_numbers(std::span<const Index> numbers, std::vector<Index>& rows) {
  for (Index& row : rows) {
    row = numbers[at(row)];
  }
}

/// Numbers users and items by first appearance, and forgets those without an entry. Where no entry
/// was dropped and every id is in use, ids stay as they are.
void renumber(
    std::span<Triplets> parts, Triplets& low, IdTable& user_ids, IdTable& item_ids, bool dropped) {
  Index users = 0;
  Index items = 0;
  const auto user_numbers = first_appearance(parts, &Triplets::users, user_ids.size(), users);
  const auto item_numbers = first_appearance(parts, &Triplets::items, item_ids.size(), items);
  if (!dropped && users == user_ids.size() && items == item_ids.size()) {
    return;
  }
  drop_unused(low, user_numbers, item_numbers);
  apply_numbers(user_numbers, low.users);
  apply_numbers(item_numbers, low.items);
  for (Triplets& part : parts) {
    apply_numbers(user_numbers, part.users);
    apply_numbers(item_numbers, part.items);
  }
  user_ids = renamed(user_ids, user_numbers, users);
  item_ids = renamed(item_ids, item_numbers, items);
}

void check_something_left(std::span<const Triplets> parts,
                          const PrepareOptions& options,
                          const PrepareReport& report) {
  if (std::ranges::any_of(parts, [](const Triplets& part) { return part.size() > 0; })) {
    return;
  }
  if (report.below_value + report.below_counts == 0) {
    refuse(ErrorCode::invalid_data, "interactions: there are none. Give a file with some.");
  }
  refuse(
      ErrorCode::invalid_data,
      fmt::format("interactions: nothing is left; {} were below min_value{}, {} went with a user "
                  "of fewer than {} or an item of fewer than {}. Lower the minima.",
                  report.below_value,
                  options.min_value ? fmt::format(" {}", *options.min_value) : "",
                  report.below_counts,
                  options.min_per_user,
                  options.min_per_item));
}

/// All of prepare(); `low` holds low pairs from before and receives those of the first part.
PrepareReport filter(std::span<Triplets> parts,
                     Triplets& low,
                     IdTable& user_ids,
                     IdTable& item_ids,
                     const PrepareOptions& options) {
  check_options(options, parts.size());
  check_part(low, user_ids, item_ids);
  for (const Triplets& part : parts) {
    check_part(part, user_ids, item_ids);
  }
  PrepareReport report;
  Triplets forgotten;
  for (Triplets& part : parts) {
    report.duplicates += merge_duplicates(part, user_ids, item_ids, options.duplicates);
    if (options.min_value) {
      report.below_value +=
          move_low(part, *options.min_value, &part == parts.data() ? low : forgotten);
      forgotten = {};
    }
    if (options.binary) {
      release(part.values);
    }
    report.below_counts += keep_core(part, user_ids.size(), item_ids.size(), options);
  }
  check_something_left(parts, options, report);
  renumber(parts, low, user_ids, item_ids, report.below_value + report.below_counts > 0);
  return report;
}

}  // namespace

Interactions prepare(Interactions interactions,
                     const PrepareOptions& options,
                     PrepareReport* report) {
  const PrepareReport done = filter(std::span(&interactions.triplets, 1),
                                    interactions.low,
                                    interactions.user_ids,
                                    interactions.item_ids,
                                    options);
  if (report != nullptr) {
    *report = done;
  }
  return interactions;
}

Triplets prepare(std::span<Triplets> parts,
                 IdTable& user_ids,
                 IdTable& item_ids,
                 const PrepareOptions& options,
                 PrepareReport* report) {
  Triplets low;
  const PrepareReport done = filter(parts, low, user_ids, item_ids, options);
  if (report != nullptr) {
    *report = done;
  }
  return low;
}

}  // namespace alsace
