#include "measured.h"

#include "arrays.h"

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace alsace::python {
namespace {

using ValueTuple = std::tuple<double, std::optional<double>, std::optional<double>>;

std::vector<ValueTuple> tuples_of(const std::vector<MetricValue>& values) {
  std::vector<ValueTuple> tuples;
  for (const MetricValue& value : values) {
    tuples.emplace_back(value.mean, value.low, value.high);
  }
  return tuples;
}

std::vector<std::vector<ValueTuple>> tuples_of(
    const std::vector<std::vector<MetricValue>>& by_group) {
  std::vector<std::vector<ValueTuple>> tuples;
  for (const std::vector<MetricValue>& values : by_group) {
    tuples.push_back(tuples_of(values));
  }
  return tuples;
}

std::vector<MetricValue> values_of(const std::vector<ValueTuple>& tuples) {
  std::vector<MetricValue> values;
  for (const auto& [mean, low, high] : tuples) {
    values.push_back({.mean = mean, .low = low, .high = high});
  }
  return values;
}

nb::object array_of_places(const std::vector<std::size_t>& places) {
  return array_of(std::vector<std::int64_t>(places.begin(), places.end()));
}

template <class To, class From>
std::vector<To> vector_of(nb::handle array) {
  const std::span<const From> values = span_of(nb::cast<Array<From>>(array));
  return {values.begin(), values.end()};
}

Evaluation evaluation_of(const nb::dict& given) {
  Evaluation evaluation;
  evaluation.name = nb::cast<std::string>(given["name"]);
  for (const auto& metric : nb::cast<std::vector<std::string>>(given["metrics"])) {
    evaluation.metrics.push_back(parse_metrics(metric).front());
  }
  evaluation.values = values_of(nb::cast<std::vector<ValueTuple>>(given["values"]));
  for (const nb::handle values : nb::cast<nb::list>(given["by_user"])) {
    evaluation.by_user.push_back(values.is_none() ? std::vector<double>()
                                                  : vector_of<double, double>(values));
  }
  evaluation.test_users = vector_of<Index, Index>(given["test_users"]);
  evaluation.rated_users = vector_of<Index, Index>(given["rated_users"]);
  evaluation.rated_entries = vector_of<double, double>(given["rated_entries"]);
  for (const nb::handle group : nb::cast<nb::list>(given["groups"])) {
    evaluation.groups.push_back({.name = nb::cast<std::string>(group[0]),
                                 .from = nb::cast<std::int64_t>(group[1]),
                                 .to = nb::cast<std::int64_t>(group[2]),
                                 .test_places = vector_of<std::size_t, std::int64_t>(group[3]),
                                 .rated_places = vector_of<std::size_t, std::int64_t>(group[4])});
  }
  for (const auto& values : nb::cast<std::vector<std::vector<ValueTuple>>>(given["by_group"])) {
    evaluation.by_group.push_back(values_of(values));
  }
  return evaluation;
}

}  // namespace

nb::dict dict_of(Evaluation&& evaluation) {
  nb::list metrics;
  for (const Metric& metric : evaluation.metrics) {
    metrics.append(metric.to_string());
  }
  nb::list by_user;
  for (std::vector<double>& values : evaluation.by_user) {
    by_user.append(values.empty() ? nb::none() : array_of(std::move(values)));
  }
  nb::list groups;
  for (const UserGroup& group : evaluation.groups) {
    groups.append(nb::make_tuple(group.name,
                                 group.from,
                                 group.to,
                                 array_of_places(group.test_places),
                                 array_of_places(group.rated_places)));
  }
  nb::dict out;
  out["name"] = evaluation.name;
  out["metrics"] = std::move(metrics);
  out["values"] = nb::cast(tuples_of(evaluation.values));
  out["by_user"] = std::move(by_user);
  out["test_users"] = array_of(std::move(evaluation.test_users));
  out["rated_users"] = array_of(std::move(evaluation.rated_users));
  out["rated_entries"] = array_of(std::move(evaluation.rated_entries));
  out["groups"] = std::move(groups);
  out["by_group"] = nb::cast(tuples_of(evaluation.by_group));
  return out;
}

nb::list compare_measured(const nb::list& measured,
                          std::size_t reference,
                          std::uint64_t seed,
                          int threads) {
  std::vector<Evaluation> evaluations;
  for (const nb::handle one : measured) {
    evaluations.push_back(evaluation_of(nb::cast<nb::dict>(one)));
  }
  std::vector<Comparison> found;
  {
    const nb::gil_scoped_release unlocked;
    found = compare(evaluations, reference, {.seed = seed, .threads = threads});
  }
  nb::list out;
  for (const Comparison& comparison : found) {
    out.append(nb::make_tuple(tuples_of(comparison.differences), tuples_of(comparison.by_group)));
  }
  return out;
}

}  // namespace alsace::python
