#include "recommend/prepared.h"

#include <algorithm>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

/// The user's training interactions.
std::vector<ItemValue> stored_history(const Model& model, Index user) {
  std::vector<ItemValue> values;
  std::int64_t entry = model.interactions.offsets[at(user)];
  for (const Index item : model.interactions.row(user)) {
    values.push_back({.item = item, .value = model.interactions.value(entry++)});
  }
  return values;
}

}  // namespace

Explanation Recommender::explain(Index user, Index item) const {
  check_row(user, model_->user_ids.size(), "user");
  check_row(item, model_->item_ids.size(), "item");
  if (!model_->has_interactions()) {
    throw Error(ErrorCode::invalid_argument,
                "recommend: the model holds no interactions to explain with. Train without "
                "--no-interactions.");
  }
  const Prepared& ready = prepared();
  const History history = make_history(*model_, stored_history(*model_, user));
  const auto coordinates = static_cast<std::size_t>(ready.items.coordinates);

  // The stored row; only nonnegative models, which are not rotated, look at it.
  std::vector<double> x(coordinates, 0.0);
  std::ranges::copy(model_->user_factors.row(user), x.begin());
  RowSolver solver(ready.items, model_->options, ready.trained_items);
  if (!solver.prepare_explanation(history.entries(), x)) {
    throw Error(ErrorCode::numerical_failure,
                fmt::format("recommend: the system of user '{}' has no solution with "
                            "regularization = {}. Train with a higher regularization.",
                            model_->user_ids[user],
                            *model_->options.regularization));
  }
  const std::span<const float> row = ready.items.table.row(item);
  std::vector<double> y(row.begin(), row.end());
  for (std::size_t i = 0; model_->options.nonnegative && i < at(model_->options.factors); ++i) {
    y[i] = x[i] > 0 ? y[i] : 0.0;
  }
  Explanation explanation;
  if (model_->options.biases) {
    y.back() = 0.0;  // The user's bias is a part of its own.
    explanation.mean = model_->value_mean;
    explanation.item_bias = static_cast<double>(model_->item_biases[at(item)]);
    explanation.user_bias = static_cast<double>(model_->user_biases[at(user)]);
  }
  const std::vector<double> parts = solver.contributions(history.items, y);
  for (std::size_t j = 0; j < parts.size(); ++j) {
    explanation.contributions.push_back(
        {.row = history.items[j], .score = static_cast<float>(parts[j])});
  }
  std::ranges::sort(explanation.contributions, [](const Scored& a, const Scored& b) {
    return a.score > b.score || (a.score == b.score && a.row < b.row);
  });
  double score = explanation.mean + explanation.item_bias + explanation.user_bias;
  const std::span<const float> item_row = model_->item_factors.row(item);
  for (std::size_t i = 0; i < item_row.size(); ++i) {
    score +=
        static_cast<double>(model_->user_factors.row(user)[i]) * static_cast<double>(item_row[i]);
  }
  explanation.score = static_cast<float>(score);
  return explanation;
}

}  // namespace alsace
