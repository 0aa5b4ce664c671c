#pragma once

#include "alsace/evaluate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alsace {

/// Rows 0, 1, 2, ... named prefix0, prefix1, ...
inline IdTable numbered_ids(const std::string& prefix, Index count) {
  IdTable ids;
  for (Index row = 0; row < count; ++row) {
    ids.find_or_add(prefix + std::to_string(row));
  }
  return ids;
}

inline Interactions with_ids(Triplets triplets, Index users, Index items) {
  Interactions interactions;
  interactions.triplets = std::move(triplets);
  interactions.user_ids = numbered_ids("u", users);
  interactions.item_ids = numbered_ids("i", items);
  return interactions;
}

/// Pairs without values or times.
inline Triplets pairs(std::initializer_list<std::pair<Index, Index>> entries) {
  Triplets triplets;
  for (const auto& [user, item] : entries) {
    triplets.users.push_back(user);
    triplets.items.push_back(item);
  }
  return triplets;
}

inline std::vector<std::pair<Index, Index>> pairs_of(const Triplets& triplets) {
  std::vector<std::pair<Index, Index>> result;
  for (std::size_t entry = 0; entry < triplets.users.size(); ++entry) {
    result.emplace_back(triplets.users[entry], triplets.items[entry]);
  }
  return result;
}

inline constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// The scores of items 0, 1, ... for a user.
inline std::vector<float> scores_of(const Scorer& scorer, Index user, std::size_t items) {
  std::vector<float> scores(items);
  scorer.scores(user, scores);
  return scores;
}

/// Every user gets the row of the table that is theirs.
inline Scorer table_scorer(std::vector<std::vector<float>> table) {
  const auto shared = std::make_shared<const std::vector<std::vector<float>>>(std::move(table));
  return {.name = "table",
          .scores =
              [shared](Index user, std::span<float> scores) {
                std::ranges::copy((*shared)[static_cast<std::size_t>(user)], scores.begin());
              },
          .predict = {}};
}

/// The worked example of docs/evaluation.md: five users, items a to f (rows 0 to 5).
///
///     user   trained on   tested on        popularity ranks (less training)
///     u0     a b          c d e            c d e f
///     u1     a c          d                b d e f
///     u2     a b c        f                d e f
///     u3     -            a                left out
///     u4     d            b                a b c e f
///
/// Training counts: a 3, b 2, c 2, d 1, e 0, f 0.
inline Split worked_example() {
  Split split;
  split.train =
      with_ids(pairs({{0, 0}, {0, 1}, {1, 0}, {1, 2}, {2, 0}, {2, 1}, {2, 2}, {4, 3}}), 5, 6);
  split.test = pairs({{0, 2}, {0, 3}, {0, 4}, {1, 3}, {2, 5}, {3, 0}, {4, 1}});
  return split;
}

}  // namespace alsace
