#pragma once

#include "evaluate/metrics.h"
#include "evaluate/test_set.h"

#include <span>
#include <vector>

namespace alsace {

/// A user's test items ranked among the candidates given, with nothing hidden. A candidate that is
/// a test item counts as that once. Of equal scores candidates come first, so that a scorer that
/// gives all items one score does not come out well.
class SampledRanking {
 public:
  explicit SampledRanking(const TestSet& set) : set_(&set) {}

  /// `scores`: [items], those of the scorer.
  void rank(Index user, std::span<const float> scores);

  [[nodiscard]] const Hits& hits() const noexcept { return hits_; }
  /// As of a Ranking, the others being the candidates: ties count one half.
  [[nodiscard]] double auc() const noexcept { return auc_; }

 private:
  const TestSet* set_;
  std::vector<float> tests_;       ///< Falling.
  std::vector<float> candidates_;  ///< Rising.
  Hits hits_;
  double auc_ = 0;
};

}  // namespace alsace
