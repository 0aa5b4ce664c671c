#pragma once

#include "alsace/evaluate.h"

#include "commands.h"
#include "option_groups.h"

#include <optional>
#include <string>
#include <vector>

namespace alsace::cli {

struct EvaluateArguments {
  std::vector<std::string> files;
  std::optional<SplitMethod> split;
  std::optional<double> test_fraction;
  std::vector<std::string> train;
  std::vector<std::string> valid;
  std::vector<std::string> test;
  std::vector<std::string> models;
  std::optional<std::string> recommendations;
  std::optional<std::string> metrics;
  std::optional<std::string> baselines;
  bool hide_low = false;
  std::optional<int> repeats;
  TrainingOptions training;
  ReadingOptions reading;
  CommonOptions common;

  /// Files of their own for training and test, rather than a split made here.
  [[nodiscard]] bool given_split() const noexcept { return !test.empty(); }
  /// Neither saved models nor lists made elsewhere: train one.
  [[nodiscard]] bool trains() const noexcept { return models.empty() && !recommendations; }
};

/// False: help was printed. @throws Error invalid_argument, or io_error for a file that is not
/// there.
bool parse_evaluate(Arguments arguments, EvaluateArguments& out);

/// The metrics asked for, or those for the feedback.
std::vector<Metric> metrics_of(const EvaluateArguments& arguments, Feedback feedback);

/// The baselines asked for, or those that the metrics can measure.
std::vector<std::string> baselines_of(const EvaluateArguments& arguments,
                                      const std::vector<Metric>& metrics);

/// "leave-last-two"
std::string split_word(SplitMethod method);

}  // namespace alsace::cli
