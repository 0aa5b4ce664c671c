#pragma once

#include "alsace/evaluate.h"

#include "evaluate/metrics.h"
#include "evaluate/sampled.h"
#include "evaluate/test_set.h"

#include <cstddef>
#include <span>
#include <vector>

namespace alsace {

/// What rankings are made for.
struct RankingOptions {
  int longest = 0;       ///< Lists are cut here.
  bool auc = false;      ///< Costs a second pass.
  bool sampled = false;  ///< Also the ranking among candidates.
};

/// One user's ranking at a time, in buffers that serve the next user too: one thread each.
class Ranking {
 public:
  Ranking(const Scorer& scorer, const TestSet& set, const RankingOptions& options);

  /// Scores the catalogue, hides what is to be hidden, and ranks the rest.
  void rank(Index user);

  /// Best first, ties by lower row.
  [[nodiscard]] std::span<const Index> list() const noexcept { return list_; }
  [[nodiscard]] const Hits& hits() const noexcept { return hits_; }
  [[nodiscard]] double auc() const noexcept { return auc_; }
  [[nodiscard]] const SampledRanking& sampled() const noexcept { return sampled_; }
  [[nodiscard]] Index user() const noexcept { return user_; }  ///< Ranked last.

 private:
  void hide(Index user);
  void find_hits(std::span<const Index> test_row);
  void find_auc(std::span<const Index> test_row);

  const Scorer* scorer_;
  const TestSet* set_;
  std::size_t longest_;
  bool with_auc_;
  bool with_sampled_;
  Index user_ = 0;
  std::vector<float> scores_;  ///< [items]; NaN: not part of this ranking.
  std::vector<float> test_scores_;
  std::vector<Index> list_;
  Hits hits_;
  double auc_ = 0;
  SampledRanking sampled_;
};

}  // namespace alsace
