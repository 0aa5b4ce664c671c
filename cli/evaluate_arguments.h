#pragma once

#include "alsace/evaluate.h"

#include "baselines.h"
#include "commands.h"
#include "option_groups.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
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
  std::vector<std::string> configs;
  std::optional<std::string> recommendations;
  std::optional<std::string> candidates;
  std::optional<std::string> metrics;
  std::optional<std::string> baselines;
  BaselineOptions of_baselines;
  std::optional<std::string> reference;
  bool by_group = false;
  bool hide_low = false;
  std::optional<int> repeats;
  TrainingOptions training;
  ReadingOptions reading;
  CommonOptions common;

  /// How files are split, or given as parts.
  void declare_split(CommandLine& line);

  /// Files of their own for training and test, rather than a split made here.
  [[nodiscard]] bool given_split() const noexcept { return !test.empty(); }
  /// Neither option sets, saved models nor lists made elsewhere: train one.
  [[nodiscard]] bool trains() const noexcept {
    return configs.empty() && models.empty() && !recommendations;
  }
  [[nodiscard]] int threads() const noexcept { return training.threads.value_or(0); }
  /// Of splits and baselines.
  [[nodiscard]] std::uint64_t seed() const noexcept {
    return training.seed.value_or(TrainOptions{}.seed);
  }
};

/// False: help was printed. @throws Error invalid_argument, or io_error for a file that is not
/// there.
bool parse_evaluate(Arguments arguments, EvaluateArguments& out);

/// Whether files and split fit together, before any of them is read. @throws Error.
void check_split(const EvaluateArguments& arguments);

/// The metrics asked for, or those for the feedback.
std::vector<Metric> metrics_of(const EvaluateArguments& arguments, Feedback feedback);

/// The baselines asked for, or those that the metrics can measure.
std::vector<std::string> baselines_of(const EvaluateArguments& arguments,
                                      const std::vector<Metric>& metrics);

/// Refuses metrics and options that do not go together, and a --reference that is nothing that is
/// evaluated. @throws Error invalid_argument.
void check_metrics(const EvaluateArguments& arguments,
                   const std::vector<Metric>& metrics,
                   const std::vector<std::string>& baselines);

/// Where a name stands among others; a hyphen and an underscore are one.
std::optional<std::size_t> reference_place(const std::string& name,
                                           std::span<const std::string> names);

/// "leave-last-two"
std::string split_word(SplitMethod method);

}  // namespace alsace::cli
