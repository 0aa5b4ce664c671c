#include "alsace/report.h"

#include "alsace/error.h"

#include "base/text.h"
#include "report/components.h"
#include "report/encode.h"
#include "report/page.h"
#include "report/parts.h"
#include "report/regression.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr int most_described = 10;  ///< Components with correlations and shares.

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "report: " + message);
}

void check(const Model& model, const ReportItems& items, const ReportOptions& options) {
  if (options.top_k < 1 || options.top_k > 100) {
    refuse(fmt::format("top_k is {}, it must be 1 to 100.", options.top_k));
  }
  if (options.users < 0 || options.users > 100'000) {
    refuse(fmt::format("users is {}, it must be 0 to 100,000.", options.users));
  }
  for (const Index user : options.named_users) {
    if (user < 0 || user >= model.user_ids.size()) {
      refuse(fmt::format("user row {} is out of range, the model has {}. Rows count from 0.",
                         user,
                         model.user_ids.size()));
    }
  }
  if (!model.complete) {
    refuse("the model is a checkpoint. Go on with train --resume, then report on the result.");
  }
  if (items.rows.empty()) {
    refuse("the model has no item with a training interaction: there is nothing to show.");
  }
}

Json evaluation_json(const std::string& text) {
  if (text.empty()) {
    return {};
  }
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("models") || !document["models"].is_array()) {
    refuse("the evaluation is not what 'alsace evaluate --json' prints. Give that document.");
  }
  return document;
}

/// A power of two that brings factors into the range in which halves are precise; 1 where they are.
double half_scale(const Model& model, const ReportItems& items) {
  float largest = 0;
  for (const Index row : items.rows) {
    for (const float value : model.item_factors.row(row)) {
      largest = std::max(largest, std::abs(value));
    }
  }
  const bool fine = largest == 0 || (largest > 0.125F && largest < 32768.0F);
  return fine ? 1.0 : std::exp2(-std::floor(std::log2(static_cast<double>(largest))));
}

std::string halves(const Model& model, const ReportItems& items, double scale) {
  std::string bytes;
  bytes.reserve(items.rows.size() * static_cast<std::size_t>(model.item_factors.factors()) * 2);
  for (const Index row : items.rows) {
    for (const float value : model.item_factors.row(row)) {
      const unsigned bits = to_half(static_cast<float>(static_cast<double>(value) * scale));
      bytes += static_cast<char>(bits & 0xffU);
      bytes += static_cast<char>(bits >> 8U);
    }
  }
  return base64(bytes);
}

/// Factors scaled by s, mean by s and basis by 1 / s have the same components.
Json components_json(const Components& components, double scale) {
  std::vector<double> mean = components.mean;
  std::vector<double> basis = components.basis;
  for (double& value : mean) {
    value *= scale;
  }
  for (double& value : basis) {
    value /= scale;
  }
  return {{"count", components.count},
          {"explained", components.explained},
          {"mean", base64(float_bytes(mean))},
          {"basis", base64(float_bytes(basis))}};
}

Json items_json(const Model& model,
                const ReportItems& items,
                const ItemTable& table,
                const Components& components) {
  Json ids = Json::array();
  Json popularity = Json::array();
  Json titles = Json::array();
  for (std::size_t i = 0; i < items.rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(items.rows[i]);
    ids.push_back(std::string(model.item_ids[items.rows[i]]));
    popularity.push_back(model.item_counts[row]);
    const Index table_row = items.table_rows[i];
    titles.push_back(table_row < 0 ? "" : table.titles[static_cast<std::size_t>(table_row)]);
  }
  Json columns = Json::array();
  for (const ItemColumn& column : table.columns) {
    columns.push_back(column_json(column, items));
  }
  const double scale = half_scale(model, items);
  return {{"ids", std::move(ids)},
          {"titles", table.ids.empty() ? Json() : std::move(titles)},
          {"popularity", std::move(popularity)},
          {"columns", std::move(columns)},
          {"factors", {{"k", model.item_factors.factors()}, {"half", halves(model, items, scale)}}},
          {"components", components_json(components, scale)}};
}

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json component_facts_json(const Model& model,
                          const ReportItems& items,
                          const ItemTable& table,
                          const Components& components) {
  std::vector<std::vector<double>> values;
  Json out = Json::array();
  for (int j = 0; j < std::min(most_described, components.count); ++j) {
    values.push_back(component_values(model.item_factors, items.rows, components, j));
    out.push_back({{"popularity_correlation",
                    optional_json(correlation(values.back(), items.log_popularity))},
                   {"columns", Json::array()}});
  }
  for (const ItemColumn& column : table.columns) {
    const auto shares = explained_shares(values, column, items.table_rows);
    for (std::size_t j = 0; j < values.size(); ++j) {
      out[j]["columns"].push_back({{"name", column.name}, {"r2", optional_json(shares[j])}});
    }
  }
  return out;
}

Json document(const Recommender& recommender,
              const ItemTable& table,
              const ReportOptions& options) {
  const Model& model = recommender.model();
  const ReportItems items = report_items(model, table);
  check(model, items, options);
  Json evaluation = evaluation_json(options.evaluation);
  const Components components =
      principal_components(model.item_factors, items.rows, options.threads);
  return {{"format", 1},
          {"title", options.title.empty() ? "Alsace report" : options.title},
          {"program", "alsace " ALSACE_VERSION},
          {"commands", {{"report", options.command}, {"train", train_command(model.options)}}},
          {"facts", facts_json(model)},
          {"training", training_json(model)},
          {"spectrum", model.spectrum},
          {"items", items_json(model, items, table, components)},
          {"component_facts", component_facts_json(model, items, table, components)},
          {"users", users_json(recommender, items, options)},
          {"evaluation", std::move(evaluation)},
          {"personalization", personalization_json(recommender, options)},
          {"notes", table.notes}};
}

}  // namespace

ReportItems report_items(const Model& model, const ItemTable& table) {
  ReportItems items;
  items.places.assign(static_cast<std::size_t>(model.item_ids.size()), -1);
  for (Index row = 0; row < model.item_ids.size(); ++row) {
    const std::int64_t count = model.item_counts[static_cast<std::size_t>(row)];
    if (count == 0) {
      continue;
    }
    items.places[static_cast<std::size_t>(row)] = static_cast<Index>(items.rows.size());
    items.rows.push_back(row);
    items.table_rows.push_back(table.ids.find(model.item_ids[row]).value_or(-1));
    items.log_popularity.push_back(std::log10(static_cast<double>(count)));
  }
  return items;
}

Json column_json(const ItemColumn& column, const ReportItems& items) {
  const bool numbers = column.kind == ColumnKind::number;
  Json values = Json::array();
  for (const Index row : items.table_rows) {
    if (numbers) {
      const double number = row < 0 ? std::nan("") : column.numbers[static_cast<std::size_t>(row)];
      values.push_back(std::isnan(number) ? Json() : Json(number));
    } else {
      Json places = Json::array();
      for (const Index place : row < 0 ? std::span<const Index>() : column.labels_of(row)) {
        places.push_back(place);
      }
      values.push_back(std::move(places));
    }
  }
  Json out = {{"name", column.name}, {"kind", numbers ? "number" : "category"}};
  if (!numbers) {
    out["labels"] = column.labels;
  }
  out["values"] = std::move(values);
  return out;
}

std::string report_json(const Recommender& recommender,
                        const ItemTable& items,
                        const ReportOptions& options) {
  return document(recommender, items, options).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string html_report(const Recommender& recommender,
                        const ItemTable& items,
                        const ReportOptions& options) {
  return page_with(report_json(recommender, items, options));
}

}  // namespace alsace
