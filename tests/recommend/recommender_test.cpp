#include "alsace/error.h"
#include "alsace/recommend.h"
#include "alsace/train.h"

#include "recommend/top_k.h"
#include "support/datasets.h"
#include "support/error_of.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::random_interactions;
using test::two_taste_groups;
using testing::HasSubstr;

/// A model whose scores can be read off: one user (1, 2), four items, the last never trained.
Model hand_made_model() {
  Model model;
  model.options = resolve({.factors = 2, .regularization = 1.0});
  model.user_ids.find_or_add("anna");
  model.user_factors = FactorTable(1, 2);
  model.user_factors.row(0)[0] = 1;
  model.user_factors.row(0)[1] = 2;
  const float items[4][2] = {{1, 0}, {0, 1}, {2, 0}, {0, 0}};  // Scores 1, 2, 2, none.
  model.item_factors = FactorTable(4, 2);
  for (Index item = 0; item < 4; ++item) {
    model.item_ids.find_or_add("item" + std::to_string(item));
    std::copy_n(items[item], 2, model.item_factors.row(item).begin());
  }
  model.user_counts = {1};
  model.item_counts = {1, 1, 1, 0};
  model.value_mean = 1;
  model.interactions = {.rows = 1, .columns = 4, .offsets = {0, 1}, .indices = {0}};
  return model;
}

std::vector<Index> rows_of(const std::vector<Scored>& list) {
  std::vector<Index> rows;
  std::ranges::transform(list, std::back_inserter(rows), &Scored::row);
  return rows;
}

TEST(Recommender, ListsUnseenItemsByFallingScoreTiesByLowerRow) {
  const Recommender recommender(hand_made_model());

  const auto list = recommender.recommend(0);

  EXPECT_EQ(list, (std::vector<Scored>{{1, 2.0F}, {2, 2.0F}}));
}

TEST(Recommender, IncludesSeenItemsWhenAsked) {
  const Recommender recommender(hand_made_model());

  EXPECT_EQ(rows_of(recommender.recommend(0, {.include_seen = true})),
            (std::vector<Index>{1, 2, 0}));
}

TEST(Recommender, AllowAndDenyListsHold) {
  const Recommender recommender(hand_made_model());
  const std::vector<Index> allow = {2, 0};
  const std::vector<Index> deny = {1};

  EXPECT_EQ(rows_of(recommender.recommend(0, {.allow = allow})), (std::vector<Index>{2}));
  EXPECT_EQ(rows_of(recommender.recommend(0, {.deny = deny})), (std::vector<Index>{2}));
  EXPECT_EQ(rows_of(recommender.recommend(0, {.top_k = 1})), (std::vector<Index>{1}));
}

TEST(Recommender, NeverListsLowPairs) {
  Model model = hand_made_model();
  model.low = {.rows = 1, .columns = 4, .offsets = {0, 1}, .indices = {1}};

  EXPECT_EQ(rows_of(Recommender(model).recommend(0)), (std::vector<Index>{2}));
}

TEST(Recommender, CosineOfTheHandMadeItems) {
  const Recommender recommender(hand_made_model());

  const auto list = recommender.similar_items(0);

  ASSERT_EQ(rows_of(list), (std::vector<Index>{2, 1}));  // Itself and the zero row are left out.
  EXPECT_FLOAT_EQ(list[0].score, 1.0F);
  EXPECT_FLOAT_EQ(list[1].score, 0.0F);
}

TEST(Recommender, FoldsInTheHandMadeHistory) {
  // Y'Y = [5 0; 0 1], lambda = 1, history: item 2 = (2, 0) with c = 1 + 10 * 1 = 11:
  // (5 + 1 + 10 * 4) x = 11 * 2, so x = 22 / 46.
  const Recommender recommender(hand_made_model());
  const std::vector<ItemValue> history = {{.item = 2}};

  const FoldedUser user = recommender.fold_in(history);

  EXPECT_NEAR(user.factors[0], 22.0 / 46.0, 1e-6);
  EXPECT_NEAR(user.factors[1], 0.0, 1e-6);
  EXPECT_EQ(rows_of(recommender.recommend_for(history)), (std::vector<Index>{0, 1}));
}

TEST(Recommender, RefusesWhatIsNotThere) {
  Model model = hand_made_model();
  const Recommender recommender(model);
  model.interactions = {};
  const Recommender forgetful(model);
  const auto message = [](const auto& call) { return error_of(ErrorCode::invalid_argument, call); };
  const std::vector<ItemValue> negative = {{.item = 0, .value = -1}};
  const std::vector<ItemValue> outside = {{.item = 9}};

  EXPECT_EQ(message([&] { (void)recommender.recommend(1); }),
            "recommend: user row 1 is out of range, the model has 1. Rows count from 0.");
  EXPECT_THAT(message([&] { (void)recommender.recommend(0, {.top_k = 0}); }),
              HasSubstr("top_k is 0, it must be 1 or more"));
  EXPECT_THAT(message([&] { (void)recommender.similar_items(-1); }), HasSubstr("item row -1"));
  EXPECT_THAT(message([&] { (void)recommender.fold_in(outside); }), HasSubstr("item row 9"));
  EXPECT_THAT(message([&] { (void)recommender.fold_in(negative); }), HasSubstr("0 or more"));
  EXPECT_THAT(message([&] { (void)forgetful.recommend(0); }), HasSubstr("--include-seen"));
  EXPECT_THAT(message([&] { (void)forgetful.explain(0, 0); }), HasSubstr("--no-interactions"));
  EXPECT_EQ(forgetful.recommend(0, {.include_seen = true}).size(), 3U);
}

TEST(Recommender, ListsNothingWhereNothingIsKnown) {
  const Recommender recommender(hand_made_model());
  const std::vector<ItemValue> untrained = {{.item = 3}};

  EXPECT_TRUE(recommender.recommend_for({}).empty());
  EXPECT_TRUE(recommender.recommend_for(untrained).empty());
}

TEST(Recommender, RefusesRoomForTheWrongNumberOfScores) {
  const Recommender recommender(hand_made_model());
  std::vector<float> few(3);

  EXPECT_THROW(recommender.scores(0, few), Error);
  EXPECT_THROW(recommender.scores(FoldedUser{.factors = {1.0F}}, few), Error);
  std::vector<float> enough(4);
  EXPECT_THROW(recommender.scores(FoldedUser{.factors = {1.0F}}, enough), Error);
}

RC_GTEST_PROP(TopK, IsTheHeadOfAFullSort, ()) {
  const auto scores =
      *rc::gen::container<std::vector<float>>(rc::gen::map(rc::gen::inRange(-5, 5), [](int value) {
        return value == -5 ? never_listed : static_cast<float>(value);
      }));
  const auto k = *rc::gen::inRange<std::size_t>(1, 12);

  std::vector<Scored> sorted;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (scores[row] > never_listed) {
      sorted.push_back({static_cast<Index>(row), scores[row]});
    }
  }
  std::ranges::stable_sort(sorted, std::greater<>(), &Scored::score);
  sorted.resize(std::min(k, sorted.size()));

  RC_ASSERT(top_k(scores, k) == sorted);
}

TEST(TopK, LeavesOutWhatIsNoNumberInAnyPlace) {
  for (const std::size_t size : {1U, 16U, 63U, 200U}) {
    std::vector<float> scores(size, std::numeric_limits<float>::quiet_NaN());
    EXPECT_TRUE(top_k(scores, 3).empty());
    scores[size / 2] = std::numeric_limits<float>::infinity();
    scores[size - 1] = size > 1 ? -1e30F : scores[0];
    const std::size_t listed = size > 1 ? 2 : 1;
    EXPECT_EQ(top_k(scores, 3).size(), listed);
    EXPECT_EQ(top_k(scores, 3).front().row, static_cast<Index>(size / 2));
  }
}

/// The forms of a model that fold-in and explain must be right for.
std::vector<TrainOptions> forms() {
  return {
      {.factors = 6},
      {.factors = 6, .regularization = 0.1, .confidence = Confidence::scaled, .alpha = 0.3},
      {.factors = 20, .confidence = Confidence::relative, .unobserved_weight = 0.1},
      {.factors = 6,
       .regularization = 0.01,
       .regularization_exponent = 1,
       .regularization_count = RegularizationCount::all,
       .confidence = Confidence::log},
      {.feedback = Feedback::explicit_feedback, .factors = 6},
      {.feedback = Feedback::explicit_feedback, .factors = 6, .biases = true},
      {.feedback = Feedback::explicit_feedback, .factors = 6, .nonnegative = true},
      {.feedback = Feedback::explicit_feedback, .factors = 6, .biases = true, .nonnegative = true}};
}

std::vector<ItemValue> history_of(const Model& model, Index user) {
  std::vector<ItemValue> history;
  std::int64_t entry = model.interactions.offsets[static_cast<std::size_t>(user)];
  for (const Index item : model.interactions.row(user)) {
    history.push_back({.item = item, .value = model.interactions.value(entry++)});
  }
  return history;
}

TEST(Recommender, FoldInOfOnesOwnHistoryInAnyOrderGivesTheStoredRow) {
  for (const TrainOptions& options : forms()) {
    const Recommender recommender(train(random_interactions(50, 40, 1), options));
    const Model& model = recommender.model();
    for (Index user = 0; user < 50; ++user) {
      auto history = history_of(model, user);
      std::ranges::reverse(history);
      const FoldedUser folded = recommender.fold_in(history);
      for (std::size_t i = 0; i < folded.factors.size(); ++i) {
        ASSERT_NEAR(folded.factors[i],
                    model.user_factors.row(user)[i],
                    1e-4 * (1 + std::abs(folded.factors[i])))
            << user;
      }
      if (options.biases) {
        ASSERT_NEAR(folded.bias, model.user_biases[static_cast<std::size_t>(user)], 1e-4);
      }
    }
  }
}

TEST(Recommender, ContributionsAndPartsSumToTheScore) {
  for (const TrainOptions& options : forms()) {
    const Recommender recommender(train(random_interactions(50, 40, 2), options));
    for (Index user = 0; user < 50; user += 3) {
      for (Index item = 0; item < 40; item += 3) {
        const Explanation why = recommender.explain(user, item);
        double sum = why.mean + why.item_bias + why.user_bias;
        for (const Scored& part : why.contributions) {
          sum += static_cast<double>(part.score);
        }
        ASSERT_NEAR(sum, why.score, 1e-4) << user << " " << item;
        ASSERT_TRUE(std::ranges::is_sorted(why.contributions, std::greater<>(), &Scored::score));
        ASSERT_EQ(why.contributions.size(), recommender.model().interactions.row(user).size());
      }
    }
  }
}

TEST(Recommender, ExplainsByTheOwnTaste) {
  const Recommender recommender(train(two_taste_groups(), {.factors = 2, .regularization = 0.1}));

  const Explanation why = recommender.explain(0, 2);

  EXPECT_EQ(why.contributions.size(), 2U);
  EXPECT_GT(why.contributions[1].score, 0.2F) << "both items u0 knows speak for i2";
}

TEST(Recommender, ScoresArePredictionsAndClippedOnlyInPredict) {
  const Recommender recommender(train(random_interactions(50, 40, 3),
                                      {.feedback = Feedback::explicit_feedback,
                                       .factors = 6,
                                       .regularization = 0,
                                       .biases = true}));
  std::vector<float> scores(40);
  recommender.scores(1, scores);

  for (Index item = 0; item < 40; ++item) {
    const double predicted = recommender.predict(1, item);
    EXPECT_GE(predicted, 1.0);
    EXPECT_LE(predicted, 5.0);
    if (item % 7 != 5) {
      const auto score = static_cast<double>(scores[static_cast<std::size_t>(item)]);
      EXPECT_NEAR(predicted, std::clamp(score, 1.0, 5.0), 1e-4);
    }
  }
}

TEST(Recommender, PredictsTheMeanAndTheKnownBiasForRowsWithoutInteractions) {
  for (const bool biases : {false, true}) {
    const Recommender recommender(
        train(random_interactions(50, 40, 4),
              {.feedback = Feedback::explicit_feedback, .factors = 6, .biases = biases}));
    const Model& model = recommender.model();
    const double item_bias = biases ? static_cast<double>(model.item_biases[0]) : 0.0;

    EXPECT_NEAR(recommender.predict(4, 0), model.value_mean + item_bias, 1e-6);
    EXPECT_NEAR(recommender.predict(4, 5), model.value_mean, 1e-6);
  }
}

TEST(Recommender, ManyUsersGetTheSameListsInOrderForAnyNumberOfThreads) {
  const Recommender recommender(train(random_interactions(300, 40, 5), {.factors = 6}));
  std::vector<Index> users(300);
  std::iota(users.rbegin(), users.rend(), 0);
  for (const int threads : {1, 2, 3, 8}) {
    std::size_t expected = 0;
    recommender.recommend_many(
        users, {.top_k = 7}, threads, [&](std::size_t place, std::vector<Scored>&& list) {
          EXPECT_EQ(place, expected++);
          EXPECT_EQ(list, recommender.recommend(users[place], {.top_k = 7}));
          return true;
        });
    EXPECT_EQ(expected, 300U);
  }
}

TEST(Recommender, ManyHistoriesGetWhatEachGetsByItself) {
  const Recommender recommender(train(random_interactions(150, 60, 3), {.factors = 8}));
  std::vector<std::vector<ItemValue>> histories(150);
  for (std::size_t i = 1; i < histories.size(); ++i) {
    histories[i] = {{.item = static_cast<Index>(i % 60)}, {.item = static_cast<Index>(i % 7)}};
  }
  for (const int threads : {1, 3}) {
    std::size_t next = 0;
    recommender.recommend_for_many(
        histories, {.top_k = 3}, threads, [&](std::size_t place, std::vector<Scored>&& list) {
          EXPECT_EQ(place, next++);
          EXPECT_EQ(list, recommender.recommend_for(histories[place], {.top_k = 3}));
          return true;
        });
    EXPECT_EQ(next, histories.size());
    const std::vector<FoldedUser> users = recommender.fold_in_many(histories, threads);
    ASSERT_EQ(users.size(), histories.size());
    EXPECT_EQ(users[20].factors, recommender.fold_in(histories[20]).factors);
  }
}

TEST(Recommender, ManyScoresHaveTheBitsOfEachUserAlone) {
  for (const TrainOptions& options : forms()) {
    const Recommender recommender(train(random_interactions(70, 40, 5), options));
    const FoldedUser folded = recommender.fold_in(std::vector<ItemValue>{{.item = 1}, {.item = 2}});
    std::vector<UserView> users(70, Recommender::view(folded));
    for (Index user = 1; user < 70; ++user) {
      users[static_cast<std::size_t>(user)] = recommender.view(user);
    }
    std::vector<float> all(70 * 40);
    recommender.scores_many(users, all);
    for (Index user = 0; user < 70; ++user) {
      std::vector<float> alone(40);
      user == 0 ? recommender.scores(folded, alone) : recommender.scores(user, alone);
      const float* own = all.data() + static_cast<std::ptrdiff_t>(user) * 40;
      ASSERT_EQ(std::vector<float>(own, own + 40), alone) << "user " << user;
    }
  }
}

TEST(Recommender, ManyListsKeepToAllFilters) {
  Model model = train(random_interactions(90, 600, 7), {.factors = 6});
  model.low = {.rows = 90, .columns = 600, .offsets = {0}, .indices = {}};
  for (Index user = 0; user < 90; ++user) {
    model.low.indices.push_back(user * 6);
    model.low.offsets.push_back(user + 1);
  }
  const Recommender recommender(model);
  std::vector<Index> users(90);
  std::iota(users.begin(), users.end(), 0);
  std::vector<Index> allow(500);
  std::iota(allow.rbegin(), allow.rend(), 50);
  const std::vector<Index> deny = {90, 60, 60, 548};
  for (const bool include_seen : {false, true}) {
    const ListOptions options{
        .top_k = 500, .include_seen = include_seen, .allow = allow, .deny = deny};
    recommender.recommend_many(
        users, options, 2, [&](std::size_t place, std::vector<Scored>&& list) {
          // The same from the scores of all items and a full sort.
          std::vector<float> scores(600);
          recommender.scores(users[place], scores);
          std::vector<Scored> expected;
          const bool known = model.user_counts[place] > 0;
          for (Index item = 50; known && item < 550; ++item) {
            const auto holds = [&](std::span<const Index> rows) {
              return std::ranges::find(rows, item) != rows.end();
            };
            const bool hidden = holds(model.interactions.row(users[place])) ||
                                place * 6 == static_cast<std::size_t>(item);
            const float score = scores[static_cast<std::size_t>(item)];
            if (score > never_listed && !holds(deny) && (include_seen || !hidden)) {
              expected.push_back({.row = item, .score = score});
            }
          }
          std::ranges::sort(expected, ranks_before);
          EXPECT_EQ(list, expected) << "user " << place;
          return true;
        });
  }
}

TEST(Recommender, ListsOfMovielens100kAreThoseOfEachUserAloneAndOfSumsInDouble) {
  ALSACE_NEEDS_DATA("movielens-100k/loo-ge4/train.tsv");
  const Recommender recommender(
      train(test::movielens_100k_likes(), {.factors = 40, .iterations = 2}));
  const Model& model = recommender.model();
  std::vector<Index> users(static_cast<std::size_t>(model.user_ids.size()));
  std::iota(users.begin(), users.end(), 0);
  recommender.recommend_many(users, {}, 0, [&](std::size_t place, std::vector<Scored>&& list) {
    EXPECT_EQ(list, recommender.recommend(users[place]));
    EXPECT_EQ(list.size(), 10U);
    for (const Scored& scored : list) {
      EXPECT_NEAR(scored.score, recommender.predict(users[place], scored.row), 1e-5);
    }
    return true;
  });
}

TEST(Recommender, RefusesAWrongUserBeforeAnyList) {
  const Recommender recommender(hand_made_model());
  const std::vector<Index> users = {0, 1};
  const auto never = [](std::size_t, std::vector<Scored>&&) {
    ADD_FAILURE() << "a list was made";
    return true;
  };

  EXPECT_THROW(recommender.recommend_many(users, {}, 1, never), Error);
}

TEST(Recommender, TheSinkMayStopTheLists) {
  const Recommender recommender(train(random_interactions(300, 40, 5), {.factors = 6}));
  std::vector<Index> users(300);
  std::iota(users.begin(), users.end(), 0);
  int lists = 0;

  recommender.recommend_many(
      users, {}, 2, [&](std::size_t, std::vector<Scored>&&) { return ++lists < 10; });

  EXPECT_EQ(lists, 10);
}

TEST(Recommender, RepeatedHistoryItemsAreSummedOrTheLastTaken) {
  const Recommender counts(train(random_interactions(50, 40, 6), {.factors = 6}));
  const Recommender ratings(train(random_interactions(50, 40, 6),
                                  {.feedback = Feedback::explicit_feedback, .factors = 6}));
  const std::vector<ItemValue> twice = {
      {.item = 1, .value = 2}, {.item = 3}, {.item = 1, .value = 1}};
  const std::vector<ItemValue> summed = {{.item = 1, .value = 3}, {.item = 3}};
  const std::vector<ItemValue> last = {{.item = 1, .value = 1}, {.item = 3}};

  EXPECT_EQ(counts.fold_in(twice).factors, counts.fold_in(summed).factors);
  EXPECT_EQ(ratings.fold_in(twice).factors, ratings.fold_in(last).factors);
}

}  // namespace
}  // namespace alsace
