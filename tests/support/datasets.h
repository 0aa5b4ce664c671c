#pragma once

#include "alsace/interactions.h"
#include "alsace/read.h"

#include "base/random.h"
#include "support/data.h"

#include <string>
#include <vector>

namespace alsace::test {

/// Reads and prepares files of the real data sets.
inline Interactions load(const std::vector<std::string>& names,
                         const ReadOptions& reading = {},
                         const PrepareOptions& preparing = {}) {
  std::vector<std::filesystem::path> files;
  for (const std::string& name : names) {
    files.push_back(data_file(name));
  }
  return prepare(read_interactions(files, reading), preparing);
}

inline Interactions movielens_100k_likes() {
  return load({"movielens-100k/loo-ge4/train.tsv"}, {.columns = {"user", "item"}});
}
inline Interactions lastfm() {
  return load({"lastfm-hetrec2011/user_artists.dat"});
}
inline Interactions movielens_1m_likes() {
  return load({"movielens-1m/interactions.tsv"}, {}, {.min_value = 4, .binary = true});
}

/// Interactions named u0, u1, ..., i0, i1, ... from (user, item, value).
struct Entry {
  Index user;
  Index item;
  float value = 1.0F;
};
inline Interactions interactions_of(const std::vector<Entry>& entries, Index users, Index items) {
  Interactions result;
  for (Index user = 0; user < users; ++user) {
    result.user_ids.find_or_add("u" + std::to_string(user));
  }
  for (Index item = 0; item < items; ++item) {
    result.item_ids.find_or_add("i" + std::to_string(item));
  }
  for (const Entry& entry : entries) {
    result.triplets.users.push_back(entry.user);
    result.triplets.items.push_back(entry.item);
    result.triplets.values.push_back(entry.value);
  }
  return result;
}

/// Two groups of three users and three items: each user likes the items of their own group, but u0
/// has not met i2 yet. Everyone sees what to recommend to u0.
inline Interactions two_taste_groups() {
  return interactions_of({{0, 0},
                          {0, 1},
                          {1, 0},
                          {1, 1},
                          {1, 2},
                          {2, 0},
                          {2, 1},
                          {2, 2},
                          {3, 3},
                          {3, 4},
                          {3, 5},
                          {4, 3},
                          {4, 4},
                          {4, 5},
                          {5, 3},
                          {5, 4},
                          {5, 5}},
                         6,
                         6);
}

/// Random interactions with values 1 to 5, and some users and items without any.
inline Interactions random_interactions(Index users, Index items, std::uint64_t seed) {
  std::vector<Entry> entries;
  for (Index user = 0; user < users; ++user) {
    for (Index item = 0; item < items; ++item) {
      const auto a = static_cast<std::uint64_t>(user);
      const auto b = static_cast<std::uint64_t>(item);
      if (user % 9 != 4 && item % 7 != 5 && random_uniform(seed, a, b) < 0.2) {
        const double value = 1 + std::floor(5 * random_uniform(seed + 1, a, b));
        entries.push_back({user, item, static_cast<float>(value)});
      }
    }
  }
  return interactions_of(entries, users, items);
}

}  // namespace alsace::test
