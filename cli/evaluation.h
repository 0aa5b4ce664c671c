#pragma once

#include "alsace/evaluate.h"

#include "output.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alsace::cli {

/// One line of the table: a scorer's metrics, and those of further seeds with --repeats.
struct Result {
  Evaluation evaluation;                     ///< Of the first seed.
  double seconds = 0;                        ///< Training and evaluation, of the first seed.
  std::vector<std::vector<double>> by_seed;  ///< [seeds][metrics], with --repeats only.
  Json options;                              ///< Of training, with --config only.
};

/// Mean and sample standard deviation over seeds.
struct Spread {
  double mean = 0;
  double deviation = 0;
};
Spread spread_of(const Result& result, std::size_t metric);

/// Evaluates and times; `seconds` starts at what training took.
Result measure(const Scorer& scorer,
               const Split& split,
               const EvaluateOptions& options,
               double seconds = 0);

std::string facts_text(const SplitFacts& facts);
std::string results_table(std::span<const Metric> metrics, std::span<const Result> results);

std::string number_text(double value);                ///< Four digits, or - where there is none.
std::string interval_text(const MetricValue& value);  ///< [0.1234, 0.2345], or nothing.

Json value_json(const MetricValue& value);  ///< {mean, low, high}
Json values_json(std::span<const Metric> metrics, std::span<const MetricValue> values);
/// By name of the group.
Json by_group_json(const Evaluation& evaluation,
                   std::span<const std::vector<MetricValue>> by_group);
Json facts_json(const SplitFacts& facts);
Json results_json(std::span<const Metric> metrics, std::span<const Result> results);

}  // namespace alsace::cli
