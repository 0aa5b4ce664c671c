#include "tune_output.h"

#include "alsace/chart.h"

#include "summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

constexpr std::array<std::string_view, 4> stages = {
    "quarter of factors", "half of factors", "all factors", "final"};

bool is_implicit(const TuneResult& result) {
  return result.options.feedback == Feedback::implicit_feedback;
}

/// Trials by how far they came, then by value; those that failed or were not measured last.
std::vector<const TuneTrial*> sorted(const TuneResult& result) {
  std::vector<const TuneTrial*> order;
  for (const TuneTrial& trial : result.trials) {
    order.push_back(&trial);
  }
  const double sign = result.smaller_is_better ? -1 : 1;
  std::ranges::stable_sort(order, [&](const TuneTrial* one, const TuneTrial* other) {
    return std::tuple(one->stage, sign * one->value) >
           std::tuple(other->stage, sign * other->value);
  });
  return order;
}

std::string short_number(double value) {
  return fmt::format("{:.4g}", value);
}

/// Whether trials differ in it.
bool varies(const TuneResult& result, const std::function<std::string(const TrainOptions&)>& text) {
  std::set<std::string> seen;
  for (const TuneTrial& trial : result.trials) {
    seen.insert(text(trial.options));
  }
  return seen.size() > 1;
}

struct Column {
  std::string title;
  Table::Align align;
  std::function<std::string(const TrainOptions&)> text;
};

/// Options that can differ between trials.
std::vector<Column> option_columns(const TuneResult& result) {
  using Options = TrainOptions;
  const auto right = Table::Align::right;
  std::vector<Column> columns = {
      {"factors", right, [](const Options& o) { return std::to_string(o.factors); }},
      {"regularization",
       right,
       [](const Options& o) { return short_number(o.regularization.value_or(0)); }},
      {"exponent",
       right,
       [](const Options& o) {
         return fmt::format("{:.2f}", o.regularization_exponent.value_or(0));
       }},
      {"iterations", right, [](const Options& o) { return std::to_string(o.iterations); }}};
  if (is_implicit(result)) {
    columns.push_back({"alpha", right, [](const Options& o) { return short_number(o.alpha); }});
  }
  const std::vector<Column> more = {
      {"confidence",
       Table::Align::left,
       [](const Options& o) { return std::string(to_string(o.confidence)); }},
      {"w0", right, [](const Options& o) { return short_number(o.unobserved_weight); }},
      {"count",
       Table::Align::left,
       [](const Options& o) { return std::string(to_string(o.regularization_count)); }},
      {"biases", Table::Align::left, [](const Options& o) { return o.biases ? "yes" : "no"; }}};
  for (const Column& column : more) {
    if (varies(result, column.text)) {
      columns.push_back(column);
    }
  }
  return columns;
}

std::string state_of(const TuneTrial& trial) {
  return !trial.failure.empty() && trial.stage < 0 ? "failed"
         : trial.stage < 0                         ? "not measured"
                           : std::string(stages.at(static_cast<std::size_t>(trial.stage)));
}

using Number = std::function<double(const TuneTrial&)>;

Chart chart_of(const TuneResult& result,
               const std::string& title,
               bool logarithmic,
               const Number& number) {
  Chart chart{.title = "",
              .x_label = title,
              .y_label = result.metric.to_string(),
              .log_x = logarithmic,
              .width = 420,
              .height = 300};
  for (int stage = 0; stage < static_cast<int>(stages.size()); ++stage) {
    ChartSeries series{.name = std::string(stages[static_cast<std::size_t>(stage)]),
                       .mark = Mark::points};
    for (const TuneTrial& trial : result.trials) {
      if (trial.stage == stage) {
        if (trial.chosen) {
          series.highlighted.push_back(series.x.size());
        }
        series.x.push_back(number(trial));
        series.y.push_back(trial.value);
      }
    }
    if (!series.x.empty()) {
      chart.series.push_back(std::move(series));
    }
  }
  return chart;
}

}  // namespace

std::string trials_table(const TuneResult& result) {
  Table table;
  const std::vector<Column> columns = option_columns(result);
  table.column("");
  table.column("trial", Table::Align::right);
  table.column("origin");
  for (const Column& column : columns) {
    table.column(column.title, column.align);
  }
  table.column("measured with");
  table.column(result.metric.to_string(), Table::Align::right);
  for (const TuneTrial* trial : sorted(result)) {
    std::vector<std::string> cells = {
        trial->chosen ? "*" : "", std::to_string(trial->number), trial->origin};
    for (const Column& column : columns) {
      cells.push_back(column.text(trial->options));
    }
    cells.push_back(state_of(*trial));
    cells.push_back(trial->stage < 0 ? "-" : number_text(trial->value));
    table.row(std::move(cells));
  }
  return table.to_string();
}

std::string chosen_text(const TuneResult& result) {
  const Json options = options_json(result.options);
  std::string out = "chosen:";
  for (const auto& [name, value] : options.items()) {
    const std::string text = value.is_string()         ? value.get<std::string>()
                             : value.is_number_float() ? short_number(value.get<double>())
                                                       : value.dump();
    if (name != "seed" && text != "false") {
      out += fmt::format(" {} {}{}", name, text, name == "nonnegative" ? "" : ",");
    }
  }
  if (out.ends_with(',')) {
    out.pop_back();
  }
  return out + "\n";
}

std::string test_text(const TuneTest& test) {
  return "test, trained on the training part: " + facts_text(test.facts) + "\n" +
         results_table(test.metrics, test.trained) +
         "\ntest, trained on all but the test: " + facts_text(test.facts_with_validation) + "\n" +
         results_table(test.metrics, test.with_validation);
}

Json trials_json(const TuneResult& result) {
  Json out = Json::array();
  for (const TuneTrial& trial : result.trials) {
    Json one = {{"trial", trial.number},
                {"origin", trial.origin},
                {"options", options_json(trial.options)},
                {"strength", trial.strength}};
    if (trial.stage >= 0) {
      one["measured"] = {{"stage", stages.at(static_cast<std::size_t>(trial.stage))},
                         {"factors", trial.factors},
                         {"iterations", trial.iterations},
                         {"value", trial.value}};
    }
    if (!trial.by_seed.empty()) {
      one["by_seed"] = trial.by_seed;
    }
    if (!trial.failure.empty()) {
      one["failure"] = trial.failure;
    }
    one["chosen"] = trial.chosen;
    out.push_back(std::move(one));
  }
  return out;
}

Json test_json(const TuneTest& test) {
  return {
      {"training_part",
       {{"data", facts_json(test.facts)}, {"models", results_json(test.metrics, test.trained)}}},
      {"all_but_test",
       {{"data", facts_json(test.facts_with_validation)},
        {"models", results_json(test.metrics, test.with_validation)}}}};
}

std::string trials_plot(const TuneResult& result) {
  std::vector<Chart> charts = {
      chart_of(result,
               "mean strength of regularization",
               true,
               [](const TuneTrial& trial) { return trial.strength; }),
      chart_of(result,
               "factors",
               true,
               [](const TuneTrial& trial) { return static_cast<double>(trial.options.factors); }),
      chart_of(
          result,
          "regularization_exponent",
          false,
          [](const TuneTrial& trial) { return trial.options.regularization_exponent.value_or(0); }),
      chart_of(result, "iterations", false, [](const TuneTrial& trial) {
        return static_cast<double>(trial.options.iterations);
      })};
  if (is_implicit(result)) {
    charts.push_back(chart_of(
        result, "alpha", true, [](const TuneTrial& trial) { return trial.options.alpha; }));
    if (varies(result, [](const TrainOptions& o) { return short_number(o.unobserved_weight); })) {
      charts.push_back(chart_of(result, "unobserved_weight", true, [](const TuneTrial& trial) {
        return trial.options.unobserved_weight;
      }));
    }
  }
  return svg(charts, 2);
}

}  // namespace alsace::cli
