#include "alsace/csr_matrix.h"
#include "alsace/error.h"
#include "alsace/recommend.h"
#include "alsace/train.h"

#include "matrix/csr.h"
#include "support/datasets.h"
#include "support/error_of.h"
#include "support/sparse_oracle.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::interactions_of;
using test::random_interactions;
using test::two_taste_groups;
using testing::HasSubstr;

CsrInteractions csr_of(const Interactions& interactions) {
  const Index users = interactions.user_ids.size();
  const Index items = interactions.item_ids.size();
  return {
      .matrix = to_csr(interactions.triplets, users, items),
      .low = interactions.low.users.empty() ? CsrMatrix() : to_csr(interactions.low, users, items),
      .user_ids = interactions.user_ids,
      .item_ids = interactions.item_ids};
}

TEST(TrainOnAMatrix, GivesTheModelOfItsTriplets) {
  Interactions interactions = random_interactions(60, 40, 4);
  interactions.low = {.users = {1, 0}, .items = {2, 3}};
  for (const TrainOptions& options :
       {TrainOptions{.factors = 6, .iterations = 3},
        TrainOptions{.factors = 6, .iterations = 3, .confidence = Confidence::relative},
        TrainOptions{.feedback = Feedback::explicit_feedback,
                     .factors = 6,
                     .iterations = 3,
                     .biases = true}}) {
    const Model expected = train(interactions, options);
    const Model model = train(csr_of(interactions), options);
    EXPECT_EQ(model_hash(model), model_hash(expected));
    EXPECT_EQ(model.data_hash, expected.data_hash);
    EXPECT_EQ(model.summary.final_objective, expected.summary.final_objective);
  }
}

TEST(TrainOnAMatrix, WhoseValuesAreAllOneKeepsThem) {
  const Interactions interactions = two_taste_groups();
  const TrainOptions options{.factors = 2};

  EXPECT_EQ(train(csr_of(interactions), options).interactions,
            train(interactions, options).interactions);
}

TEST(TrainOnAMatrix, NamesRowsByTheirNumbers) {
  CsrInteractions rows = csr_of(two_taste_groups());
  rows.user_ids = {};
  rows.item_ids = {};

  const Model model = train(std::move(rows), {.factors = 2});

  EXPECT_EQ(model.user_ids[5], "5");
  EXPECT_EQ(model.item_ids.find("3"), 3);
  EXPECT_EQ(model.user_ids.kind(), IdKind::integer);
}

TEST(TrainOnAMatrix, RefusesRowsThatAreNotInOrder) {
  const CsrInteractions whole = csr_of(two_taste_groups());
  const auto refusal = [&](const std::function<void(CsrInteractions&)>& damage) {
    CsrInteractions broken = whole;
    damage(broken);
    return error_of(ErrorCode::invalid_argument, [&] { train(std::move(broken), {.factors = 2}); });
  };

  EXPECT_THAT(refusal([](auto& d) { std::swap(d.matrix.indices[0], d.matrix.indices[1]); }),
              HasSubstr("items of user 'u0' do not rise"));
  EXPECT_THAT(refusal([](auto& d) { d.matrix.indices[1] = d.matrix.indices[0]; }),
              HasSubstr("do not rise"));
  EXPECT_THAT(refusal([](auto& d) { d.matrix.indices.back() = 6; }), HasSubstr("below 6"));
  EXPECT_THAT(refusal([](auto& d) { d.matrix.values.pop_back(); }), HasSubstr("compressed rows"));
  EXPECT_THAT(refusal([](auto& d) { d.matrix.offsets.back() = 3; }), HasSubstr("compressed rows"));
  EXPECT_THAT(refusal([](auto& d) { d.matrix.columns = 7; }),
              HasSubstr("shape [6, 7], there are 6 user ids and 6 item ids"));
}

TEST(StartFactors, AreUsedAsTheyAre) {
  const Interactions interactions = random_interactions(40, 30, 2);
  const TrainOptions options{.factors = 5, .iterations = 2};
  const Model first = train(interactions, options);

  const Model by_model = train(interactions, options, {.warm_start = &first});
  const Model by_factors =
      train(interactions,
            options,
            {.start_users = first.user_factors, .start_items = first.item_factors});
  const Model by_items = train(interactions, options, {.start_items = first.item_factors});

  EXPECT_EQ(model_hash(by_factors), model_hash(by_model));
  EXPECT_LT(by_items.summary.objective[0], first.summary.objective[0]);
}

TEST(StartFactors, OfAnotherShapeOrWithoutMeaningAreRefused) {
  const Interactions interactions = two_taste_groups();
  FactorTable items(6, 2);
  const auto refusal = [&](const TrainOptions& options, const TrainControl& control) {
    return error_of(ErrorCode::invalid_argument, [&] { train(interactions, options, control); });
  };

  EXPECT_THAT(refusal({.factors = 3}, {.start_items = items}),
              HasSubstr("start factors of items have shape [6, 2], it must be [6, 3]"));
  const Model model = train(interactions, {.factors = 2});
  EXPECT_THAT(refusal({.factors = 2}, {.warm_start = &model, .start_items = items}),
              HasSubstr("Give one"));
  items.row(3)[1] = -1;
  EXPECT_THAT(refusal({.feedback = Feedback::explicit_feedback, .factors = 2, .nonnegative = true},
                      {.start_items = items}),
              HasSubstr("of 0 or more, row 3"));
  items.row(3)[1] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(refusal({.factors = 2}, {.start_items = items}), HasSubstr("finite numbers, row 3"));
}

/// Values from -2 to 4.
Interactions with_dislikes() {
  Interactions interactions = random_interactions(40, 30, 9);
  float next = -2;
  for (float& value : interactions.triplets.values) {
    value = next;
    next = next == 4 ? -2 : next + 1;
  }
  return interactions;
}

TEST(Dislikes, AreEntriesOfPreferenceZero) {
  for (const Confidence confidence :
       {Confidence::linear, Confidence::scaled, Confidence::log, Confidence::relative}) {
    for (const Solver solver : {Solver::automatic, Solver::exact}) {
      const Model model = train(with_dislikes(),
                                {.factors = 6,
                                 .regularization = 0.5,
                                 .solver = solver,
                                 .confidence = confidence,
                                 .alpha = 2,
                                 .dislikes = true});
      EXPECT_NEAR(model.summary.final_objective / test::model_objective(model), 1.0, 1e-6);
      EXPECT_LE(test::worst_user_error(model), 1e-6);
      EXPECT_EQ(model.interactions.entries(), with_dislikes().triplets.size());
      EXPECT_EQ(model.summary.zeros_dropped, 0);
    }
  }
}

TEST(Dislikes, FoldInGivesTheStoredRow) {
  const Model model =
      train(with_dislikes(), {.factors = 6, .confidence = Confidence::scaled, .dislikes = true});
  const Recommender recommender(model);
  for (const Index user : {0, 1, 2, 3}) {
    std::vector<ItemValue> history;
    std::int64_t entry = model.interactions.offsets[static_cast<std::size_t>(user)];
    for (const Index item : model.interactions.row(user)) {
      history.push_back({.item = item, .value = model.interactions.value(entry++)});
    }
    const FoldedUser folded = recommender.fold_in(history);
    for (std::size_t i = 0; i < folded.factors.size(); ++i) {
      EXPECT_NEAR(folded.factors[i], model.user_factors.row(user)[i], 1e-4);
    }
  }
}

TEST(Dislikes, ChangeNothingWhereThereAreNone) {
  const Interactions interactions = random_interactions(40, 30, 9);

  const Model with = train(interactions, {.factors = 4, .dislikes = true});
  const Model without = train(interactions, {.factors = 4});

  EXPECT_EQ(model_hash(with), model_hash(without));
}

TEST(Dislikes, MustBeAskedFor) {
  EXPECT_THAT(error_of(ErrorCode::invalid_data, [] { train(with_dislikes(), {.factors = 2}); }),
              HasSubstr("--dislikes"));
  const auto explicit_with_dislikes = [] {
    train(with_dislikes(),
          {.feedback = Feedback::explicit_feedback, .factors = 2, .dislikes = true});
  };
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, explicit_with_dislikes),
              HasSubstr("dislikes is for implicit feedback"));
}

}  // namespace
}  // namespace alsace
