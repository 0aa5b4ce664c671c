#pragma once

#include "evaluate/intervals.h"
#include "evaluate/metrics.h"
#include "evaluate/ranking.h"
#include "evaluate/test_set.h"

namespace alsace {

/// A metric as it was asked for.
struct MetricPlan {
  MetricKind kind = MetricKind::recall;
  int k = 0;
  bool sampled = false;
};

/// A metric's value for the user ranked last; NaN of those that no single user has.
double user_value(const MetricPlan& metric, const Ranking& ranking, const TestSet& set);

/// What values of a mean over users can be.
Bounds limits_of(MetricKind kind);

}  // namespace alsace
