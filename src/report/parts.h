#pragma once

#include "alsace/report.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace alsace {

using Json = nlohmann::ordered_json;

/// The trained items in row order: everywhere in a report an item is its place in here.
struct ReportItems {
  std::vector<Index> rows = {};             ///< Row in the model.
  std::vector<Index> places = {};           ///< [model items] Place in rows, or -1.
  std::vector<Index> table_rows = {};       ///< Row in the items table, or -1.
  std::vector<double> log_popularity = {};  ///< log10 of the training interactions.
};
ReportItems report_items(const Model& model, const ItemTable& items);

/// A float as the number with its shortest digits: 0.1, not 0.10000000149.
Json float_json(float number);

/// Numbers about the data and the training options.
Json facts_json(const Model& model);
Json training_json(const Model& model);
/// `alsace train` with every option that is not its default.
std::string train_command(const TrainOptions& options);

/// A column's values in the order of the report's items.
Json column_json(const ItemColumn& column, const ReportItems& items);

/// Users to look into: those named, then others of different activity.
std::vector<Index> chosen_users(const Model& model, const ReportOptions& options);
Json users_json(const Recommender& recommender,
                const ReportItems& items,
                const ReportOptions& options);

/// How different two users' lists are, over pairs of a sample of users.
Json personalization_json(const Recommender& recommender, const ReportOptions& options);

}  // namespace alsace
