#include "recommend/prepared.h"

#include <algorithm>
#include <utility>

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

double dot(std::span<const float> x, std::span<const float> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  }
  return sum;
}

/// What each item of a history adds to a score, largest first.
std::vector<Scored> sorted_contributions(std::span<const Index> items,
                                         std::span<const double> parts) {
  std::vector<Scored> contributions;
  for (std::size_t j = 0; j < parts.size(); ++j) {
    contributions.push_back({.row = items[j], .score = static_cast<float>(parts[j])});
  }
  std::ranges::sort(contributions, [](const Scored& a, const Scored& b) {
    return a.score > b.score || (a.score == b.score && a.row < b.row);
  });
  return contributions;
}

}  // namespace

Explanation Recommender::explain(Index user, Index item) const {
  return std::move(explain(user, std::span(&item, 1)).front());
}

std::vector<Explanation> Recommender::explain(Index user, std::span<const Index> items) const {
  check_row(user, model_->user_ids.size(), "user");
  for (const Index item : items) {
    check_row(item, model_->item_ids.size(), "item");
  }
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
  std::vector<Explanation> explanations;
  for (const Index item : items) {
    const std::span<const float> row = ready.items.table.row(item);
    std::vector<double> y(row.begin(), row.end());
    for (std::size_t i = 0; model_->options.nonnegative && i < at(model_->options.factors); ++i) {
      y[i] = x[i] > 0 ? y[i] : 0.0;
    }
    Explanation& explanation = explanations.emplace_back();
    if (model_->options.biases) {
      y.back() = 0.0;  // The user's bias is a part of its own.
      explanation.mean = model_->value_mean;
      explanation.item_bias = static_cast<double>(model_->item_biases[at(item)]);
      explanation.user_bias = static_cast<double>(model_->user_biases[at(user)]);
    }
    explanation.contributions =
        sorted_contributions(history.items, solver.contributions(history.items, y));
    explanation.score =
        static_cast<float>(explanation.mean + explanation.item_bias + explanation.user_bias +
                           dot(model_->user_factors.row(user), model_->item_factors.row(item)));
  }
  return explanations;
}

}  // namespace alsace
