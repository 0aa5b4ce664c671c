#include "evaluate/intervals.h"

#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace alsace {
namespace {

constexpr double z = 1.96;  // 95 % of a normal distribution lies within z standard deviations.
constexpr std::size_t resamples = 1000;

double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Between the two sorted values next to the place, as most statistics packages do by default.
double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - std::floor(place));
}

double resampled_mean(std::span<const double> totals,
                      std::span<const double> counts,
                      RandomStream random) {
  double total = 0;
  double count = 0;
  for (std::size_t draw = 0; draw < totals.size(); ++draw) {
    const auto user = static_cast<std::size_t>(random.below(totals.size()));
    total += totals[user];
    count += counts[user];
  }
  return total / count;
}

}  // namespace

Bounds middle_95(std::vector<double> values) {
  std::ranges::sort(values);
  return {.low = quantile(values, 0.025), .high = quantile(values, 0.975)};
}

Bounds wilson_interval(double share, std::size_t count) {
  const auto n = static_cast<double>(count);
  const double scale = 1.0 / (1.0 + z * z / n);
  const double middle = (share + z * z / (2.0 * n)) * scale;
  const double half = z * scale * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
  // At a share of 0 or 1 that end is exact; rounding must not push it past the share itself.
  return {share <= 0 ? 0.0 : std::max(0.0, middle - half),
          share >= 1 ? 1.0 : std::min(1.0, middle + half)};
}

MetricValue mean_value(std::span<const double> by_user, Bounds limits) {
  const auto n = static_cast<double>(by_user.size());
  MetricValue value{.mean = sum(by_user) / n, .low = {}, .high = {}};
  const bool is_share = limits.low == 0 && limits.high == 1 &&
                        std::ranges::all_of(by_user, [](double v) { return v == 0 || v == 1; });
  if (is_share) {
    const Bounds bounds = wilson_interval(value.mean, by_user.size());
    value.low = bounds.low;
    value.high = bounds.high;
  } else if (by_user.size() > 1) {
    double squares = 0;
    for (const double v : by_user) {
      squares += (v - value.mean) * (v - value.mean);
    }
    const double half = z * std::sqrt(squares / (n - 1.0) / n);
    value.low = std::max(limits.low, value.mean - half);
    value.high = std::min(limits.high, value.mean + half);
  }
  return value;
}

MetricValue mean_over_entries(std::span<const double> totals, std::span<const double> counts) {
  const double entries = sum(counts);
  MetricValue value{.mean = sum(totals) / entries, .low = {}, .high = {}};
  if (totals.size() > 1) {
    double squares = 0;
    for (std::size_t user = 0; user < totals.size(); ++user) {
      const double residual = totals[user] - value.mean * counts[user];
      squares += residual * residual;
    }
    const auto n = static_cast<double>(totals.size());
    const double half = z * std::sqrt(squares * n / (n - 1.0)) / entries;
    value.low = std::max(0.0, value.mean - half);
    value.high = value.mean + half;
  }
  return value;
}

MetricValue root_mean_over_entries(std::span<const double> totals,
                                   std::span<const double> counts,
                                   std::uint64_t seed,
                                   ThreadPool& pool) {
  MetricValue value{.mean = std::sqrt(sum(totals) / sum(counts)), .low = {}, .high = {}};
  if (totals.size() > 1) {
    std::vector<double> roots(resamples);
    pool.run(resamples, [&](std::size_t resample, int) {
      roots[resample] = std::sqrt(resampled_mean(totals, counts, RandomStream(seed, resample)));
    });
    const Bounds middle = middle_95(std::move(roots));
    value.low = middle.low;
    value.high = middle.high;
  }
  return value;
}

}  // namespace alsace
