#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "base/random.h"
#include "evaluate/test_set.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

enum class Part : std::uint8_t { train, valid, test, fold_in };

/// The part of each entry. One byte per entry is all a split needs beside its result.
using Parts = std::vector<Part>;

[[noreturn]] void refuse(ErrorCode code, const std::string& message) {
  throw Error(code, "split: " + message);
}

std::vector<std::int64_t> user_counts(const Triplets& entries, Index users) {
  std::vector<std::int64_t> counts(at(users), 0);
  for (const Index user : entries.users) {
    ++counts[at(user)];
  }
  return counts;
}

/// Picks exactly `wanted` of `left` candidates, each equally likely, by one draw in [0, 1) for each
/// candidate in turn (selection sampling: Knuth, volume 2, algorithm S).
struct Selection {
  std::int64_t left = 0;
  std::int64_t wanted = 0;

  bool pick(double draw) noexcept {
    const bool picked = draw * static_cast<double>(left) < static_cast<double>(wanted);
    --left;
    wanted -= picked ? 1 : 0;
    return picked;
  }
};

/// The last entry of each user to the test, with `with_valid` the last but one to validation.
/// One pass: an entry that is not earlier than the latest so far is later, so ties go by order.
Parts leave_last(const Triplets& entries, Index users, bool with_valid) {
  struct Latest {
    std::int64_t last = -1;
    std::int64_t previous = -1;
    std::int64_t count = 0;
  };
  std::vector<Latest> latest(at(users));
  const auto not_before = [&](std::int64_t entry, std::int64_t other) {
    return other < 0 || entries.times[static_cast<std::size_t>(entry)] >=
                            entries.times[static_cast<std::size_t>(other)];
  };
  for (std::int64_t entry = 0; entry < entries.size(); ++entry) {
    Latest& user = latest[at(entries.users[static_cast<std::size_t>(entry)])];
    ++user.count;
    if (not_before(entry, user.last)) {
      user.previous = std::exchange(user.last, entry);
    } else if (not_before(entry, user.previous)) {
      user.previous = entry;
    }
  }
  Parts parts(entries.users.size(), Part::train);
  for (const Latest& user : latest) {
    if (user.count >= (with_valid ? 3 : 2)) {
      parts[static_cast<std::size_t>(user.last)] = Part::test;
      if (with_valid) {
        parts[static_cast<std::size_t>(user.previous)] = Part::valid;
      }
    }
  }
  return parts;
}

/// Of n entries floor(fraction n + u) with u uniform in [0, 1): the fraction holds in expectation,
/// also for users with few entries. Draws depend on (seed, user) and the place in the history.
Parts hold_out_at_random(const Triplets& entries, Index users, const SplitOptions& options) {
  const std::vector<std::int64_t> counts = user_counts(entries, users);
  std::vector<Selection> selections(counts.size());
  for (std::size_t user = 0; user < counts.size(); ++user) {
    const double exact = options.test_fraction * static_cast<double>(counts[user]) +
                         random_uniform(options.seed, user, 0);
    const auto wanted = static_cast<std::int64_t>(std::floor(exact));
    selections[user] = {
        counts[user],
        std::clamp<std::int64_t>(wanted, 0, std::max<std::int64_t>(counts[user] - 1, 0))};
  }
  Parts parts(entries.users.size(), Part::train);
  for (std::size_t entry = 0; entry < parts.size(); ++entry) {
    const auto user = at(entries.users[entry]);
    Selection& selection = selections[user];
    const auto place = static_cast<std::uint64_t>(selection.left);
    if (selection.pick(random_uniform(options.seed, user, place))) {
      parts[entry] = Part::test;
    }
  }
  return parts;
}

/// The cut is one of the two ends of the run of equal times at the wanted place, whichever is
/// nearer (of equally near ones the later, which trains on more), with something on both sides.
Parts cut_in_time(const Triplets& entries, const SplitOptions& options) {
  const std::vector<double>& times = entries.times;
  const auto size = static_cast<std::int64_t>(times.size());
  const auto wanted = std::clamp<std::int64_t>(
      std::llround((1.0 - options.test_fraction) * static_cast<double>(size)), 0, size - 1);
  std::vector<double> sorted = times;
  std::ranges::nth_element(sorted, sorted.begin() + wanted);
  const double cut = sorted[static_cast<std::size_t>(wanted)];
  const std::int64_t before = std::ranges::count_if(times, [cut](double t) { return t < cut; });
  const std::int64_t through = std::ranges::count_if(times, [cut](double t) { return t <= cut; });
  if (before == 0 && through == size) {
    refuse(ErrorCode::invalid_argument,
           fmt::format("all {} entries have the time {}, so none is later than another. Split "
                       "with --split random.",
                       size,
                       cut));
  }
  const bool cut_is_test = before > 0 && (through == size || wanted - before < through - wanted);
  Parts parts(times.size(), Part::train);
  for (std::size_t entry = 0; entry < parts.size(); ++entry) {
    if (times[entry] > cut || (cut_is_test && times[entry] == cut)) {
      parts[entry] = Part::test;
    }
  }
  return parts;
}

/// The users to be held out: test_fraction of those with two entries or more, rounded, at least
/// one, and never all users.
std::vector<char> held_out_users(const std::vector<std::int64_t>& counts,
                                 const SplitOptions& options) {
  const auto with_entries = std::ranges::count_if(counts, [](auto n) { return n > 0; });
  const auto eligible = std::ranges::count_if(counts, [](auto n) { return n > 1; });
  if (eligible < 1 || with_entries < 2) {
    refuse(ErrorCode::invalid_data,
           fmt::format("new-users needs a user with two entries or more to hold out and another to "
                       "train on; there are {} users with entries, {} of them with two or more. "
                       "Split with --split random.",
                       with_entries,
                       eligible));
  }
  const std::int64_t rounded = std::llround(options.test_fraction * static_cast<double>(eligible));
  Selection selection{eligible,
                      std::clamp<std::int64_t>(rounded, 1, std::min(eligible, with_entries - 1))};
  std::vector<char> held_out(counts.size(), 0);
  for (std::size_t user = 0; user < counts.size(); ++user) {
    if (counts[user] > 1 && selection.pick(random_uniform(options.seed, user, 0))) {
      held_out[user] = 1;
    }
  }
  return held_out;
}

/// Entries of the held-out users, user by user, in the order in which they are shown.
std::vector<std::size_t> histories(const Triplets& entries,
                                   const std::vector<char>& held_out,
                                   std::uint64_t seed) {
  std::vector<std::size_t> order;
  std::vector<std::uint64_t> place(held_out.size(), 0);
  std::vector<double> keys(entries.times.empty() ? entries.users.size() : 0);
  for (std::size_t entry = 0; entry < entries.users.size(); ++entry) {
    const auto user = at(entries.users[entry]);
    if (held_out[user] != 0) {
      order.push_back(entry);
      if (!keys.empty()) {
        keys[entry] = random_uniform(seed, user, ++place[user]);
      }
    }
  }
  const std::vector<double>& by = keys.empty() ? entries.times : keys;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(entries.users[a], by[a]) < std::pair(entries.users[b], by[b]);
  });
  return order;
}

/// Whole users to the side; the first 80 % of each history, rounded down, at least one entry, is
/// folded in, the rest tested.
Parts hold_out_users(const Triplets& entries, Index users, const SplitOptions& options) {
  const std::vector<std::int64_t> counts = user_counts(entries, users);
  const std::vector<char> held_out = held_out_users(counts, options);
  Parts parts(entries.users.size(), Part::train);
  std::vector<std::int64_t> shown(counts.size(), 0);
  for (const std::size_t entry : histories(entries, held_out, options.seed)) {
    const auto user = at(entries.users[entry]);
    const std::int64_t to_show = std::max<std::int64_t>(counts[user] * 4 / 5, 1);
    parts[entry] = shown[user]++ < to_show ? Part::fold_in : Part::test;
  }
  return parts;
}

Triplets take(const Triplets& entries, const Parts& parts, Part part) {
  Triplets taken;
  const auto size = static_cast<std::size_t>(std::ranges::count(parts, part));
  taken.users.reserve(size);
  taken.items.reserve(size);
  taken.values.reserve(entries.values.empty() ? 0 : size);
  taken.times.reserve(entries.times.empty() ? 0 : size);
  for (std::size_t entry = 0; entry < parts.size(); ++entry) {
    if (parts[entry] == part) {
      taken.users.push_back(entries.users[entry]);
      taken.items.push_back(entries.items[entry]);
      if (!entries.values.empty()) {
        taken.values.push_back(entries.values[entry]);
      }
      if (!entries.times.empty()) {
        taken.times.push_back(entries.times[entry]);
      }
    }
  }
  return taken;
}

bool uses_fraction(SplitMethod method) {
  return method != SplitMethod::leave_last_one && method != SplitMethod::leave_last_two;
}

bool needs_times(SplitMethod method) {
  return method != SplitMethod::random && method != SplitMethod::new_users;
}

void check(const Interactions& interactions, const SplitOptions& options) {
  const Triplets& entries = interactions.triplets;
  check_triplets(entries, interactions.user_ids.size(), interactions.item_ids.size(), "given");
  if (entries.size() == 0) {
    refuse(ErrorCode::invalid_data, "there are no entries. Check the file and its filters.");
  }
  if (uses_fraction(options.method) && !(options.test_fraction > 0 && options.test_fraction < 1)) {
    refuse(ErrorCode::invalid_argument,
           fmt::format("test_fraction is {}, it must be above 0 and below 1. Start with 0.2.",
                       options.test_fraction));
  }
  if (needs_times(options.method) && entries.times.empty()) {
    refuse(ErrorCode::invalid_argument,
           "this split needs times, and the entries have none. Name the column that holds them "
           "with --columns, or split with --split random.");
  }
  const auto bad =
      std::ranges::find_if_not(entries.times, [](double t) { return std::isfinite(t); });
  if (bad != entries.times.end()) {
    refuse(ErrorCode::invalid_data,
           fmt::format("the time of entry {} is {}, it must be a finite number. Correct the entry.",
                       bad - entries.times.begin(),
                       *bad));
  }
}

Parts parts_of(const Triplets& entries, Index users, const SplitOptions& options) {
  switch (options.method) {
    case SplitMethod::leave_last_one:
      return leave_last(entries, users, false);
    case SplitMethod::leave_last_two:
      return leave_last(entries, users, true);
    case SplitMethod::random:
      return hold_out_at_random(entries, users, options);
    case SplitMethod::temporal:
      return cut_in_time(entries, options);
    case SplitMethod::new_users:
      return hold_out_users(entries, users, options);
  }
  refuse(ErrorCode::invalid_argument, "there is no such method. Choose one of SplitMethod.");
}

}  // namespace

Split split(Interactions interactions, const SplitOptions& options) {
  check(interactions, options);
  const Triplets entries = std::move(interactions.triplets);
  const Parts parts = parts_of(entries, interactions.user_ids.size(), options);
  Split result;
  result.train = std::move(interactions);
  result.train.triplets = take(entries, parts, Part::train);
  result.valid = take(entries, parts, Part::valid);
  result.test = take(entries, parts, Part::test);
  result.fold_in = take(entries, parts, Part::fold_in);
  return result;
}

}  // namespace alsace
