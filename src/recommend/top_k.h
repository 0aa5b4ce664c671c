#pragma once

#include "alsace/recommend.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace alsace {

constexpr float never_listed = -std::numeric_limits<float>::infinity();

/// The order of every list: falling score, ties by lower row.
inline bool ranks_before(const Scored& a, const Scored& b) noexcept {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

/// The best of the rows it is shown; rows at -infinity, or without a number, are never among them.
/// A heap whose front ranks last: O(n + m log size), m the number of times the worst is replaced.
class Best {
 public:
  explicit Best(std::size_t size) : size_(size) {}

  /// Rows first, first + 1, ..., which come after all rows shown before.
  void add(Index first, std::span<const float> scores);

  /// In order; nothing is left.
  std::vector<Scored> take();

 private:
  std::size_t size_;  ///< At least 1.
  std::vector<Scored> heap_;
};

/// The `top_k` best rows in order.
std::vector<Scored> top_k(std::span<const float> scores, std::size_t top_k);

}  // namespace alsace
