#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/evaluate.h"
#include "alsace/interactions.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace alsace {

/// A row number as a place in a vector.
inline std::size_t at(Index row) noexcept {
  return static_cast<std::size_t>(row);
}

/// @throws Error invalid_argument when columns differ in length or a row number is out of range.
void check_triplets(const Triplets& triplets, Index users, Index items, std::string_view what);

/// Entries per item, [items].
std::vector<std::int64_t> item_counts(const Triplets& triplets, Index items);

/// A split seen by user, and who is tested on it.
struct TestSet {
  Index users = 0;
  Index items = 0;
  CsrMatrix test;  ///< [users x items]
  /// What ranking leaves out for a user: training, fold-in, and low pairs when they are to be
  /// hidden. [users x items] each.
  std::vector<CsrMatrix> hidden;
  std::size_t history_parts = 0;     ///< The first of `hidden`: training and fold-in.
  CsrMatrix candidates;              ///< [users x items], or none.
  std::vector<std::int64_t> counts;  ///< Training interactions of each item. [items]
  Index training_users = 0;          ///< Users with a training interaction.
  std::vector<Index> test_users;     ///< Ranked for: they have something to learn from. Rising.
  std::vector<Index> rated_users;    ///< Every user with a test entry, for rmse and mae. Rising.

  /// What is known of a user: items in training, and in fold-in.
  [[nodiscard]] std::vector<Index> history(Index user) const;
  [[nodiscard]] std::int64_t activity(Index user) const;

  /// A test item nobody was trained on is a miss, whoever lists it. Without any training data
  /// (lists made elsewhere) nothing is known about that, and every item can be hit.
  [[nodiscard]] bool can_hit(Index item) const noexcept {
    return training_users == 0 || counts[at(item)] > 0;
  }
};

TestSet test_set(const Split& split, bool hide_low);

/// evaluate() with a test set made before, for many scorers of one split; options.hide_low is the
/// set's.
Evaluation evaluate_on(const TestSet& set,
                       const Scorer& scorer,
                       const Split& split,
                       const EvaluateOptions& options);

}  // namespace alsace
