#include "alsace/evaluate.h"
#include "alsace/recommend.h"

#include "evaluate/evaluate_data.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using testing::ElementsAre;

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

FactorTable table_of(const std::vector<std::vector<float>>& rows) {
  FactorTable table(static_cast<Index>(rows.size()), 2);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::ranges::copy(rows[row], table.row(static_cast<Index>(row)).begin());
  }
  return table;
}

/// Two users and four items; item 3 has no training interaction.
Model small_model(Feedback feedback, bool biases = false) {
  Model model;
  model.options.feedback = feedback;
  model.options.factors = 2;
  model.options.biases = biases;
  model.options = resolve(model.options);
  model.user_factors = table_of({{1, 2}, {3, -1}});
  model.item_factors = table_of({{1, 0}, {0, 1}, {1, 1}, {0, 0}});
  model.user_ids = numbered_ids("u", 2);
  model.item_ids = numbered_ids("i", 4);
  model.user_counts = {2, 2};
  model.item_counts = {2, 1, 1, 0};
  model.value_mean = 3;
  model.value_min = 1;
  model.value_max = 5;
  if (biases) {
    model.user_biases = {0.25F, -0.25F};
    model.item_biases = {0.5F, -0.5F, 0, 0};
  }
  return model;
}

Split split_with_ids(IdTable user_ids, IdTable item_ids) {
  Split split;
  split.train.user_ids = std::move(user_ids);
  split.train.item_ids = std::move(item_ids);
  return split;
}

Split matching_split() {
  return split_with_ids(numbered_ids("u", 2), numbered_ids("i", 4));
}

std::vector<float> scores_of(const Scorer& scorer, Index user, std::size_t items) {
  std::vector<float> scores(items);
  scorer.scores(user, scores);
  return scores;
}

TEST(AlsScorer, ScoresByTheModel) {
  const Scorer scorer = als_scorer(small_model(Feedback::implicit_feedback), matching_split());
  EXPECT_EQ(scorer.name, "als");
  EXPECT_THAT(scores_of(scorer, 0, 4), ElementsAre(1, 2, 3, minus_infinity));
  EXPECT_THAT(scores_of(scorer, 1, 4), ElementsAre(3, -1, 2, minus_infinity));
}

TEST(AlsScorer, PredictsWithExplicitFeedbackOnly) {
  EXPECT_FALSE(als_scorer(small_model(Feedback::implicit_feedback), matching_split()).predict);
  const Scorer scorer = als_scorer(small_model(Feedback::explicit_feedback), matching_split());
  EXPECT_DOUBLE_EQ(scorer.predict(0, 2), 3.0);
  EXPECT_DOUBLE_EQ(scorer.predict(1, 1), 1.0);            // -1, clipped to the range of the values.
  EXPECT_DOUBLE_EQ(scorer.predict(0, 3), 3.0);            // Never trained: the mean.
  EXPECT_EQ(scores_of(scorer, 0, 4)[3], minus_infinity);  // As recommend() never lists it.
}

TEST(AlsScorer, MatchesRowsById) {
  IdTable user_ids;
  for (const char* id : {"stranger", "u1", "u0"}) {
    user_ids.find_or_add(id);
  }
  IdTable item_ids;
  for (const char* id : {"i2", "new", "i0", "i1"}) {
    item_ids.find_or_add(id);
  }
  const Split split = split_with_ids(user_ids, item_ids);
  const Scorer implicit = als_scorer(small_model(Feedback::implicit_feedback), split);
  EXPECT_THAT(scores_of(implicit, 2, 4), ElementsAre(3, minus_infinity, 1, 2));
  EXPECT_THAT(scores_of(implicit, 1, 4), ElementsAre(2, minus_infinity, 3, -1));
  EXPECT_THAT(scores_of(implicit, 0, 4), testing::Each(minus_infinity));

  const Scorer biased = als_scorer(small_model(Feedback::explicit_feedback, true), split);
  EXPECT_DOUBLE_EQ(biased.predict(2, 2), 4.75);  // 3 + 0.25 + 0.5 + 1.
  EXPECT_DOUBLE_EQ(biased.predict(2, 1), 3.25);  // Unknown item: mean and the user's bias.
  EXPECT_DOUBLE_EQ(biased.predict(0, 2), 3.5);   // Unknown user: mean and the item's bias.
  EXPECT_DOUBLE_EQ(biased.predict(0, 1), 3.0);

  const Scorer plain = als_scorer(small_model(Feedback::explicit_feedback), split);
  EXPECT_DOUBLE_EQ(plain.predict(2, 3), 2.0);
  EXPECT_DOUBLE_EQ(plain.predict(2, 1), 3.0);  // Without biases the mean is all there is.
  EXPECT_DOUBLE_EQ(plain.predict(0, 2), 3.0);
}

TEST(AlsScorer, FoldsInTheShownHistoriesOfNewUsers) {
  for (const bool biases : {false, true}) {
    const Model model = small_model(Feedback::explicit_feedback, biases);
    Split split = split_with_ids(numbered_ids("u", 3), numbered_ids("i", 4));
    split.fold_in = pairs({{2, 0}, {2, 1}});
    split.fold_in.values = {5, 2};
    const Scorer scorer = als_scorer(model, split);

    const Recommender recommender(model);
    const std::vector<ItemValue> history = {{0, 5}, {1, 2}};
    std::vector<float> expected(4);
    recommender.scores(recommender.fold_in(history), expected);
    const auto scores = scores_of(scorer, 2, 4);
    for (std::size_t item = 0; item < 3; ++item) {
      EXPECT_EQ(scores[item], expected[item]);
      const double clipped = std::clamp(static_cast<double>(expected[item]), 1.0, 5.0);
      EXPECT_NEAR(scorer.predict(2, static_cast<Index>(item)), clipped, 1e-5);
    }
    EXPECT_EQ(scores[3], minus_infinity);
  }
}

TEST(AlsScorer, FoldsInByItemIdAndLeavesOutItemsTheModelDoesNotKnow) {
  const Model model = small_model(Feedback::implicit_feedback);
  IdTable item_ids;
  for (const char* id : {"new", "i1", "i0"}) {
    item_ids.find_or_add(id);
  }
  Split split = split_with_ids(numbered_ids("v", 1), std::move(item_ids));
  split.fold_in = pairs({{0, 0}, {0, 1}});
  const Recommender recommender(model);
  std::vector<float> expected(4);
  recommender.scores(recommender.fold_in(std::vector<ItemValue>{{1, 1.0F}}), expected);
  EXPECT_THAT(scores_of(als_scorer(model, split), 0, 3),
              ElementsAre(minus_infinity, expected[1], expected[0]));
}

TEST(AlsScorer, ScoresManyUsersAsEachAlone) {
  IdTable user_ids;
  for (const char* id : {"stranger", "u1", "folded", "u0"}) {
    user_ids.find_or_add(id);
  }
  IdTable shuffled;
  for (const char* id : {"i2", "new", "i0", "i1"}) {
    shuffled.find_or_add(id);
  }
  for (const IdTable& item_ids : {shuffled, numbered_ids("i", 4)}) {
    for (const bool biases : {false, true}) {
      Split split = split_with_ids(user_ids, item_ids);
      split.fold_in = pairs({{2, 2}, {2, 3}});
      split.fold_in.values = {5, 2};
      const Scorer scorer = als_scorer(small_model(Feedback::explicit_feedback, biases), split);
      const std::vector<Index> users = {3, 0, 2, 1, 3};
      std::vector<float> all(users.size() * 4);

      scorer.scores_many(users, all);

      for (std::size_t place = 0; place < users.size(); ++place) {
        EXPECT_EQ(std::vector<float>(all.data() + place * 4, all.data() + place * 4 + 4),
                  scores_of(scorer, users[place], 4));
      }
    }
  }
}

}  // namespace
}  // namespace alsace
