#include "alsace/options.h"

#include "alsace/error.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

template <class Enum>
struct Words;  // The words of one enum, as on the command line, and what they are called together.

template <>
struct Words<Feedback> {
  static constexpr std::string_view what = "feedback";
  static constexpr std::array table = {std::pair{Feedback::implicit_feedback, "implicit"},
                                       std::pair{Feedback::explicit_feedback, "explicit"}};
};
template <>
struct Words<Confidence> {
  static constexpr std::string_view what = "confidence";
  static constexpr std::array table = {std::pair{Confidence::linear, "linear"},
                                       std::pair{Confidence::scaled, "scaled"},
                                       std::pair{Confidence::log, "log"},
                                       std::pair{Confidence::relative, "relative"}};
};
template <>
struct Words<RegularizationCount> {
  static constexpr std::string_view what = "regularization_count";
  static constexpr std::array table = {std::pair{RegularizationCount::observed, "observed"},
                                       std::pair{RegularizationCount::all, "all"}};
};
template <>
struct Words<Solver> {
  static constexpr std::string_view what = "solver";
  static constexpr std::array table = {std::pair{Solver::automatic, "auto"},
                                       std::pair{Solver::exact, "exact"}};
};

template <class Enum>
std::string_view word_of(Enum value) noexcept {
  for (const auto& [known, word] : Words<Enum>::table) {
    if (known == value) {
      return word;
    }
  }
  return "?";
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, message);
}

void require(bool holds, std::string_view option, double value, std::string_view rule) {
  if (!holds) {
    refuse(fmt::format("options: {} is {}, it must be {}.", option, value, rule));
  }
}

void check_ranges(const TrainOptions& options) {
  require(options.factors >= 1 && options.factors <= 65536 - (options.biases ? 1 : 0),
          "factors",
          options.factors,
          "1 to 65536. Start with 64");
  require(std::isfinite(*options.regularization) && *options.regularization >= 0,
          "regularization",
          *options.regularization,
          "0 or more. Start with 0.1");
  require(std::isfinite(*options.regularization_exponent) &&
              *options.regularization_exponent >= 0 && *options.regularization_exponent <= 4,
          "regularization_exponent",
          *options.regularization_exponent,
          "0 to 4; 0 is plain, 1 weighs by the row's count");
  require(options.iterations >= 0, "iterations", options.iterations, "0 or more. Start with 20");
  require(options.tolerance >= 0 && options.tolerance < 1,
          "tolerance",
          options.tolerance,
          "0 (never stop early) to below 1. Start with 0.001");
  require(options.threads >= 0 && options.threads <= 4096,
          "threads",
          options.threads,
          "0 (all) to 4096");
  require(std::isfinite(options.alpha) && options.alpha > 0,
          "alpha",
          options.alpha,
          "above 0. Start with 10");
  require(std::isfinite(options.log_epsilon) && options.log_epsilon > 0,
          "log_epsilon",
          options.log_epsilon,
          "above 0. Start with 1");
  require(std::isfinite(options.unobserved_weight) && options.unobserved_weight >= 0,
          "unobserved_weight",
          options.unobserved_weight,
          "0 or more. Start with 1");
}

/// Options that the other feedback has no use for are refused, so that nobody tunes a dead knob.
void check_feedback(const TrainOptions& options) {
  const TrainOptions standard;
  if (options.feedback == Feedback::implicit_feedback) {
    if (options.biases || options.nonnegative) {
      refuse(fmt::format("options: {} is for explicit feedback. Leave it out, or train --explicit.",
                         options.biases ? "biases" : "nonnegative"));
    }
    return;
  }
  const char* unused =
      options.confidence != standard.confidence                       ? "confidence"
      : options.alpha != standard.alpha                               ? "alpha"
      : options.log_epsilon != standard.log_epsilon                   ? "log_epsilon"
      : options.unobserved_weight != standard.unobserved_weight       ? "unobserved_weight"
      : options.dislikes                                              ? "dislikes"
      : options.regularization_count != standard.regularization_count ? "regularization_count"
                                                                      : nullptr;
  if (unused != nullptr) {
    refuse(fmt::format("options: {} is for implicit feedback. Leave it out, or train --implicit.",
                       unused));
  }
}

}  // namespace

std::string_view to_string(Feedback value) noexcept {
  return word_of(value);
}
std::string_view to_string(Confidence value) noexcept {
  return word_of(value);
}
std::string_view to_string(RegularizationCount value) noexcept {
  return word_of(value);
}
std::string_view to_string(Solver value) noexcept {
  return word_of(value);
}

template <class Enum>
Enum parse(std::string_view word) {
  std::string known;
  for (const auto& [value, name] : Words<Enum>::table) {
    if (word == name) {
      return value;
    }
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(fmt::format(
      "options: {} '{}' is not known. Choose one of {}.", Words<Enum>::what, word, known));
}

template Feedback parse<Feedback>(std::string_view);
template Confidence parse<Confidence>(std::string_view);
template RegularizationCount parse<RegularizationCount>(std::string_view);
template Solver parse<Solver>(std::string_view);

TrainOptions recommended_options() {
  TrainOptions options;
  options.confidence = Confidence::relative;
  options.alpha = 10;
  options.regularization = 0.3;
  options.regularization_exponent = 1;
  options.regularization_count = RegularizationCount::observed;
  return options;
}

TrainOptions resolve(TrainOptions options) {
  const bool is_explicit = options.feedback == Feedback::explicit_feedback;
  options.regularization = options.regularization.value_or(is_explicit ? 0.1 : 0.001);
  options.regularization_exponent = options.regularization_exponent.value_or(is_explicit ? 1 : 0);
  check_ranges(options);
  check_feedback(options);
  return options;
}

double confidence_of(double value, const TrainOptions& options, double mean_value) {
  switch (options.confidence) {
    case Confidence::linear:
      return 1.0 + options.alpha * value;
    case Confidence::scaled:
      return options.alpha * value;
    case Confidence::log:
      return 1.0 + options.alpha * std::log1p(value / options.log_epsilon);
    case Confidence::relative:
      return 1.0 + options.alpha * value / mean_value;
  }
  return 1.0;
}

}  // namespace alsace
