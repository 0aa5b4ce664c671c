#include "evaluate/test_set.h"

#include "alsace/error.h"

#include "matrix/csr.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace alsace {
namespace {

void check_length(std::size_t length,
                  std::size_t expected,
                  std::string_view column,
                  std::string_view what) {
  if (length != expected) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("evaluate: the {} entries have {} users, but {} {}. Give columns of "
                            "one length.",
                            what,
                            expected,
                            length,
                            column));
  }
}

void check_rows(std::span<const Index> rows,
                Index count,
                std::string_view side,
                std::string_view what) {
  const auto bad =
      std::ranges::find_if(rows, [count](Index row) { return row < 0 || row >= count; });
  if (bad != rows.end()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("evaluate: {} row {} of the {} entries is out of range, there are {}. "
                            "Read all files over one set of ids.",
                            side,
                            *bad,
                            what,
                            count));
  }
}

void check_split(const Split& split) {
  const Index users = split.train.user_ids.size();
  const Index items = split.train.item_ids.size();
  check_triplets(split.train.triplets, users, items, "training");
  check_triplets(split.train.low, users, items, "low");
  check_triplets(split.valid, users, items, "validation");
  check_triplets(split.test, users, items, "test");
  check_triplets(split.fold_in, users, items, "fold-in");
  check_triplets(split.candidates, users, items, "candidate");
}

std::vector<char> users_of(const Triplets& triplets, Index users) {
  std::vector<char> there(at(users), 0);
  for (const Index user : triplets.users) {
    there[at(user)] = 1;
  }
  return there;
}

/// Users something can be known of. Without any training data that rule cannot be applied.
std::vector<char> known_users(const Split& split) {
  const Index users = split.train.user_ids.size();
  std::vector<char> known = users_of(split.train.triplets, users);
  for (const Index user : split.fold_in.users) {
    known[at(user)] = 1;
  }
  if (split.train.triplets.size() == 0 && split.fold_in.size() == 0) {
    known.assign(at(users), 1);
  }
  return known;
}

}  // namespace

void check_triplets(const Triplets& triplets, Index users, Index items, std::string_view what) {
  const std::size_t length = triplets.users.size();
  check_length(triplets.items.size(), length, "items", what);
  if (!triplets.values.empty()) {
    check_length(triplets.values.size(), length, "values", what);
  }
  if (!triplets.times.empty()) {
    check_length(triplets.times.size(), length, "times", what);
  }
  check_rows(triplets.users, users, "user", what);
  check_rows(triplets.items, items, "item", what);
}

std::vector<std::int64_t> item_counts(const Triplets& triplets, Index items) {
  std::vector<std::int64_t> counts(at(items), 0);
  for (const Index item : triplets.items) {
    ++counts[at(item)];
  }
  return counts;
}

std::vector<Index> TestSet::history(Index user) const {
  std::vector<Index> history;
  for (std::size_t part = 0; part < history_parts; ++part) {
    const std::span<const Index> row = hidden[part].row(user);
    history.insert(history.end(), row.begin(), row.end());
  }
  return history;
}

std::int64_t TestSet::activity(Index user) const {
  std::int64_t entries = 0;
  for (std::size_t part = 0; part < history_parts; ++part) {
    entries += std::ssize(hidden[part].row(user));
  }
  return entries;
}

TestSet test_set(const Split& split, bool hide_low) {
  check_split(split);
  TestSet set;
  set.users = split.train.user_ids.size();
  set.items = split.train.item_ids.size();
  set.test = to_csr(split.test, set.users, set.items);
  set.counts = item_counts(split.train.triplets, set.items);
  const std::vector<char> trained = users_of(split.train.triplets, set.users);
  set.training_users = static_cast<Index>(std::ranges::count(trained, 1));

  set.hidden.push_back(to_csr(split.train.triplets, set.users, set.items));
  if (split.fold_in.size() > 0) {
    set.hidden.push_back(to_csr(split.fold_in, set.users, set.items));
  }
  set.history_parts = set.hidden.size();
  if (hide_low && split.train.low.size() > 0) {
    set.hidden.push_back(to_csr(split.train.low, set.users, set.items));
  }
  if (split.candidates.size() > 0) {
    set.candidates = to_csr(split.candidates, set.users, set.items);
  }
  const std::vector<char> known = known_users(split);
  for (Index user = 0; user < set.users; ++user) {
    if (set.test.row(user).empty()) {
      continue;
    }
    set.rated_users.push_back(user);
    if (known[at(user)] != 0) {
      set.test_users.push_back(user);
    }
  }
  return set;
}

SplitFacts facts(const Split& split) {
  check_split(split);
  SplitFacts facts;
  facts.users = split.train.user_ids.size();
  facts.items = split.train.item_ids.size();
  facts.train_interactions = split.train.triplets.size();
  facts.test_interactions = split.test.size();
  const std::vector<char> tested = users_of(split.test, facts.users);
  const std::vector<char> known = known_users(split);
  for (std::size_t user = 0; user < tested.size(); ++user) {
    facts.test_users += static_cast<Index>(tested[user] != 0 && known[user] != 0);
    facts.users_left_out += static_cast<Index>(tested[user] != 0 && known[user] == 0);
  }
  if (facts.train_interactions > 0) {
    const std::vector<std::int64_t> counts = item_counts(split.train.triplets, facts.items);
    facts.untrained_test_items =
        std::ranges::count_if(split.test.items, [&](Index item) { return counts[at(item)] == 0; });
  }
  return facts;
}

}  // namespace alsace
