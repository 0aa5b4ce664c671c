#include "evaluate/ranking.h"

#include "recommend/top_k.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace alsace {
namespace {

constexpr float hidden = std::numeric_limits<float>::quiet_NaN();

std::int64_t distinct(std::span<const Index> rising) {
  std::int64_t count = 0;
  for (std::size_t place = 0; place < rising.size(); ++place) {
    count += place == 0 || rising[place] != rising[place - 1] ? 1 : 0;
  }
  return count;
}

}  // namespace

std::size_t users_together(const Scorer& scorer, Index items) noexcept {
  constexpr std::size_t most = 32;
  constexpr std::size_t most_scores = std::size_t{1} << 24;  // 64 MiB for each thread.
  return scorer.scores_many
             ? std::clamp<std::size_t>(most_scores / std::max<std::size_t>(at(items), 1), 1, most)
             : 1;
}

Ranking::Ranking(const Scorer& scorer, const TestSet& set, int longest, bool with_auc)
    : scorer_(&scorer),
      set_(&set),
      longest_(std::min(static_cast<std::size_t>(longest), at(set.items))),
      with_auc_(with_auc),
      all_scores_(users_together(scorer, set.items) * at(set.items)) {}

void Ranking::score(std::span<const Index> users) {
  users_.assign(users.begin(), users.end());
  const std::span<float> scores = std::span(all_scores_).first(users.size() * at(set_->items));
  if (scorer_->scores_many) {
    scorer_->scores_many(users, scores);
  } else {
    scorer_->scores(users.front(), scores);
  }
}

void Ranking::rank(std::size_t place) {
  const Index user = users_[place];
  scores_ = std::span(all_scores_).subspan(place * at(set_->items), at(set_->items));
  hide(user);
  if (longest_ > 0) {
    const std::vector<Scored> best = top_k(scores_, longest_);
    list_.resize(best.size());
    std::ranges::transform(best, list_.begin(), &Scored::row);
  }
  find_hits(set_->test.row(user));
  if (with_auc_) {
    find_auc(set_->test.row(user));
  }
}

void Ranking::hide(Index user) {
  if (with_auc_) {
    // A scorer's own NaN means the same as -infinity; only ours mean hidden.
    std::ranges::replace_if(scores_, [](float score) { return std::isnan(score); }, never_listed);
  }
  for (const CsrMatrix& part : set_->hidden) {
    for (const Index item : part.row(user)) {
      scores_[at(item)] = hidden;
    }
  }
}

void Ranking::find_hits(std::span<const Index> test_row) {
  hits_.test_items = distinct(test_row);
  hits_.ranks.clear();
  for (std::size_t place = 0; place < list_.size(); ++place) {
    if (set_->can_hit(list_[place]) && std::ranges::binary_search(test_row, list_[place])) {
      hits_.ranks.push_back(static_cast<std::int64_t>(place) + 1);
    }
  }
}

/// Counts, over pairs of a test item and another item of the ranking, how often the test item has
/// the higher score; twice over, so that halves stay whole numbers.
void Ranking::find_auc(std::span<const Index> test_row) {
  test_scores_.clear();
  for (const Index item : test_row) {
    if (set_->can_hit(item) && !std::isnan(scores_[at(item)])) {
      test_scores_.push_back(scores_[at(item)]);
    }
    scores_[at(item)] = hidden;  // Taken out, and not counted again where the row repeats it.
  }
  std::ranges::sort(test_scores_);
  std::int64_t others = 0;
  std::int64_t twice_won = 0;
  for (const float score : scores_) {
    if (!std::isnan(score)) {
      ++others;
      const auto ties = std::ranges::lower_bound(test_scores_, score);
      const auto above = std::ranges::upper_bound(test_scores_, score);
      twice_won += 2 * (test_scores_.end() - above) + (above - ties);
    }
  }
  auc_ = others == 0 ? 0.5
                     : static_cast<double>(twice_won) / (2.0 * static_cast<double>(others) *
                                                         static_cast<double>(hits_.test_items));
}

}  // namespace alsace
