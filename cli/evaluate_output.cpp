#include "evaluate_output.h"

#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

std::string range_text(const UserGroup& group) {
  return group.from == group.to ? fmt::format("{}", group.from)
                                : fmt::format("{} to {}", group.from, group.to);
}

std::string difference_text(double value) {
  return std::isfinite(value) ? fmt::format("{:+.4f}", value) : "-";
}

std::string marked_interval(const MetricValue& value) {
  return value.low && value.high ? fmt::format("[{:+.4f}, {:+.4f}]{}",
                                               *value.low,
                                               *value.high,
                                               excludes_zero(value) ? " *" : "")
                                 : "";
}

/// Metric by metric a line for each of some models; columns are groups of users.
Table table_by_metric(const std::string& model, std::span<const std::string> groups) {
  Table table;
  table.column("metric");
  table.column(model);
  for (const std::string& group : groups) {
    table.column(group, Table::Align::right);
    table.column("95 % interval");
  }
  return table;
}

std::vector<std::string> group_names(const Evaluation& evaluation) {
  std::vector<std::string> names;
  for (const UserGroup& group : evaluation.groups) {
    names.push_back(group.name);
  }
  return names;
}

}  // namespace

std::string groups_text(const Evaluation& evaluation) {
  std::string out;
  for (const UserGroup& group : evaluation.groups) {
    out += fmt::format("{}{} {} ({})",
                       out.empty() ? "groups by training interactions: " : ", ",
                       group.name,
                       range_text(group),
                       plural(std::ssize(group.test_places), "user"));
  }
  return out + "\n";
}

std::string groups_table(std::span<const Result> results) {
  const Evaluation& first = results.front().evaluation;
  Table table = table_by_metric("model", group_names(first));
  for (std::size_t metric = 0; metric < first.metrics.size(); ++metric) {
    for (const Result& result : results) {
      const bool leads = &result == &results.front();
      std::vector<std::string> cells = {leads ? first.metrics[metric].to_string() : "",
                                        result.evaluation.name};
      for (const std::vector<MetricValue>& values : result.evaluation.by_group) {
        cells.push_back(number_text(values[metric].mean));
        cells.push_back(interval_text(values[metric]));
      }
      table.row(std::move(cells));
    }
  }
  return table.to_string();
}

Json groups_json(const Evaluation& evaluation) {
  Json out = Json::array();
  for (const UserGroup& group : evaluation.groups) {
    out.push_back({{"name", group.name},
                   {"users", group.test_places.size()},
                   {"from", group.from},
                   {"to", group.to}});
  }
  return out;
}

std::string differences_table(const Evaluation& reference,
                              std::span<const Comparison> differences) {
  std::vector<std::string> groups = group_names(reference);
  groups.insert(groups.begin(), groups.empty() ? "difference" : "all");
  Table table = table_by_metric("less " + reference.name, groups);
  for (std::size_t metric = 0; metric < reference.metrics.size(); ++metric) {
    for (const Comparison& comparison : differences) {
      const bool leads = &comparison == &differences.front();
      std::vector<std::string> cells = {leads ? reference.metrics[metric].to_string() : "",
                                        comparison.name};
      const auto add = [&](const MetricValue& value) {
        cells.push_back(difference_text(value.mean));
        cells.push_back(marked_interval(value));
      };
      add(comparison.differences[metric]);
      for (const std::vector<MetricValue>& values : comparison.by_group) {
        add(values[metric]);
      }
      table.row(std::move(cells));
    }
  }
  return table.to_string() + "  * the paired interval leaves out 0\n";
}

Json differences_json(const Evaluation& reference, std::span<const Comparison> differences) {
  Json out = Json::array();
  for (const Comparison& comparison : differences) {
    Json line = {{"name", comparison.name},
                 {"reference", comparison.reference},
                 {"metrics", values_json(reference.metrics, comparison.differences)}};
    if (!reference.groups.empty()) {
      line["groups"] = by_group_json(reference, comparison.by_group);
    }
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace alsace::cli
