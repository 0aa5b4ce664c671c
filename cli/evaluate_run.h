#pragma once

#include "alsace/evaluate.h"
#include "alsace/options.h"

#include "evaluate_arguments.h"
#include "evaluate_source.h"
#include "evaluation.h"
#include "progress.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace alsace::cli {

/// Options to train with, and what the result is called.
struct OptionSet {
  std::string name;
  TrainOptions options;
};

/// What to train: each file of options, or the options given alone. At least one; where nothing is
/// trained, what it says of the data still counts. @throws Error invalid_argument.
std::vector<OptionSet> option_sets(const EvaluateArguments& arguments);

/// Evaluates everything asked for, once per seed.
class EvaluationRun {
 public:
  EvaluationRun(const EvaluateArguments& arguments,
                std::vector<OptionSet> sets,
                std::vector<Metric> metrics,
                const Source& source,
                Log& log);

  void all_seeds();

  [[nodiscard]] const std::vector<Metric>& metrics() const noexcept { return metrics_; }
  [[nodiscard]] const std::vector<Result>& results() const noexcept { return results_; }
  [[nodiscard]] const SplitFacts& facts() const noexcept { return facts_; }

  /// Place of what the others are compared with.
  [[nodiscard]] std::size_t reference() const;
  /// Of the first seed.
  [[nodiscard]] std::vector<Comparison> differences() const;

 private:
  void one_seed(std::uint64_t repeat);
  Result of_baseline(const std::string& name, const Split& split, std::uint64_t seed);
  Result trained(const OptionSet& set, const Split& split, std::uint64_t repeat);
  Result measured(const Scorer& scorer, const Split& split, double seconds);
  /// The first seed makes the line of the table, every seed (if there are several) adds to it.
  void keep(Result result);

  const EvaluateArguments& arguments_;
  std::vector<OptionSet> sets_;
  const Source& source_;
  Log& log_;
  std::vector<Metric> metrics_;
  std::vector<std::string> baselines_;
  SplitFacts facts_;
  std::vector<Result> results_;
  std::size_t place_ = 0;  ///< Where the next result goes.
};

}  // namespace alsace::cli
