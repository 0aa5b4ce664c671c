#pragma once

#include "alsace/evaluate.h"

#include "base/thread_pool.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace alsace {

struct Bounds {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
};

/// Wilson's score interval (95 %) of a share of `count` users.
Bounds wilson_interval(double share, std::size_t count);

/// From the 2.5 % to the 97.5 % point of some values, at least one.
Bounds middle_95(std::vector<double> values);

/// Mean over users with its 95 % interval, cut at `limits`: Wilson's where each value is 0 or 1 and
/// the limits are, else mean +- 1.96 s / sqrt(users). A single user has no interval unless it is
/// Wilson's.
MetricValue mean_value(std::span<const double> by_user, Bounds limits);

/// sum(totals) / sum(counts), a mean over entries that come in clusters (users): the interval is
/// 1.96 times the standard error of the ratio, cut at 0.
MetricValue mean_over_entries(std::span<const double> totals, std::span<const double> counts);

/// sqrt(sum(totals) / sum(counts)); the interval is the middle 95 % of 1000 seeded resamples of the
/// users, the same for any number of threads.
MetricValue root_mean_over_entries(std::span<const double> totals,
                                   std::span<const double> counts,
                                   std::uint64_t seed,
                                   ThreadPool& pool);

}  // namespace alsace
