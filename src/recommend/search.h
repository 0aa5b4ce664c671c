#pragma once

#include "alsace/factors.h"
#include "alsace/recommend.h"

#include "kernels/scores.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace alsace {

/// Queries that a table passes by once for: enough for it not to wait for memory.
constexpr std::size_t queries_together = 32;

/// How many of `count` queries one task takes, so that every worker has some.
inline std::size_t queries_per_task(std::size_t count, int workers) {
  const auto share =
      (count + static_cast<std::size_t>(workers) - 1) / static_cast<std::size_t>(workers);
  return std::clamp<std::size_t>(share, 1, queries_together);
}

inline kernels::Rows rows_of(FactorView table) {
  return {.first = table.data,
          .count = static_cast<std::size_t>(table.rows),
          .length = static_cast<std::size_t>(table.factors),
          .stride = table.stride};
}

/// Changes the scores of a query for the rows from `first` on, before the best are picked.
using Finish = std::function<void(std::size_t query, std::size_t first, std::span<float> scores)>;

/// The best rows of a table for each of a few queries: it passes by once, block by block. A list
/// has the same bits whatever queries are beside it.
std::vector<std::vector<Scored>> search(const kernels::Rows& table,
                                        std::span<const float* const> queries,
                                        std::size_t top_k,
                                        const Finish& finish);

/// Takes rows out of lists: scores are those of the rows from `first` on, `rows` rise.
void hide(std::span<const Index> rows, std::size_t first, std::span<float> scores);

}  // namespace alsace
