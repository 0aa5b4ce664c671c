#include "evaluate/sampled.h"

#include "recommend/top_k.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

namespace alsace {
namespace {

/// Calls body(item) for each item of a rising row once.
template <class Body>
void each_distinct(std::span<const Index> rising, Body body) {
  for (std::size_t place = 0; place < rising.size(); ++place) {
    if (place == 0 || rising[place] != rising[place - 1]) {
      body(rising[place]);
    }
  }
}

}  // namespace

void SampledRanking::rank(Index user, std::span<const float> scores) {
  const std::span<const Index> test_row = set_->test.row(user);
  const auto score_of = [&](Index item) {
    const float score = scores[at(item)];
    return std::isnan(score) ? never_listed : score;
  };
  tests_.clear();
  hits_.ranks.clear();
  hits_.test_items = 0;
  each_distinct(test_row, [&](Index item) {
    ++hits_.test_items;
    if (set_->can_hit(item)) {
      tests_.push_back(score_of(item));
    }
  });
  candidates_.clear();
  each_distinct(set_->candidates.row(user), [&](Index item) {
    if (!std::ranges::binary_search(test_row, item)) {
      candidates_.push_back(score_of(item));
    }
  });
  std::ranges::sort(tests_, std::greater<>());
  std::ranges::sort(candidates_);

  std::int64_t twice_won = 0;
  for (std::size_t place = 0; place < tests_.size(); ++place) {
    const auto not_below = std::ranges::lower_bound(candidates_, tests_[place]);
    const auto above = std::ranges::upper_bound(candidates_, tests_[place]);
    if (tests_[place] > never_listed) {
      hits_.ranks.push_back(static_cast<std::int64_t>(place) + 1 + (candidates_.end() - not_below));
    }
    twice_won += 2 * (not_below - candidates_.begin()) + (above - not_below);
  }
  auc_ = candidates_.empty()
             ? 0.5
             : static_cast<double>(twice_won) / (2.0 * static_cast<double>(candidates_.size()) *
                                                 static_cast<double>(hits_.test_items));
}

}  // namespace alsace
