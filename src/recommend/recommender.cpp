#include "alsace/error.h"
#include "alsace/recommend.h"

#include "base/aligned.h"
#include "base/thread_pool.h"
#include "kernels/gather.h"
#include "recommend/prepared.h"
#include "recommend/top_k.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

void check_list(const ListOptions& options, const Model& model) {
  if (options.top_k < 1) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: top_k is {}, it must be 1 or more.", options.top_k));
  }
  for (const std::span<const Index> items : {options.allow, options.deny}) {
    for (const Index item : items) {
      check_row(item, model.item_ids.size(), "item");
    }
  }
}

void hide(std::span<const Index> items, std::span<float> scores) {
  for (const Index item : items) {
    scores[at(item)] = never_listed;
  }
}

/// Puts the filters of `options` into the scores and picks the best.
std::vector<Scored> listed(const ListOptions& options,
                           std::span<const Index> seen,
                           std::span<const Index> low,
                           std::vector<float>& scores) {
  if (!options.include_seen) {
    hide(seen, scores);
    hide(low, scores);
  }
  hide(options.deny, scores);
  if (!options.allow.empty()) {
    std::vector<float> allowed(scores.size(), never_listed);
    for (const Index item : options.allow) {
      allowed[at(item)] = scores[at(item)];
    }
    scores.swap(allowed);
  }
  return top_k(scores, at(options.top_k));
}

/// Nothing is known of a user without factors: every score would be 0, and their order chance.
/// With biases there is still the items' order.
bool says_nothing(std::span<const float> factors, const Model& model) {
  return !model.options.biases &&
         std::ranges::all_of(factors, [](float value) { return value == 0.0F; });
}

/// x . y of one padded row with every row of a table.
void score_table(const FactorTable& table, std::span<const float> x, std::span<float> out) {
  AlignedVector<float> padded(table.stride(), 0.0F);
  std::ranges::copy(x, padded.begin());
  kernels::score_rows(table.data(), table.stride(), at(table.rows()), padded.data(), out.data());
}

std::vector<Scored> similar(const FactorTable& table, Index row, int count) {
  if (count < 1) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: top_k is {}, it must be 1 or more.", count));
  }
  std::vector<float> scores(at(table.rows()));
  score_table(table, table.row(row), scores);
  const auto length = [&](Index other) {
    double square = 0;
    for (const float value : table.row(other)) {
      square += static_cast<double>(value) * static_cast<double>(value);
    }
    return std::sqrt(square);
  };
  const double own = length(row);
  for (Index other = 0; other < table.rows(); ++other) {
    const double product = own * length(other);
    float& score = scores[at(other)];
    score = product > 0 && other != row
                ? static_cast<float>(std::clamp(static_cast<double>(score) / product, -1.0, 1.0))
                : never_listed;
  }
  return top_k(scores, at(count));
}

/// Lists of 0 to count - 1 by many threads, in batches that go to the sink in order.
void make_lists(std::size_t count,
                int threads,
                const std::function<std::vector<Scored>(std::size_t)>& list,
                const ListSink& sink) {
  ThreadPool pool(threads);
  const std::size_t batch = 64 * static_cast<std::size_t>(pool.workers());
  std::vector<std::vector<Scored>> lists(std::min(batch, count));
  for (std::size_t first = 0; first < count; first += batch) {
    const std::size_t size = std::min(batch, count - first);
    pool.run(size, [&](std::size_t place, int) { lists[place] = list(first + place); });
    for (std::size_t place = 0; place < size; ++place) {
      if (!sink(first + place, std::move(lists[place]))) {
        return;
      }
    }
  }
}

}  // namespace

Recommender::Recommender(std::shared_ptr<const Model> model)
    : model_(std::move(model)), prepared_(std::make_shared<Prepared>()) {}

Recommender::Recommender(Model model)
    : Recommender(std::make_shared<const Model>(std::move(model))) {}

void Recommender::scores(const FoldedUser& user, std::span<float> out) const {
  if (user.factors.size() != at(model_->options.factors) ||
      out.size() != at(model_->item_ids.size())) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("recommend: {} factors and room for {} scores were given, the model has "
                    "{} factors and {} items.",
                    user.factors.size(),
                    out.size(),
                    model_->options.factors,
                    model_->item_ids.size()));
  }
  score_table(model_->item_factors, user.factors, out);
  const bool biased = model_->options.biases;
  const double own = biased ? model_->value_mean + static_cast<double>(user.bias) : 0.0;
  for (std::size_t item = 0; item < out.size(); ++item) {
    if (model_->item_counts[item] == 0) {
      out[item] = never_listed;
    } else if (biased) {
      out[item] = static_cast<float>(static_cast<double>(out[item]) + own +
                                     static_cast<double>(model_->item_biases[item]));
    }
  }
}

void Recommender::scores(Index user, std::span<float> out) const {
  check_row(user, model_->user_ids.size(), "user");
  const std::span<const float> row = model_->user_factors.row(user);
  scores(FoldedUser{.factors = {row.begin(), row.end()},
                    .bias = model_->options.biases ? model_->user_biases[at(user)] : 0.0F},
         out);
}

std::vector<Scored> Recommender::recommend(Index user, const ListOptions& options) const {
  check_row(user, model_->user_ids.size(), "user");
  check_list(options, *model_);
  if (!options.include_seen && !model_->has_interactions()) {
    throw Error(ErrorCode::invalid_argument,
                "recommend: the model holds no interactions, so what a user has seen is not known. "
                "Ask with --include-seen or --history, or train without --no-interactions.");
  }
  if (says_nothing(model_->user_factors.row(user), *model_)) {
    return {};
  }
  std::vector<float> all(at(model_->item_ids.size()));
  scores(user, all);
  const auto row_of = [&](const CsrMatrix& matrix) {
    return matrix.rows > 0 ? matrix.row(user) : std::span<const Index>();
  };
  return listed(options, row_of(model_->interactions), row_of(model_->low), all);
}

std::vector<Scored> Recommender::recommend_for(std::span<const ItemValue> history,
                                               const ListOptions& options) const {
  check_list(options, *model_);
  const FoldedUser user = fold_in(history);
  if (says_nothing(user.factors, *model_)) {
    return {};
  }
  std::vector<float> all(at(model_->item_ids.size()));
  scores(user, all);
  std::vector<Index> seen;
  std::ranges::transform(history, std::back_inserter(seen), &ItemValue::item);
  return listed(options, seen, {}, all);
}

void Recommender::recommend_many(std::span<const Index> users,
                                 const ListOptions& options,
                                 int threads,
                                 const ListSink& sink) const {
  make_lists(
      users.size(),
      threads,
      [&](std::size_t place) { return recommend(users[place], options); },
      sink);
}

void Recommender::recommend_for_many(std::span<const std::vector<ItemValue>> histories,
                                     const ListOptions& options,
                                     int threads,
                                     const ListSink& sink) const {
  make_lists(
      histories.size(),
      threads,
      [&](std::size_t place) { return recommend_for(histories[place], options); },
      sink);
}

std::vector<Scored> Recommender::similar_items(Index item, int top_k) const {
  check_row(item, model_->item_ids.size(), "item");
  return similar(model_->item_factors, item, top_k);
}

std::vector<Scored> Recommender::similar_users(Index user, int top_k) const {
  check_row(user, model_->user_ids.size(), "user");
  return similar(model_->user_factors, user, top_k);
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
