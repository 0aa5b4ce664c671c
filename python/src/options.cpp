#include "options.h"

#include "alsace/error.h"

#include <string>

#include <fmt/format.h>
#include <nanobind/stl/string.h>

namespace alsace::python {
namespace {

/// Puts what is given under `name` into `option`.
template <class T>
void take(const nb::dict& given, const char* name, T& option) {
  if (!given.contains(name) || given[name].is_none()) {
    return;
  }
  const nb::object value = given[name];
  if constexpr (std::is_enum_v<T>) {
    std::string word;
    if (nb::try_cast(value, word)) {
      option = parse<T>(word);
      return;
    }
  } else if (nb::try_cast(value, option)) {
    return;
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("options: {} is {}, which is of the wrong type or out of range.",
                          name,
                          nb::repr(value).c_str()));
}

template <class T>
void take(const nb::dict& given, const char* name, std::optional<T>& option) {
  T value{};
  if (given.contains(name) && !given[name].is_none()) {
    take(given, name, value);
    option = value;
  }
}

Duplicates parse_duplicates(const std::string& word) {
  constexpr std::array<std::pair<std::string_view, Duplicates>, 4> words = {
      {{"sum", Duplicates::sum},
       {"last", Duplicates::last},
       {"max", Duplicates::max},
       {"error", Duplicates::error}}};
  for (const auto& [name, value] : words) {
    if (word == name) {
      return value;
    }
  }
  throw Error(
      ErrorCode::invalid_argument,
      fmt::format("duplicates '{}' is not known. Choose one of sum, last, max, error.", word));
}

}  // namespace

TrainOptions train_options(const nb::dict& given) {
  TrainOptions options;
  take(given, "feedback", options.feedback);
  take(given, "factors", options.factors);
  take(given, "regularization", options.regularization);
  take(given, "regularization_exponent", options.regularization_exponent);
  take(given, "regularization_count", options.regularization_count);
  take(given, "iterations", options.iterations);
  take(given, "tolerance", options.tolerance);
  take(given, "solver", options.solver);
  take(given, "seed", options.seed);
  take(given, "threads", options.threads);
  take(given, "confidence", options.confidence);
  take(given, "alpha", options.alpha);
  take(given, "log_epsilon", options.log_epsilon);
  take(given, "unobserved_weight", options.unobserved_weight);
  take(given, "dislikes", options.dislikes);
  take(given, "biases", options.biases);
  take(given, "nonnegative", options.nonnegative);
  return options;
}

PrepareOptions prepare_options(const nb::dict& given) {
  PrepareOptions options;
  std::string duplicates = "sum";
  take(given, "duplicates", duplicates);
  options.duplicates = parse_duplicates(duplicates);
  take(given, "min_value", options.min_value);
  take(given, "binary", options.binary);
  take(given, "min_per_user", options.min_per_user);
  take(given, "min_per_item", options.min_per_item);
  return options;
}

EvaluateOptions evaluate_options(const nb::dict& given) {
  EvaluateOptions options;
  std::string metrics;
  take(given, "metrics", metrics);
  options.metrics = parse_metrics(metrics);
  take(given, "hide_low", options.hide_low);
  take(given, "by_group", options.by_group);
  take(given, "threads", options.threads);
  take(given, "seed", options.seed);
  return options;
}

NeighborOptions neighbor_options(const nb::dict& given) {
  NeighborOptions options;
  take(given, "neighbors", options.neighbors);
  take(given, "threads", options.threads);
  return options;
}

EaseOptions ease_options(const nb::dict& given) {
  EaseOptions options;
  take(given, "ease_regularization", options.regularization);
  take(given, "threads", options.threads);
  return options;
}

nb::dict options_dict(const TrainOptions& options) {
  const auto word = [](std::string_view text) { return nb::str(text.data(), text.size()); };
  nb::dict out;
  out["feedback"] = word(to_string(options.feedback));
  out["factors"] = options.factors;
  out["regularization"] = options.regularization.value_or(0);
  out["regularization_exponent"] = options.regularization_exponent.value_or(0);
  out["regularization_count"] = word(to_string(options.regularization_count));
  out["iterations"] = options.iterations;
  out["tolerance"] = options.tolerance;
  out["solver"] = word(to_string(options.solver));
  out["seed"] = options.seed;
  out["threads"] = options.threads;
  out["confidence"] = word(to_string(options.confidence));
  out["alpha"] = options.alpha;
  out["log_epsilon"] = options.log_epsilon;
  out["unobserved_weight"] = options.unobserved_weight;
  out["dislikes"] = options.dislikes;
  out["biases"] = options.biases;
  out["nonnegative"] = options.nonnegative;
  return out;
}

}  // namespace alsace::python
