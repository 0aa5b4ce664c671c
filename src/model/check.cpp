#include "model/check.h"

#include "alsace/error.h"

#include "base/text.h"
#include "model/header.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

template <class... Values>
void require(bool holds, fmt::format_string<Values...> message, Values&&... values) {
  if (!holds) {
    throw FormatError(fmt::format(message, std::forward<Values>(values)...));
  }
}

template <class T>
void check_finite(std::span<const T> values, std::string_view name) {
  const auto bad = std::ranges::find_if_not(values, [](T value) { return std::isfinite(value); });
  require(bad == values.end(),
          "{} has a value that is not finite at place {}",
          name,
          bad - values.begin());
}

void check_length(std::size_t length, std::size_t expected, std::string_view name) {
  require(length == expected, "{} has {} values, it must have {}", name, length, expected);
}

void check_options(const TrainOptions& options) {
  try {
    require(resolve(options) == options, "its options are not resolved");
  } catch (const Error& error) {
    throw FormatError(fmt::format("its options are out of range ({})", error.what()));
  }
}

void check_factors(const FactorTable& table, Index rows, int factors, std::string_view name) {
  require(table.rows() == rows && table.factors() == factors,
          "{} has shape [{}, {}], it must be [{}, {}]",
          name,
          table.rows(),
          table.factors(),
          rows,
          factors);
  for (Index row = 0; row < rows; ++row) {
    check_finite(table.row(row), name);
  }
}

bool is_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && std::to_string(value) == text;
}

void check_ids(const IdTable& ids, std::string_view name) {
  for (Index row = 0; row < ids.size(); ++row) {
    require(ids.kind() != IdKind::integer || is_integer(ids[row]),
            "{} {} is no whole number, as its kind says",
            name,
            row);
    require(!ids[row].empty() && is_utf8(ids[row]),
            "{} {} is empty or not UTF-8, ids are texts of at least one character",
            name,
            row);
  }
}

void check_counts(const std::vector<std::int64_t>& counts, Index rows, std::string_view name) {
  check_length(counts.size(), at(rows), name);
  require(std::ranges::all_of(counts, [](std::int64_t count) { return count >= 0; }),
          "{} has a negative count",
          name);
}

/// One row's item numbers: in range and rising.
void check_row(std::span<const Index> items, Index columns, bool distinct, std::string_view name) {
  require(items.empty() || (items.front() >= 0 && items.back() < columns),
          "{} has an item row out of range, there are {} items",
          name,
          columns);
  const bool rising = distinct
                          ? std::ranges::adjacent_find(items, std::greater_equal{}) == items.end()
                          : std::ranges::is_sorted(items);
  require(rising, "{} has a user whose items do not rise", name);
}

void check_csr(const CsrMatrix& matrix, const Model& model, bool distinct, std::string_view name) {
  if (matrix.rows == 0) {
    require(matrix.indices.empty() && matrix.values.empty(), "{} has entries but no users", name);
    return;
  }
  const Index users = model.user_ids.size();
  const Index items = model.item_ids.size();
  require(matrix.rows == users && matrix.columns == items,
          "{} has shape [{}, {}], there are {} users and {} items",
          name,
          matrix.rows,
          matrix.columns,
          users,
          items);
  check_length(matrix.offsets.size(), at(users) + 1, fmt::format("{}: its offsets", name));
  require(matrix.offsets.front() == 0 && std::ranges::is_sorted(matrix.offsets) &&
              matrix.offsets.back() == static_cast<std::int64_t>(matrix.indices.size()),
          "{} has offsets that do not rise from 0 to its {} entries",
          name,
          matrix.indices.size());
  for (Index row = 0; row < users; ++row) {
    check_row(matrix.row(row), items, distinct, name);
  }
  if (!matrix.values.empty()) {
    check_length(matrix.values.size(), matrix.indices.size(), fmt::format("{}: its values", name));
    check_finite(std::span(matrix.values), name);
  }
}

void check_interactions(const Model& model) {
  const CsrMatrix& matrix = model.interactions;
  check_csr(matrix, model, true, "interactions");
  if (matrix.rows == 0) {
    return;
  }
  std::vector<std::int64_t> item_counts(model.item_counts.size());
  for (const Index item : matrix.indices) {
    ++item_counts[at(item)];
  }
  for (Index row = 0; row < matrix.rows; ++row) {
    require(static_cast<std::size_t>(model.user_counts[at(row)]) == matrix.row(row).size(),
            "user_counts says {} for user row {}, the interactions have {}",
            model.user_counts[at(row)],
            row,
            matrix.row(row).size());
  }
  require(item_counts == model.item_counts, "item_counts does not count the interactions");
}

void check_biases(const Model& model) {
  const bool biased = model.options.biases;
  check_length(model.user_biases.size(), biased ? at(model.user_ids.size()) : 0, "user_biases");
  check_length(model.item_biases.size(), biased ? at(model.item_ids.size()) : 0, "item_biases");
  check_finite(std::span(model.user_biases), "user_biases");
  check_finite(std::span(model.item_biases), "item_biases");
}

void check_numbers(const Model& model) {
  const TrainSummary& summary = model.summary;
  for (const double value : {model.value_mean,
                             model.value_min,
                             model.value_max,
                             summary.final_objective,
                             summary.confidence_median,
                             summary.confidence_p99,
                             summary.confidence_max,
                             summary.mean_alpha_value}) {
    require(std::isfinite(value), "its summary or its values are not finite");
  }
  require(model.value_min <= model.value_max,
          "its values range from {} to {}",
          model.value_min,
          model.value_max);
  check_length(summary.seconds.size(), summary.objective.size(), "seconds");
  check_finite(std::span(summary.objective), "objective");
  check_finite(std::span(summary.seconds), "seconds");
  require(summary.threads >= 0 && summary.zeros_dropped >= 0 && summary.peak_memory_bytes >= 0,
          "a count of its summary is negative");
}

}  // namespace

void check_model(const Model& model) {
  const Index users = model.user_ids.size();
  const Index items = model.item_ids.size();
  check_options(model.options);
  check_factors(model.user_factors, users, model.options.factors, "user_factors");
  check_factors(model.item_factors, items, model.options.factors, "item_factors");
  if (model.previous_item_factors.rows() > 0) {
    require(!model.complete, "it has previous_item_factors, which only a checkpoint has");
    check_factors(
        model.previous_item_factors, items, model.options.factors, "previous_item_factors");
  }
  check_biases(model);
  check_ids(model.user_ids, "user id");
  check_ids(model.item_ids, "item id");
  check_counts(model.user_counts, users, "user_counts");
  check_counts(model.item_counts, items, "item_counts");
  if (!model.spectrum.empty()) {  // A checkpoint has none yet.
    check_length(
        model.spectrum.size(), static_cast<std::size_t>(model.options.factors), "spectrum");
  }
  check_finite(std::span(model.spectrum), "spectrum");
  check_interactions(model);
  check_csr(model.low, model, false, "low");
  check_numbers(model);
}

}  // namespace alsace
