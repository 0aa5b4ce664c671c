#pragma once

#include "alsace/evaluate.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace alsace {

enum class MetricKind {
  recall,
  recall_capped,
  ndcg,
  precision,
  map,
  mrr,
  hit_rate,
  auc,
  coverage,
  novelty,
  popularity_bias,
  personalization,
  rmse,
  mae
};

/// @throws Error invalid_argument for an unknown name, or a cut-off where there is none to give, or
///         none where there must be.
MetricKind kind_of(const Metric& metric);

/// Where a user's test items came in the list.
struct Hits {
  std::vector<std::int64_t> ranks;  ///< From 1, rising.
  std::int64_t test_items = 0;      ///< >= 1, also those that no list can hold.
};

/// The formulas of docs/evaluation.md for one user and a list cut at k.
double recall(const Hits& hits, int k);
double recall_capped(const Hits& hits, int k);
double ndcg(const Hits& hits, int k);
double precision(const Hits& hits, int k);
double average_precision(const Hits& hits, int k);
double reciprocal_rank(const Hits& hits, int k);
double hit_rate(const Hits& hits, int k);

/// Mean of -log2(max(count, 1) / users) over the listed items; 0 for an empty list.
double novelty(std::span<const Index> list, std::span<const std::int64_t> counts, Index users);

/// Mean count of the listed items over mean count of the user's history, less 1; 0 when either is
/// empty. An item of a history counts at least 1.
double popularity_bias(std::span<const Index> list,
                       std::span<const Index> history,
                       std::span<const std::int64_t> counts);

/// Of all lists together, from how many of them hold each item.
double coverage(std::span<const std::int64_t> listed);
/// Mean over pairs of users of 1 - |common items| / k; 0 with fewer than two users.
double personalization(std::span<const std::int64_t> listed, int k, std::size_t users);

}  // namespace alsace
