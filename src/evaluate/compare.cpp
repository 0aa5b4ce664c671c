#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "base/random.h"
#include "base/thread_pool.h"
#include "evaluate/groups.h"
#include "evaluate/intervals.h"
#include "evaluate/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t resamples = 2000;
constexpr std::size_t block = 16;  // Resamples one task takes.

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "compare: " + message);
}

/// Two evaluations' values of one metric for the same users.
struct Pair {
  std::vector<double> first;   ///< Where there is no second: the differences.
  std::vector<double> second;  ///< For rmse, whose difference is one of roots.

  /// `drawn`: how often each user was. [users]
  [[nodiscard]] double difference(std::span<const double> drawn, double count) const {
    const auto mean = [&](const std::vector<double>& values) {
      return std::inner_product(values.begin(), values.end(), drawn.begin(), 0.0) / count;
    };
    return second.empty() ? mean(first) : std::sqrt(mean(first)) - std::sqrt(mean(second));
  }
};

/// Pairs over one set of users.
struct Paired {
  std::vector<double> counts;  ///< What each user counts: 1, or their entries. [users]
  std::vector<Pair> pairs;
  std::vector<MetricValue*> out;  ///< [pairs] Where their intervals go.
};

void fill_intervals(const Paired& paired, std::uint64_t seed, ThreadPool& pool) {
  const std::size_t users = paired.counts.size();
  if (users < 2 || paired.pairs.empty()) {
    return;
  }
  std::vector<std::vector<double>> differences(paired.pairs.size(), std::vector<double>(resamples));
  parallel_blocks(pool, resamples, block, [&](std::size_t begin, std::size_t end, int) {
    std::vector<double> drawn(users);
    for (std::size_t resample = begin; resample < end; ++resample) {
      std::ranges::fill(drawn, 0.0);
      RandomStream random(seed, resample);
      for (std::size_t draw = 0; draw < users; ++draw) {
        drawn[static_cast<std::size_t>(random.below(users))] += 1;
      }
      const double count =
          std::inner_product(drawn.begin(), drawn.end(), paired.counts.begin(), 0.0);
      for (std::size_t pair = 0; pair < paired.pairs.size(); ++pair) {
        differences[pair][resample] = paired.pairs[pair].difference(drawn, count);
      }
    }
  });
  for (std::size_t pair = 0; pair < paired.pairs.size(); ++pair) {
    const Bounds middle = middle_95(std::move(differences[pair]));
    paired.out[pair]->low = middle.low;
    paired.out[pair]->high = middle.high;
  }
}

/// The users of a group, or everyone.
struct Users {
  const UserGroup* group = nullptr;

  [[nodiscard]] std::vector<double> chosen(const std::vector<double>& values,
                                           bool by_entries) const {
    return group == nullptr
               ? values
               : at_places(values, by_entries ? group->rated_places : group->test_places);
  }
};

bool by_entries(const Metric& metric) {
  const MetricKind kind = kind_of(metric);
  return kind == MetricKind::rmse || kind == MetricKind::mae;
}

/// Compares for some users, all evaluations at once, so that each resample is drawn once.
class Comparing {
 public:
  Comparing(const Evaluation& reference, Users users) : reference_(reference), users_(users) {
    of_users_.counts = users.chosen(std::vector<double>(reference_.test_users.size(), 1.0), false);
    of_entries_.counts = users.chosen(reference_.rated_entries, true);
  }

  /// `values`: of each evaluation's metrics for these users. The intervals follow by finish().
  void add(const Evaluation& evaluation,
           const std::vector<MetricValue>& values,
           const std::vector<MetricValue>& references,
           std::vector<MetricValue>& out) {
    out.assign(values.size(), {});
    for (std::size_t metric = 0; metric < values.size(); ++metric) {
      out[metric].mean = values[metric].mean - references[metric].mean;
      if (!evaluation.by_user[metric].empty() && !reference_.by_user[metric].empty()) {
        add_pair(evaluation, metric, out[metric]);
      }
    }
  }

  void finish(std::uint64_t seed, ThreadPool& pool) const {
    fill_intervals(of_users_, seed, pool);
    fill_intervals(of_entries_, seed, pool);
  }

 private:
  void add_pair(const Evaluation& evaluation, std::size_t metric, MetricValue& out) {
    const bool entries = by_entries(evaluation.metrics[metric]);
    Paired& paired = entries ? of_entries_ : of_users_;
    const auto sums = [&](const Evaluation& of) {
      std::vector<double> values = users_.chosen(of.by_user[metric], entries);
      std::ranges::transform(values, paired.counts, values.begin(), std::multiplies<>());
      return values;
    };
    Pair pair{.first = sums(evaluation), .second = sums(reference_)};
    if (kind_of(evaluation.metrics[metric]) != MetricKind::rmse) {
      std::ranges::transform(pair.first, pair.second, pair.first.begin(), std::minus<>());
      pair.second.clear();
    }
    paired.pairs.push_back(std::move(pair));
    paired.out.push_back(&out);
  }

  const Evaluation& reference_;
  Users users_;
  Paired of_users_;
  Paired of_entries_;
};

void check(std::span<const Evaluation> evaluations, std::size_t reference) {
  if (reference >= evaluations.size()) {
    refuse(fmt::format("the reference is number {} of {} evaluations. Count from 0.",
                       reference,
                       evaluations.size()));
  }
  const Evaluation& first = evaluations.front();
  for (const Evaluation& other : evaluations) {
    if (other.metrics != first.metrics || other.test_users != first.test_users ||
        other.rated_entries != first.rated_entries ||
        other.by_group.size() != first.by_group.size()) {
      refuse(
          fmt::format("'{}' and '{}' were not measured by the same metrics on the same users. "
                      "Evaluate them on one split with the same options.",
                      first.name,
                      other.name));
    }
  }
}

}  // namespace

std::vector<Comparison> compare(std::span<const Evaluation> evaluations,
                                std::size_t reference,
                                const CompareOptions& options) {
  check(evaluations, reference);
  const Evaluation& base = evaluations[reference];
  std::vector<Comparison> result;
  for (const Evaluation& evaluation : evaluations) {
    if (&evaluation != &base) {
      result.push_back({.name = evaluation.name,
                        .reference = base.name,
                        .differences = {},
                        .by_group = std::vector<std::vector<MetricValue>>(base.groups.size())});
    }
  }
  ThreadPool pool(options.threads);
  // Everyone, then group by group.
  for (std::size_t part = 0; part <= base.groups.size(); ++part) {
    const bool all = part == 0;
    const std::size_t group = all ? 0 : part - 1;
    Comparing comparing(base, {.group = all ? nullptr : &base.groups[group]});
    auto comparison = result.begin();
    for (const Evaluation& evaluation : evaluations) {
      if (&evaluation == &base) {
        continue;
      }
      comparing.add(evaluation,
                    all ? evaluation.values : evaluation.by_group[group],
                    all ? base.values : base.by_group[group],
                    all ? comparison->differences : comparison->by_group[group]);
      ++comparison;
    }
    comparing.finish(options.seed, pool);
  }
  return result;
}

bool excludes_zero(const MetricValue& value) {
  return value.low && value.high && (*value.low > 0 || *value.high < 0);
}

}  // namespace alsace
