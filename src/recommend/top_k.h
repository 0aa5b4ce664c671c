#pragma once

#include "alsace/recommend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace alsace {

constexpr float never_listed = -std::numeric_limits<float>::infinity();

/// The order of every list: falling score, ties by lower row.
inline bool ranks_before(const Scored& a, const Scored& b) noexcept {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

/// The best of the rows it is shown; rows at -infinity are never among them. A heap whose front
/// ranks last: O(n + m log size), m the number of times the worst is replaced.
class Best {
 public:
  explicit Best(std::size_t size) : size_(size) {}

  void add(Index row, float score) {
    const Scored candidate{.row = row, .score = score};
    if (!(score > never_listed)) {
      return;
    }
    if (heap_.size() < size_) {
      heap_.push_back(candidate);
      std::ranges::push_heap(heap_, ranks_before);
    } else if (ranks_before(candidate, heap_.front())) {
      std::ranges::pop_heap(heap_, ranks_before);
      heap_.back() = candidate;
      std::ranges::push_heap(heap_, ranks_before);
    }
  }

  /// In order; nothing is left.
  std::vector<Scored> take() {
    std::ranges::sort_heap(heap_, ranks_before);
    return std::exchange(heap_, {});
  }

 private:
  std::size_t size_;  ///< At least 1.
  std::vector<Scored> heap_;
};

/// The `top_k` best rows in order.
inline std::vector<Scored> top_k(std::span<const float> scores, std::size_t top_k) {
  Best best(top_k);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    best.add(static_cast<Index>(row), scores[row]);
  }
  return best.take();
}

}  // namespace alsace
