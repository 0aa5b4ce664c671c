#include "alsace/tune.h"

#include "base/random.h"
#include "evaluate/test_set.h"
#include "evaluate/tune_users.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace alsace {
namespace {

/// A sample has about so many users at least, or a sixth of all where that is more.
constexpr double least_sample = 1000;
constexpr double least_share = 1.0 / 6;

/// Of pairs that both have, those of `to` stay.
void append(Triplets& to, const Triplets& from) {
  const auto pair = [](const Triplets& part, std::size_t entry) {
    return static_cast<std::uint64_t>(part.users[entry]) << 32U |
           static_cast<std::uint64_t>(part.items[entry]);
  };
  std::unordered_set<std::uint64_t> added;
  for (std::size_t entry = 0; entry < from.users.size(); ++entry) {
    added.insert(pair(from, entry));
  }
  for (std::size_t entry = 0; entry < to.users.size(); ++entry) {
    added.erase(pair(to, entry));
  }
  if (to.values.empty() && !from.values.empty()) {
    to.values.assign(to.users.size(), 1.0F);
  }
  const bool timed = to.times.size() == to.users.size() && from.times.size() == from.users.size();
  for (std::size_t entry = 0; entry < from.users.size(); ++entry) {
    if (added.erase(pair(from, entry)) == 0) {
      continue;
    }
    if (!to.values.empty() || !from.values.empty()) {
      to.values.push_back(from.value(static_cast<std::int64_t>(entry)));
    }
    if (timed) {
      to.times.push_back(from.times[entry]);
    }
    to.users.push_back(from.users[entry]);
    to.items.push_back(from.items[entry]);
  }
  if (!timed) {
    to.times.clear();
  }
}

/// The entries of a share of the users, drawn by (seed, user).
Triplets entries_of_some(const Triplets& entries, double share, std::uint64_t seed) {
  Triplets some;
  for (std::size_t entry = 0; entry < entries.users.size(); ++entry) {
    const auto user = static_cast<std::uint64_t>(entries.users[entry]);
    if (random_uniform(seed, user, 0x73616d70) < share) {
      some.users.push_back(entries.users[entry]);
      some.items.push_back(entries.items[entry]);
      if (!entries.values.empty()) {
        some.values.push_back(entries.values[entry]);
      }
    }
  }
  return some;
}

}  // namespace

TuneUsers::TuneUsers(const Split& seen, bool hide_low, std::uint64_t seed) : hide_low_(hide_low) {
  split_.train.user_ids = seen.train.user_ids;
  split_.train.item_ids = seen.train.item_ids;
  const auto copy = [](const Triplets& from) {
    return Triplets{.users = from.users, .items = from.items, .values = from.values, .times = {}};
  };
  split_.train.triplets = copy(seen.train.triplets);
  if (hide_low) {
    split_.train.low = copy(seen.train.low);
  }
  split_.test = copy(seen.test);
  split_.fold_in = copy(seen.fold_in);
  const SplitFacts facts = alsace::facts(split_);
  const double share = std::max(least_share, least_sample / std::max<Index>(facts.test_users, 1));
  others_ = share < 1 ? entries_of_some(split_.test, share, seed) : split_.test;
  set_ = test_set(split_, hide_low_);
}

void TuneUsers::take_sample(bool sampled) {
  if (sampled != is_sample_) {
    std::swap(split_.test, others_);
    is_sample_ = sampled;
    set_ = test_set(split_, hide_low_);
  }
}

void TuneUsers::weigh_errors(std::span<const Index> users, std::vector<double>& by_user) const {
  std::vector<std::int64_t> counts(at(split_.train.user_ids.size()), 0);
  for (const Index user : split_.test.users) {
    ++counts[at(user)];
  }
  const auto mean = static_cast<double>(split_.test.size()) / static_cast<double>(users.size());
  for (std::size_t i = 0; i < users.size(); ++i) {
    by_user[i] *= -static_cast<double>(counts[at(users[i])]) / mean;
  }
}

Split validation_split(const Split& split, const SplitOptions& how) {
  Split seen;
  seen.train = split.train;
  if (split.valid.size() > 0) {
    seen.test = split.valid;
    return seen;
  }
  SplitOptions again = how;
  again.seed = mix_bits(how.seed + 1);
  if (again.method == SplitMethod::leave_last_two) {
    again.method = SplitMethod::leave_last_one;
  }
  return alsace::split(std::move(seen.train), again);
}

Split with_validation(Split split) {
  append(split.train.triplets, split.valid);
  split.valid = {};
  return split;
}

Interactions all_of(Split split) {
  for (const Triplets* part : {&split.valid, &split.fold_in, &split.test}) {
    append(split.train.triplets, *part);
  }
  return std::move(split.train);
}

}  // namespace alsace
