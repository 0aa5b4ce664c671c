#include "alsace/error.h"
#include "alsace/recommend.h"

#include "recommend/prepared.h"
#include "recommend/search.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

}  // namespace

Recommender::Recommender(std::shared_ptr<const Model> model)
    : model_(std::move(model)), prepared_(std::make_shared<Prepared>()) {
  for (Index item = 0; item < model_->item_ids.size(); ++item) {
    if (model_->item_counts[at(item)] == 0) {
      prepared_->untrained.push_back(item);
    }
  }
}

Recommender::Recommender(Model model)
    : Recommender(std::make_shared<const Model>(std::move(model))) {}

UserView Recommender::view(Index user) const {
  check_row(user, model_->user_ids.size(), "user");
  return {.factors = model_->user_factors.row(user),
          .bias = model_->options.biases ? model_->user_biases[at(user)] : 0.0F};
}

void Recommender::scores_many(std::span<const UserView> users, std::span<float> out) const {
  const std::size_t items = at(model_->item_ids.size());
  if (out.size() != users.size() * items) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: room for {} scores was given, {} users and {} items have "
                            "{}.",
                            out.size(),
                            users.size(),
                            items,
                            users.size() * items));
  }
  std::vector<const float*> queries;
  for (const UserView& user : users) {
    check_factors(user);
    queries.push_back(user.factors.data());
  }
  kernels::score_rows(
      rows_of(model_->item_factors), queries.data(), queries.size(), out.data(), items);
  for (std::size_t place = 0; place < users.size(); ++place) {
    finish(users[place], 0, out.subspan(place * items, items));
  }
}

void Recommender::scores(const FoldedUser& user, std::span<float> out) const {
  const UserView one = view(user);
  scores_many({&one, 1}, out);
}

void Recommender::scores(Index user, std::span<float> out) const {
  const UserView one = view(user);
  scores_many({&one, 1}, out);
}

void Recommender::check_factors(const UserView& user) const {
  if (user.factors.size() != at(model_->options.factors)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: a user with {} factors was given, the model has {}.",
                            user.factors.size(),
                            model_->options.factors));
  }
}

void Recommender::finish(const UserView& user, std::size_t first, std::span<float> scores) const {
  if (model_->options.biases) {
    const double own = model_->value_mean + static_cast<double>(user.bias);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = static_cast<float>(static_cast<double>(scores[i]) + own +
                                     static_cast<double>(model_->item_biases[first + i]));
    }
  }
  hide(prepared_->untrained, first, scores);
}

double Recommender::predict(std::optional<Index> user, std::optional<Index> item) const {
  const bool biased = model_->options.biases;
  bool known = user && item;
  double value = biased ? model_->value_mean : 0.0;
  if (user) {
    check_row(*user, model_->user_ids.size(), "user");
    known = known && model_->user_counts[at(*user)] > 0;
    value += biased ? static_cast<double>(model_->user_biases[at(*user)]) : 0.0;
  }
  if (item) {
    check_row(*item, model_->item_ids.size(), "item");
    known = known && model_->item_counts[at(*item)] > 0;
    value += biased ? static_cast<double>(model_->item_biases[at(*item)]) : 0.0;
  }
  const bool is_explicit = model_->options.feedback == Feedback::explicit_feedback;
  if (known) {
    const std::span<const float> x = model_->user_factors.row(*user);
    const std::span<const float> y = model_->item_factors.row(*item);
    for (std::size_t i = 0; i < x.size(); ++i) {
      value += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    }
  } else if (is_explicit && !biased) {
    value = model_->value_mean;
  }
  return is_explicit ? std::clamp(value, model_->value_min, model_->value_max) : value;
}

}  // namespace alsace
