#include "evaluate/user_value.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

namespace alsace {

double user_value(const MetricPlan& metric, const Ranking& ranking, const TestSet& set) {
  const int k = metric.k;
  const Hits& hits = metric.sampled ? ranking.sampled().hits() : ranking.hits();
  const std::span<const Index> list =
      ranking.list().first(std::min(ranking.list().size(), static_cast<std::size_t>(k)));
  switch (metric.kind) {
    case MetricKind::recall:
      return recall(hits, k);
    case MetricKind::recall_capped:
      return recall_capped(hits, k);
    case MetricKind::ndcg:
      return ndcg(hits, k);
    case MetricKind::precision:
      return precision(hits, k);
    case MetricKind::map:
      return average_precision(hits, k);
    case MetricKind::mrr:
      return reciprocal_rank(hits, k);
    case MetricKind::hit_rate:
      return hit_rate(hits, k);
    case MetricKind::auc:
      return metric.sampled ? ranking.sampled().auc() : ranking.auc();
    case MetricKind::novelty:
      return novelty(list, set.counts, set.training_users);
    case MetricKind::popularity_bias:
      return popularity_bias(list, set.history(ranking.user()), set.counts);
    case MetricKind::coverage:
    case MetricKind::personalization:
    case MetricKind::rmse:
    case MetricKind::mae:
      break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

Bounds limits_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::novelty:
      return {.low = 0};
    case MetricKind::popularity_bias:
      return {.low = -1};
    default:
      return {.low = 0, .high = 1};
  }
}

}  // namespace alsace
