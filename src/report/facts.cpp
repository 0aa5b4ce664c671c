#include "report/parts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Minimum, quartiles and maximum of the counts above 0, between ranks by a line.
Json spread_json(std::span<const std::int64_t> counts) {
  std::vector<std::int64_t> sorted;
  std::ranges::copy_if(counts, std::back_inserter(sorted), [](std::int64_t n) { return n > 0; });
  std::ranges::sort(sorted);
  Json out = Json::array();
  for (int quarter = 0; quarter <= 4; ++quarter) {
    if (sorted.empty()) {
      out.push_back(0);
      continue;
    }
    const double place = static_cast<double>(sorted.size() - 1) * quarter / 4.0;
    const auto low = static_cast<std::size_t>(place);
    const std::size_t high = std::min(low + 1, sorted.size() - 1);
    const double part = place - std::floor(place);
    out.push_back(static_cast<double>(sorted[low]) * (1 - part) +
                  static_cast<double>(sorted[high]) * part);
  }
  return out;
}

Json options_json(const TrainOptions& options) {
  Json out = {{"feedback", to_string(options.feedback)},
              {"factors", options.factors},
              {"regularization", options.regularization.value_or(0)},
              {"regularization_exponent", options.regularization_exponent.value_or(0)},
              {"iterations", options.iterations},
              {"tolerance", options.tolerance},
              {"solver", to_string(options.solver)},
              {"seed", options.seed}};
  if (options.feedback == Feedback::implicit_feedback) {
    out["regularization_count"] = to_string(options.regularization_count);
    out["confidence"] = to_string(options.confidence);
    out["alpha"] = options.alpha;
    out["log_epsilon"] = options.log_epsilon;
    out["unobserved_weight"] = options.unobserved_weight;
    out["dislikes"] = options.dislikes;
  } else {
    out["biases"] = options.biases;
    out["nonnegative"] = options.nonnegative;
  }
  return out;
}

std::int64_t trained(std::span<const std::int64_t> counts) {
  return std::ranges::count_if(counts, [](std::int64_t n) { return n > 0; });
}

}  // namespace

Json float_json(float number) {
  std::array<char, 32> digits{};
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  double value = 0;
  std::from_chars(digits.data(), end, value);
  return value;
}

Json facts_json(const Model& model) {
  const std::int64_t users = trained(model.user_counts);
  const std::int64_t items = trained(model.item_counts);
  const std::int64_t interactions =
      std::accumulate(model.user_counts.begin(), model.user_counts.end(), std::int64_t{0});
  const bool is_implicit = model.options.feedback == Feedback::implicit_feedback;
  const auto confidence = [&](double value) { return is_implicit ? Json(value) : Json(); };
  return {{"feedback", to_string(model.options.feedback)},
          {"users", model.user_ids.size()},
          {"items", model.item_ids.size()},
          {"trained_users", users},
          {"trained_items", items},
          {"interactions", interactions},
          {"stores_interactions", model.has_interactions()},
          {"low", model.low.entries()},
          {"density",
           static_cast<double>(interactions) /
               std::max(static_cast<double>(users) * static_cast<double>(items), 1.0)},
          {"user_counts", spread_json(model.user_counts)},
          {"item_counts", spread_json(model.item_counts)},
          {"value_mean", model.value_mean},
          {"value_min", model.value_min},
          {"value_max", model.value_max},
          {"confidence_median", confidence(model.summary.confidence_median)},
          {"confidence_p99", confidence(model.summary.confidence_p99)},
          {"confidence_max", confidence(model.summary.confidence_max)},
          {"model_hash", model_hash(model)},
          {"options", options_json(model.options)}};
}

Json training_json(const Model& model) {
  const TrainSummary& summary = model.summary;
  return {{"objective", summary.objective},
          {"seconds", summary.seconds},
          {"final_objective", summary.final_objective},
          {"stopped", summary.stopped},
          {"warnings", summary.warnings}};
}

std::string train_command(const TrainOptions& options) {
  TrainOptions usual;
  usual.feedback = options.feedback;
  usual = resolve(usual);
  std::string out = "alsace train FILE... --model MODEL";
  const auto add = [&](std::string_view option, const auto& value, const auto& usual_value) {
    if (value != usual_value) {
      out += fmt::format(" --{} {}", option, value);
    }
  };
  const auto flag = [&](std::string_view option, bool given) {
    out += given ? fmt::format(" --{}", option) : "";
  };
  flag("explicit", options.feedback == Feedback::explicit_feedback);
  add("factors", options.factors, usual.factors);
  add("regularization", options.regularization.value_or(0), usual.regularization.value_or(0));
  add("regularization-exponent",
      options.regularization_exponent.value_or(0),
      usual.regularization_exponent.value_or(0));
  add("iterations", options.iterations, usual.iterations);
  add("tolerance", options.tolerance, usual.tolerance);
  add("solver", to_string(options.solver), to_string(usual.solver));
  add("seed", options.seed, usual.seed);
  if (options.feedback == Feedback::implicit_feedback) {
    add("confidence", to_string(options.confidence), to_string(usual.confidence));
    add("alpha", options.alpha, usual.alpha);
    add("log-epsilon", options.log_epsilon, usual.log_epsilon);
    add("unobserved-weight", options.unobserved_weight, usual.unobserved_weight);
    add("regularization-count",
        to_string(options.regularization_count),
        to_string(usual.regularization_count));
    flag("dislikes", options.dislikes);
  }
  flag("biases", options.biases);
  flag("nonnegative", options.nonnegative);
  return out;
}

}  // namespace alsace
