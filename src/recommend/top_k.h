#pragma once

#include "alsace/recommend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace alsace {

constexpr float never_listed = -std::numeric_limits<float>::infinity();

/// The order of every list: falling score, ties by lower row.
inline bool ranks_before(const Scored& a, const Scored& b) noexcept {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

/// The `top_k` best rows in order; rows at -infinity are never among them.
/// One pass with a heap of top_k: O(n + m log top_k), m the number of times the worst is replaced.
inline std::vector<Scored> top_k(std::span<const float> scores, std::size_t top_k) {
  std::vector<Scored> best;  // A heap whose front ranks last.
  best.reserve(std::min(top_k, scores.size()));
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const Scored candidate{.row = static_cast<Index>(row), .score = scores[row]};
    if (!(candidate.score > never_listed)) {
      continue;
    }
    if (best.size() < top_k) {
      best.push_back(candidate);
      std::ranges::push_heap(best, ranks_before);
    } else if (ranks_before(candidate, best.front())) {
      std::ranges::pop_heap(best, ranks_before);
      best.back() = candidate;
      std::ranges::push_heap(best, ranks_before);
    }
  }
  std::ranges::sort_heap(best, ranks_before);
  return best;
}

}  // namespace alsace
