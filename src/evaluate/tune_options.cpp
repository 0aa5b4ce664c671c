#include "evaluate/tune_options.h"

#include "alsace/error.h"

#include "base/hash.h"
#include "base/thread_pool.h"
#include "evaluate/metrics.h"
#include "evaluate/tune_space.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include <fmt/format.h>

namespace alsace {
namespace {

void check_numbers(const TuneOptions& options) {
  const auto refuse = [](const std::string& message) {
    throw Error(ErrorCode::invalid_argument, "tune: " + message);
  };
  if (options.trials < 1 || options.trials > 100'000) {
    refuse(fmt::format("trials is {}, it must be 1 to 100,000. Start with 30.", options.trials));
  }
  if (options.seeds < 1 || options.seeds > 1000) {
    refuse(fmt::format("seeds is {}, it must be 1 to 1000. Start with 3.", options.seeds));
  }
  if (!std::isfinite(options.time_limit) || options.time_limit < 0) {
    refuse(
        fmt::format("time_limit is {}, it must be 0 (none) or more seconds.", options.time_limit));
  }
  if (options.threads < 0 || options.threads > ThreadPool::most_threads) {
    refuse(fmt::format(
        "threads is {}, it must be 0 (all) to {}.", options.threads, ThreadPool::most_threads));
  }
}

Metric metric_of(const TuneOptions& options) {
  const bool is_explicit = options.base.feedback == Feedback::explicit_feedback;
  const Metric metric = options.metric.value_or(is_explicit ? Metric{.name = "rmse"}
                                                            : Metric{.name = "ndcg", .k = 10});
  const MetricKind kind = kind_of(metric);
  if (is_sampled(metric)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("tune: {} ranks among candidates that a validation part does not have. "
                            "Choose for example ndcg@10.",
                            metric.to_string()));
  }
  if (kind == MetricKind::coverage || kind == MetricKind::personalization) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("tune: {} is a property of all lists together, the metric must be a "
                            "mean over users. Choose for example ndcg@10 or recall@20.",
                            metric.to_string()));
  }
  if (is_error(metric) && !is_explicit) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("tune: {} is for explicit feedback. Choose for example ndcg@10, or "
                            "tune --explicit.",
                            metric.to_string()));
  }
  return metric;
}

}  // namespace

bool is_error(const Metric& metric) {
  const MetricKind kind = kind_of(metric);
  return kind == MetricKind::rmse || kind == MetricKind::mae;
}

TuneOptions resolve(TuneOptions options) {
  check_numbers(options);
  options.metric = metric_of(options);
  // What is wrong with a space is so for any data.
  const std::array<std::int64_t, 1> count = {1};
  const RegularizationScale scale(count, count);
  Space(options, scale, true);
  return options;
}

std::string hash_of(const Split& seen, const TuneOptions& options) {
  Hasher hasher;
  for (const IdTable* ids : {&seen.train.user_ids, &seen.train.item_ids}) {
    hasher.add(ids->bytes()).add(ids->offsets());
  }
  for (const Triplets* part : {&seen.train.triplets, &seen.train.low, &seen.test, &seen.fold_in}) {
    hasher.add(std::span<const Index>(part->users)).add(std::span<const Index>(part->items));
    hasher.add(std::span<const float>(part->values));
    hasher.add(fmt::format("|{}|", part->size()));
  }
  TrainOptions base = resolve(options.base);
  hasher.add(fmt::format("{} {} {} {} {} {} {} {} {} {}",
                         to_string(base.feedback),
                         to_string(base.solver),
                         base.tolerance,
                         base.log_epsilon,
                         base.dislikes,
                         base.nonnegative,
                         base.biases,
                         base.seed,
                         base.iterations,
                         base.factors));
  const TuneSpace& space = options.space;
  for (const TuneValues* values : {&space.factors,
                                   &space.regularization,
                                   &space.regularization_exponent,
                                   &space.iterations,
                                   &space.alpha,
                                   &space.unobserved_weight}) {
    hasher.add(fmt::format("|{}:", values->is_range));
    hasher.add(std::span<const double>(values->values));
  }
  std::string words;
  for (const Confidence word : space.confidences) {
    words += std::string(to_string(word)) + " ";
  }
  for (const RegularizationCount word : space.counts) {
    words += std::string(to_string(word)) + " ";
  }
  for (const bool word : space.biases) {
    words += word ? "yes " : "no ";
  }
  hasher.add(fmt::format("{}|{}|{}|{}|{}|{}|{}",
                         words,
                         options.metric->to_string(),
                         options.method == TuneMethod::grid ? "grid" : "halving",
                         options.trials,
                         options.seed,
                         options.seeds,
                         options.hide_low));
  return hex(hasher.digest());
}

}  // namespace alsace
