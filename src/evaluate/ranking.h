#pragma once

#include "alsace/evaluate.h"

#include "evaluate/metrics.h"
#include "evaluate/test_set.h"

#include <cstddef>
#include <span>
#include <vector>

namespace alsace {

/// Users to score at once: a scorer that can is many times faster so.
std::size_t users_together(const Scorer& scorer, Index items) noexcept;

/// One user's ranking at a time, in buffers that serve the next user too: one thread each.
class Ranking {
 public:
  /// Lists are cut at `longest`; auc costs a second pass and is made `with_auc` only.
  Ranking(const Scorer& scorer, const TestSet& set, int longest, bool with_auc);

  /// Scores the catalogue for up to users_together() users.
  void score(std::span<const Index> users);

  /// Of users[place] scored last: hides what is to be hidden, and ranks the rest.
  void rank(std::size_t place);

  /// Best first, ties by lower row.
  [[nodiscard]] std::span<const Index> list() const noexcept { return list_; }
  [[nodiscard]] const Hits& hits() const noexcept { return hits_; }
  [[nodiscard]] double auc() const noexcept { return auc_; }

 private:
  void hide(Index user);
  void find_hits(std::span<const Index> test_row);
  void find_auc(std::span<const Index> test_row);

  const Scorer* scorer_;
  const TestSet* set_;
  std::size_t longest_;
  bool with_auc_;
  std::vector<Index> users_;
  std::vector<float> all_scores_;  ///< [users_ x items]
  std::span<float> scores_;        ///< [items] of one user; NaN: not part of this ranking.
  std::vector<float> test_scores_;
  std::vector<Index> list_;
  Hits hits_;
  double auc_ = 0;
};

}  // namespace alsace
