#include "recommend/search.h"

#include "recommend/top_k.h"

namespace alsace {
namespace {

constexpr std::size_t block_scores = 8192;  // 32 KiB: read again from a near cache.

}  // namespace

std::vector<std::vector<Scored>> search(const kernels::Rows& table,
                                        std::span<const float* const> queries,
                                        std::size_t top_k,
                                        const Finish& finish) {
  const std::size_t block_rows =
      std::max<std::size_t>(block_scores / std::max<std::size_t>(queries.size(), 1), 64);
  std::vector<float> scores(block_rows * queries.size());
  std::vector<Best> best(queries.size(), Best(top_k));
  for (std::size_t first = 0; first < table.count; first += block_rows) {
    const kernels::Rows block = table.part(first, std::min(block_rows, table.count - first));
    kernels::score_rows(block, queries.data(), queries.size(), scores.data(), block_rows);
    for (std::size_t query = 0; query < queries.size(); ++query) {
      const std::span<float> own(scores.data() + query * block_rows, block.count);
      finish(query, first, own);
      best[query].add(static_cast<Index>(first), own);
    }
  }
  std::vector<std::vector<Scored>> lists(queries.size());
  std::ranges::transform(best, lists.begin(), [](Best& list) { return list.take(); });
  return lists;
}

void hide(std::span<const Index> rows, std::size_t first, std::span<float> scores) {
  for (auto row = std::ranges::lower_bound(rows, static_cast<Index>(first));
       row != rows.end() && static_cast<std::size_t>(*row) < first + scores.size();
       ++row) {
    scores[static_cast<std::size_t>(*row) - first] = never_listed;
  }
}

}  // namespace alsace
