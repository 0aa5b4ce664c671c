#include "base/thread_pool.h"
#include "kernels/dense.h"
#include "recommend/prepared.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

void check_value(const ItemValue& entry, const Model& model) {
  check_row(entry.item, model.item_ids.size(), "item");
  const bool not_negative =
      model.options.feedback == Feedback::implicit_feedback && !model.options.dislikes;
  if (!std::isfinite(entry.value) || (not_negative && entry.value < 0)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: the value of item '{}' is {}, it must be {}.",
                            model.item_ids[entry.item],
                            entry.value,
                            not_negative ? "a number of 0 or more" : "a finite number"));
  }
}

/// One entry per item, in the order of items: sums with implicit feedback, else the last given.
std::vector<ItemValue> merged(const Model& model, std::span<const ItemValue> values) {
  std::vector<std::size_t> places(values.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, [&](std::size_t a, std::size_t b) {
    return std::pair(values[a].item, a) < std::pair(values[b].item, b);
  });
  const bool add = model.options.feedback == Feedback::implicit_feedback;
  std::vector<ItemValue> distinct;
  for (const std::size_t place : places) {
    const ItemValue& entry = values[place];
    if (!distinct.empty() && distinct.back().item == entry.item) {
      distinct.back().value = add ? distinct.back().value + entry.value : entry.value;
    } else {
      distinct.push_back(entry);
    }
  }
  return distinct;
}

float checked_confidence(const ItemValue& entry, const Model& model) {
  const auto confidence = static_cast<float>(
      confidence_of(std::abs(static_cast<double>(entry.value)), model.options, model.value_mean));
  if (!std::isfinite(confidence)) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("recommend: the value of item '{}' is {}, whose confidence is beyond what "
                    "float can hold. Give smaller values.",
                    model.item_ids[entry.item],
                    entry.value));
  }
  return confidence;
}

}  // namespace

History make_history(const Model& model, std::span<const ItemValue> values) {
  std::ranges::for_each(values, [&](const ItemValue& entry) { check_value(entry, model); });
  const bool is_implicit = model.options.feedback == Feedback::implicit_feedback;
  History history;
  history.target_offset = model.options.biases ? model.value_mean : 0.0;
  for (const ItemValue& entry : merged(model, values)) {
    const bool says_nothing = is_implicit && !model.options.dislikes && entry.value == 0;
    if (model.item_counts[at(entry.item)] == 0 || says_nothing) {
      continue;  // Nothing was learned about it, or nothing is said of it.
    }
    history.items.push_back(entry.item);
    if (is_implicit) {
      history.confidence.push_back(checked_confidence(entry, model));
      history.targets.push_back(entry.value > 0 ? 1.0F : 0.0F);
    } else {
      history.targets.push_back(entry.value);
    }
  }
  return history;
}

const Recommender::Prepared& Recommender::prepared() const {
  std::call_once(prepared_->once, [&] {
    ThreadPool pool(1);
    prepared_->items = prepare_fixed_side(
        {.factors = model_->item_factors, .biases = model_->item_biases}, model_->options, pool);
    prepared_->trained_items = static_cast<Index>(
        std::ranges::count_if(model_->item_counts, [](std::int64_t count) { return count > 0; }));
  });
  return *prepared_;
}

FoldedUser Recommender::fold_in(std::span<const ItemValue> values) const {
  const History history = make_history(*model_, values);
  const Prepared& ready = prepared();
  const std::size_t stride = ready.items.table.stride();
  AlignedVector<double> x(stride, 0.0);
  RowSolver solver(ready.items, model_->options, ready.trained_items);
  if (!solver.solve(history.entries(),
                    {x.data(), static_cast<std::size_t>(ready.items.coordinates)})) {
    throw Error(ErrorCode::numerical_failure,
                fmt::format("recommend: this history has no solution with regularization = {}. "
                            "Train with a higher regularization.",
                            *model_->options.regularization));
  }
  AlignedVector<float> turned(stride, 0.0F);
  if (ready.items.basis) {
    kernels::multiply(x.data(), 1, stride, ready.items.basis->back.values.data(), turned.data());
  } else {
    std::ranges::transform(
        x, turned.begin(), [](double value) { return static_cast<float>(value); });
  }
  const auto factors = static_cast<std::ptrdiff_t>(model_->options.factors);
  return {.factors = {turned.begin(), turned.begin() + factors},
          .bias = model_->options.biases ? turned[at(model_->options.factors)] : 0.0F};
}

std::vector<FoldedUser> Recommender::fold_in_many(std::span<const std::vector<ItemValue>> histories,
                                                  int threads) const {
  std::vector<FoldedUser> users(histories.size());
  ThreadPool pool(threads);
  pool.run(histories.size(),
           [&](std::size_t place, int) { users[place] = fold_in(histories[place]); });
  return users;
}

}  // namespace alsace
