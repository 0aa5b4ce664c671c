#include "alsace/evaluate.h"
#include "alsace/recommend.h"

#include "base/thread_pool.h"
#include "evaluate/test_set.h"
#include "matrix/csr.h"
#include "recommend/top_k.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

namespace alsace {
namespace {

constexpr Index unknown = -1;

/// Row of the model for each row of the split, or nothing where the ids are the same.
class RowMap {
 public:
  RowMap(const IdTable& from, const IdTable& to) {
    if (from.bytes() == to.bytes() && std::ranges::equal(from.offsets(), to.offsets())) {
      return;
    }
    rows_.reserve(at(from.size()));
    for (Index row = 0; row < from.size(); ++row) {
      rows_.push_back(to.find(from[row]).value_or(unknown));
    }
    identity_ = false;
  }

  [[nodiscard]] bool is_identity() const noexcept { return identity_; }
  [[nodiscard]] Index operator[](Index row) const noexcept {
    return identity_ ? row : rows_[at(row)];
  }

 private:
  std::vector<Index> rows_;
  bool identity_ = true;
};

/// A model that answers in the rows of a split.
class AlsScorer {
 public:
  AlsScorer(std::shared_ptr<const Model> model, const Split& split)
      : recommender_(std::move(model)),
        users_(split.train.user_ids, recommender_.model().user_ids),
        items_(split.train.item_ids, recommender_.model().item_ids) {
    fold_in(split);
  }

  void scores(std::span<const Index> users, std::span<float> out) const {
    if (items_.is_identity()) {
      model_scores(users, out);
      return;
    }
    const std::size_t items = out.size() / users.size();
    const std::size_t rows = at(recommender_.model().item_ids.size());
    std::vector<float> in_model_rows(users.size() * rows);
    model_scores(users, in_model_rows);
    for (std::size_t place = 0; place < users.size(); ++place) {
      for (std::size_t item = 0; item < items; ++item) {
        const Index row = items_[static_cast<Index>(item)];
        out[place * items + item] =
            row == unknown ? never_listed : in_model_rows[place * rows + at(row)];
      }
    }
  }

  [[nodiscard]] double predict(Index user, Index item) const {
    const auto folded = folded_.find(user);
    if (folded != folded_.end()) {
      return predict_with(folded->second.factors, folded->second.bias, items_[item]);
    }
    if (users_[user] != unknown && items_[item] != unknown) {
      return recommender_.predict(users_[user], items_[item]);
    }
    const auto& biases = recommender_.model().user_biases;
    const bool has_bias = users_[user] != unknown && !biases.empty();
    return predict_with({}, has_bias ? biases[at(users_[user])] : 0.0F, items_[item]);
  }

 private:
  void model_scores(std::span<const Index> users, std::span<float> out) const {
    const std::vector<float> nothing(at(recommender_.model().options.factors), 0.0F);
    std::vector<UserView> views;
    for (const Index user : users) {
      const auto folded = folded_.find(user);
      views.push_back(folded != folded_.end()   ? Recommender::view(folded->second)
                      : users_[user] != unknown ? recommender_.view(users_[user])
                                                : UserView{.factors = nothing});
    }
    recommender_.scores_many(views, out);
    const std::size_t items = out.size() / users.size();
    for (std::size_t place = 0; place < users.size(); ++place) {
      if (views[place].factors.data() == nothing.data()) {
        std::ranges::fill(out.subspan(place * items, items), never_listed);
      }
    }
  }

  /// Without factors on both sides: the mean plus the bias that is known.
  [[nodiscard]] double predict_with(std::span<const float> user,
                                    float user_bias,
                                    Index item) const {
    const Model& model = recommender_.model();
    const bool trained = item != unknown && model.item_counts[at(item)] > 0;
    double value = static_cast<double>(user_bias);
    if (model.options.biases || user.empty() || !trained) {
      value += model.value_mean;
    }
    if (trained) {
      value += model.item_biases.empty() ? 0.0 : static_cast<double>(model.item_biases[at(item)]);
      const auto row = model.item_factors.row(item);
      for (std::size_t factor = 0; factor < user.size(); ++factor) {
        value += static_cast<double>(user[factor]) * static_cast<double>(row[factor]);
      }
    }
    return std::clamp(value, model.value_min, model.value_max);
  }

  /// Once per user, up front: predict() and scores() then only read.
  void fold_in(const Split& split) {
    if (split.fold_in.size() == 0) {
      return;
    }
    const CsrMatrix shown =
        to_csr(split.fold_in, split.train.user_ids.size(), split.train.item_ids.size());
    std::vector<Index> users;
    for (Index user = 0; user < shown.rows; ++user) {
      if (!shown.row(user).empty()) {
        users.push_back(user);
      }
    }
    std::vector<FoldedUser> folded(users.size());
    ThreadPool pool(recommender_.model().options.threads);
    pool.run(users.size(), [&](std::size_t place, int) {
      folded[place] = recommender_.fold_in(history(shown, users[place]));
    });
    for (std::size_t place = 0; place < users.size(); ++place) {
      folded_.emplace(users[place], std::move(folded[place]));
    }
  }

  /// In model rows; items the model has not seen cannot help.
  [[nodiscard]] std::vector<ItemValue> history(const CsrMatrix& shown, Index user) const {
    std::vector<ItemValue> history;
    for (std::int64_t entry = shown.offsets[at(user)]; entry < shown.offsets[at(user) + 1];
         ++entry) {
      const Index item = items_[shown.indices[static_cast<std::size_t>(entry)]];
      if (item != unknown) {
        history.push_back({item, shown.value(entry)});
      }
    }
    return history;
  }

  Recommender recommender_;
  RowMap users_;
  RowMap items_;
  std::unordered_map<Index, FoldedUser> folded_;
};

}  // namespace

Scorer als_scorer(Model model, const Split& split) {
  return als_scorer(std::make_shared<const Model>(std::move(model)), split);
}

Scorer als_scorer(std::shared_ptr<const Model> model, const Split& split) {
  const bool predicts = model->options.feedback == Feedback::explicit_feedback;
  const auto scorer = std::make_shared<const AlsScorer>(std::move(model), split);
  Scorer result{
      .name = "als",
      .scores = [scorer](Index user, std::span<float> out) { scorer->scores({&user, 1}, out); },
      .predict = {},
      .scores_many = [scorer](std::span<const Index> users,
                              std::span<float> out) { scorer->scores(users, out); }};
  if (predicts) {
    result.predict = [scorer](Index user, Index item) { return scorer->predict(user, item); };
  }
  return result;
}

}  // namespace alsace
