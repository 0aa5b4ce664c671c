#include "evaluation.h"

#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

Json number_json(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json bound_json(const std::optional<double>& bound) {
  return bound ? number_json(*bound) : Json();
}

Json metric_json(const Result& result, std::size_t metric) {
  Json out = value_json(result.evaluation.values[metric]);
  if (!result.by_seed.empty()) {
    const Spread spread = spread_of(result, metric);
    Json values = Json::array();
    for (const auto& of_seed : result.by_seed) {
      values.push_back(number_json(of_seed[metric]));
    }
    out["seeds"] = {{"mean", number_json(spread.mean)},
                    {"deviation", number_json(spread.deviation)},
                    {"values", std::move(values)}};
  }
  return out;
}

}  // namespace

std::string number_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.4f}", value) : "-";
}

std::string interval_text(const MetricValue& value) {
  return value.low && value.high ? fmt::format("[{:.4f}, {:.4f}]", *value.low, *value.high) : "";
}

Json value_json(const MetricValue& value) {
  return {{"mean", number_json(value.mean)},
          {"low", bound_json(value.low)},
          {"high", bound_json(value.high)}};
}

Spread spread_of(const Result& result, std::size_t metric) {
  const auto count = static_cast<double>(result.by_seed.size());
  Spread spread;
  for (const auto& values : result.by_seed) {
    spread.mean += values[metric] / count;
  }
  double squares = 0;
  for (const auto& values : result.by_seed) {
    squares += (values[metric] - spread.mean) * (values[metric] - spread.mean);
  }
  spread.deviation = count > 1 ? std::sqrt(squares / (count - 1)) : 0;
  return spread;
}

Result measure(const Scorer& scorer,
               const Split& split,
               const EvaluateOptions& options,
               double seconds) {
  const auto start = std::chrono::steady_clock::now();
  Evaluation evaluation = evaluate(scorer, split, options);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return {.evaluation = std::move(evaluation),
          .seconds = seconds + taken.count(),
          .by_seed = {},
          .options = {}};
}

std::string facts_text(const SplitFacts& facts) {
  std::string out = fmt::format("{}, {}, {}; tested: {} of {}\n",
                                plural(facts.users, "user"),
                                plural(facts.items, "item"),
                                plural(facts.train_interactions, "training interaction"),
                                plural(facts.test_interactions, "interaction"),
                                plural(facts.test_users, "user"));
  if (facts.users_left_out > 0) {
    out += fmt::format("left out: {} without a training interaction\n",
                       plural(facts.users_left_out, "test user"));
  }
  if (facts.untrained_test_items > 0) {
    out += fmt::format("missed by all: {} of items that were never trained\n",
                       plural(facts.untrained_test_items, "test interaction"));
  }
  return out;
}

std::string results_table(std::span<const Metric> metrics, std::span<const Result> results) {
  const bool repeated = !results.empty() && !results.front().by_seed.empty();
  Table table;
  table.column("model");
  for (const Metric& metric : metrics) {
    table.column(metric.to_string(), Table::Align::right);
    table.column("95 % interval");
    if (repeated) {
      table.column(fmt::format("over {} seeds", results.front().by_seed.size()));
    }
  }
  table.column("seconds", Table::Align::right);
  for (const Result& result : results) {
    std::vector<std::string> cells = {result.evaluation.name};
    for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
      cells.push_back(number_text(result.evaluation.values[metric].mean));
      cells.push_back(interval_text(result.evaluation.values[metric]));
      if (repeated) {
        const Spread spread = spread_of(result, metric);
        cells.push_back(number_text(spread.mean) + " +- " + number_text(spread.deviation));
      }
    }
    cells.push_back(fmt::format("{:.2f}", result.seconds));
    table.row(std::move(cells));
  }
  return table.to_string();
}

Json facts_json(const SplitFacts& facts) {
  return {{"users", facts.users},
          {"items", facts.items},
          {"train_interactions", facts.train_interactions},
          {"test_interactions", facts.test_interactions},
          {"test_users", facts.test_users},
          {"users_left_out", facts.users_left_out},
          {"untrained_test_items", facts.untrained_test_items}};
}

Json values_json(std::span<const Metric> metrics, std::span<const MetricValue> values) {
  Json out = Json::object();
  for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
    out[metrics[metric].to_string()] = value_json(values[metric]);
  }
  return out;
}

Json by_group_json(const Evaluation& evaluation,
                   std::span<const std::vector<MetricValue>> by_group) {
  Json out = Json::object();
  for (std::size_t group = 0; group < by_group.size(); ++group) {
    out[evaluation.groups[group].name] = values_json(evaluation.metrics, by_group[group]);
  }
  return out;
}

Json results_json(std::span<const Metric> metrics, std::span<const Result> results) {
  Json out = Json::array();
  for (const Result& result : results) {
    Json values = Json::object();
    for (std::size_t metric = 0; metric < metrics.size(); ++metric) {
      values[metrics[metric].to_string()] = metric_json(result, metric);
    }
    Json line = {{"name", result.evaluation.name},
                 {"metrics", std::move(values)},
                 {"seconds", result.seconds}};
    if (!result.options.is_null()) {
      line["options"] = result.options;
    }
    if (!result.evaluation.groups.empty()) {
      line["groups"] = by_group_json(result.evaluation, result.evaluation.by_group);
    }
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace alsace::cli
