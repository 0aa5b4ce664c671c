#include "evaluate/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace alsace {
namespace {

constexpr float hidden = std::numeric_limits<float>::quiet_NaN();
constexpr float never = -std::numeric_limits<float>::infinity();

std::int64_t distinct(std::span<const Index> rising) {
  std::int64_t count = 0;
  for (std::size_t place = 0; place < rising.size(); ++place) {
    count += place == 0 || rising[place] != rising[place - 1] ? 1 : 0;
  }
  return count;
}

}  // namespace

Ranking::Ranking(const Scorer& scorer, const TestSet& set, int longest, bool with_auc)
    : scorer_(&scorer),
      set_(&set),
      longest_(std::min(static_cast<std::size_t>(longest), at(set.items))),
      with_auc_(with_auc),
      scores_(at(set.items)) {}

void Ranking::rank(Index user) {
  scorer_->scores(user, scores_);
  hide(user);
  find_list();
  find_hits(set_->test.row(user));
  if (with_auc_) {
    find_auc(set_->test.row(user));
  }
}

void Ranking::hide(Index user) {
  if (with_auc_) {
    // A scorer's own NaN means the same as -infinity; only ours mean hidden.
    std::ranges::replace_if(scores_, [](float score) { return std::isnan(score); }, never);
  }
  for (const CsrMatrix& part : set_->hidden) {
    for (const Index item : part.row(user)) {
      scores_[at(item)] = hidden;
    }
  }
}

/// A heap of the best so far, its worst on top. Items come in rising order, so one that only ties
/// with the worst is behind it, and most items cost a single comparison.
void Ranking::find_list() {
  const auto better = [](const Entry& a, const Entry& b) {
    return a.score > b.score || (a.score == b.score && a.item < b.item);
  };
  heap_.clear();
  float threshold = never;  // Neither -infinity nor NaN is above it.
  for (Index item = 0; item < set_->items && longest_ > 0; ++item) {
    if (!(scores_[at(item)] > threshold)) {
      continue;
    }
    if (heap_.size() == longest_) {
      std::ranges::pop_heap(heap_, better);
      heap_.pop_back();
    }
    heap_.push_back({scores_[at(item)], item});
    std::ranges::push_heap(heap_, better);
    threshold = heap_.size() == longest_ ? heap_.front().score : never;
  }
  std::ranges::sort_heap(heap_, better);
  list_.resize(heap_.size());
  std::ranges::transform(heap_, list_.begin(), &Entry::item);
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
      const auto ties = std::ranges::equal_range(test_scores_, score);
      twice_won += 2 * (test_scores_.end() - ties.end()) + std::ssize(ties);
    }
  }
  auc_ = others == 0 ? 0.5
                     : static_cast<double>(twice_won) / (2.0 * static_cast<double>(others) *
                                                         static_cast<double>(hits_.test_items));
}

}  // namespace alsace
