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
  std::string name;
  std::vector<MetricValue> values;           ///< One per metric, of the first seed.
  double seconds = 0;                        ///< Training and evaluation, of the first seed.
  std::vector<std::vector<double>> by_seed;  ///< [seeds][metrics], with --repeats only.
};

/// Mean and sample standard deviation over seeds.
struct Spread {
  double mean = 0;
  double deviation = 0;
};
Spread spread_of(const Result& result, std::size_t metric);

/// @throws Error invalid_argument for a name that baseline() does not know.
void check_baselines(std::span<const std::string> names);

/// A baseline by its name on the command line: random, popularity, mean, item-mean.
Scorer baseline(const std::string& name, const Split& split, std::uint64_t seed);

/// Evaluates and times; `seconds` starts at what training took.
Result measure(const Scorer& scorer,
               const Split& split,
               const EvaluateOptions& options,
               double seconds = 0);

std::string facts_text(const SplitFacts& facts);
std::string results_table(std::span<const Metric> metrics, std::span<const Result> results);

Json facts_json(const SplitFacts& facts);
Json results_json(std::span<const Metric> metrics, std::span<const Result> results);

}  // namespace alsace::cli
