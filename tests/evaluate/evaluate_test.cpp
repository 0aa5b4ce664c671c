#include "alsace/evaluate.h"

#include "alsace/error.h"

#include "evaluate/evaluate_data.h"
#include "support/error_of.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Evaluation evaluate_for(const std::string& metrics, const Scorer& scorer, const Split& split) {
  return evaluate(scorer, split, {.metrics = parse_metrics(metrics)});
}

double value_of(const std::string& metric, const Scorer& scorer, const Split& split) {
  return evaluate_for(metric, scorer, split).values.front().mean;
}

// The numbers below are worked out by hand in docs/evaluation.md.

TEST(WorkedExample, HasTheFactsOfItsTable) {
  const SplitFacts found = facts(worked_example());
  EXPECT_EQ(found.users, 5);
  EXPECT_EQ(found.items, 6);
  EXPECT_EQ(found.train_interactions, 8);
  EXPECT_EQ(found.test_interactions, 7);
  EXPECT_EQ(found.test_users, 4);
  EXPECT_EQ(found.users_left_out, 1);
  EXPECT_EQ(found.untrained_test_items, 2);  // e and f.
}

TEST(WorkedExample, HasTheMetricsOfItsTable) {
  const Split split = worked_example();
  const Scorer popularity = popularity_scorer(split);
  const double second = 1 / std::log2(3.0);  // Discount of rank 2.
  EXPECT_DOUBLE_EQ(value_of("recall@2", popularity, split), (2.0 / 3 + 1 + 0 + 1) / 4);
  EXPECT_DOUBLE_EQ(value_of("recall_capped@2", popularity, split), 0.75);
  EXPECT_DOUBLE_EQ(value_of("ndcg@2", popularity, split), (1 + second + 0 + second) / 4);
  EXPECT_DOUBLE_EQ(value_of("precision@2", popularity, split), (1 + 0.5 + 0 + 0.5) / 4);
  EXPECT_DOUBLE_EQ(value_of("map@2", popularity, split), (1 + 0.5 + 0 + 0.5) / 4);
  EXPECT_DOUBLE_EQ(value_of("mrr@2", popularity, split), (1 + 0.5 + 0 + 0.5) / 4);
  EXPECT_DOUBLE_EQ(value_of("hit_rate@2", popularity, split), 0.75);
  EXPECT_DOUBLE_EQ(value_of("auc", popularity, split), (2.0 / 3 + 2.0 / 3 + 0 + 2.5 / 4) / 4);
  EXPECT_DOUBLE_EQ(value_of("coverage@2", popularity, split), 5.0 / 6);
  EXPECT_DOUBLE_EQ(value_of("personalization@2", popularity, split), 2.0 / 3);
  EXPECT_NEAR(value_of("novelty@2", popularity, split),
              (1.5 + 1.5 + 2 + (1 - std::log2(0.75)) / 2) / 4,
              1e-15);
}

TEST(WorkedExample, HasThePopularityBiasOfItsTable) {
  const Split split = worked_example();
  // Counts of lists over those of histories: 1.5 / 2.5, 1.5 / 2.5, 0.5 / (7 / 3), 2.5 / 1.
  EXPECT_NEAR(value_of("popularity_bias@2", popularity_scorer(split), split),
              (0.6 + 0.6 + 1.5 / 7 + 2.5) / 4 - 1,
              1e-15);
}

TEST(WorkedExample, RanksAmongCandidatesAsItsTableSays) {
  Split split = worked_example();
  split.candidates =
      pairs({{0, 0}, {0, 2}, {0, 5}, {0, 5}, {1, 1}, {1, 4}, {2, 0}, {4, 2}, {4, 4}});
  const Scorer popularity = popularity_scorer(split);
  const double third = 0.5;  // Discounts of ranks 3 and 2.
  const double second = 1 / std::log2(3.0);
  // u0: a 3, c 2, d 1, then f before e, which is a miss. u1: b 2, d 1, e 0. u2: a 3, f is a miss.
  // u4: c 2 before b 2, e 0.
  EXPECT_DOUBLE_EQ(value_of("sampled_recall@2", popularity, split), (1.0 / 3 + 1 + 0 + 1) / 4);
  EXPECT_DOUBLE_EQ(value_of("sampled_recall@1", popularity, split), 0);
  EXPECT_DOUBLE_EQ(value_of("sampled_hit_rate@3", popularity, split), 0.75);
  EXPECT_DOUBLE_EQ(value_of("sampled_mrr@3", popularity, split), (0.5 + 0.5 + 0 + 0.5) / 4);
  EXPECT_DOUBLE_EQ(value_of("sampled_ndcg@3", popularity, split),
                   ((second + third) / (1 + second + third) + second + 0 + second) / 4);
  // u0: c and d above f, below a: 2 of 3 * 2. u1: above e, below b. u4: a tie with c, above e.
  EXPECT_DOUBLE_EQ(value_of("sampled_auc", popularity, split), (2.0 / 6 + 0.5 + 0 + 0.75) / 4);
}

TEST(Candidates, GoWithSampledMetricsAndForEveryTestUser) {
  Split split = worked_example();
  const Scorer popularity = popularity_scorer(split);
  EXPECT_THAT(test::error_of(ErrorCode::invalid_argument,
                             [&] { evaluate_for("sampled_recall@2", popularity, split); }),
              HasSubstr("sampled_ metrics need candidates"));
  split.candidates = pairs({{0, 0}, {1, 0}, {2, 0}});
  EXPECT_THAT(test::error_of(ErrorCode::invalid_argument,
                             [&] { evaluate_for("recall@2", popularity, split); }),
              HasSubstr("no sampled_ metric asks for them"));
  EXPECT_THAT(test::error_of(ErrorCode::invalid_data,
                             [&] { evaluate_for("sampled_recall@2", popularity, split); }),
              HasSubstr("user 'u4' has test items but no candidates"));
}

/// A scorer that gives everything one score must not look good.
TEST(Candidates, ComeBeforeTestItemsOfTheSameScore) {
  Split split = worked_example();
  split.candidates = pairs({{0, 5}, {1, 1}, {2, 0}, {4, 2}});
  const Scorer flat = table_scorer(std::vector<std::vector<float>>(5, std::vector<float>(6, 1.0F)));
  EXPECT_DOUBLE_EQ(value_of("sampled_recall@1", flat, split), 0);
  EXPECT_DOUBLE_EQ(value_of("sampled_mrr@2", flat, split), (0.5 + 0.5 + 0 + 0.5) / 4);
}

TEST(WorkedExample, GivesTheValueOfEachTestUser) {
  const Split split = worked_example();
  const Evaluation result = evaluate_for("recall@2,coverage@2", popularity_scorer(split), split);
  EXPECT_EQ(result.name, "popularity");
  ASSERT_EQ(result.by_user.size(), 2U);
  EXPECT_THAT(result.by_user[0], ElementsAre(2.0 / 3, 1, 0, 1));
  EXPECT_THAT(result.test_users, ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(result.rated_users, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(result.by_user[1], ElementsAre());
}

TEST(WorkedExample, HasIntervalsOnlyWhereUsersHaveValues) {
  const Split split = worked_example();
  const Evaluation result =
      evaluate_for("recall@2,hit_rate@2,novelty@2,coverage@2,personalization@2",
                   popularity_scorer(split),
                   split);
  // recall@2: values 2/3, 1, 0, 1; s^2 = 2/9, half = 1.96 sqrt(s^2 / 4) = 0.461976, cut at 1.
  EXPECT_NEAR(result.values[0].low.value(), 2.0 / 3 - 0.461976, 1e-6);
  EXPECT_EQ(result.values[0].high.value(), 1.0);
  // hit_rate: Wilson of 3 in 4.
  EXPECT_NEAR(result.values[1].low.value(), 0.3006, 5e-5);
  EXPECT_NEAR(result.values[1].high.value(), 0.9544, 5e-5);
  EXPECT_GT(result.values[2].high.value(), 1.0);
  EXPECT_FALSE(result.values[3].low.has_value());
  EXPECT_FALSE(result.values[4].high.has_value());
}

TEST(Evaluate, CountsRatingErrorsOverEntriesNotUsers) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 0}}), 2, 4);
  split.train.triplets.values = {2, 4};
  split.test = pairs({{0, 1}, {0, 2}, {1, 1}});
  split.test.values = {2, 4, 5};
  // The mean predicts 3: errors 1, -1 and -2.
  const Evaluation result = evaluate_for("rmse,mae", mean_scorer(split), split);
  EXPECT_DOUBLE_EQ(result.values[0].mean, std::sqrt(6.0 / 3));
  EXPECT_DOUBLE_EQ(result.values[0].low.value(), 1.0);
  EXPECT_DOUBLE_EQ(result.values[0].high.value(), 2.0);
  EXPECT_DOUBLE_EQ(result.values[1].mean, 4.0 / 3);
  EXPECT_NEAR(result.values[1].low.value(), 0.462222, 1e-6);
  EXPECT_NEAR(result.values[1].high.value(), 2.204444, 1e-6);
  EXPECT_THAT(result.by_user[0], ElementsAre(1, 4));  // Mean squared error of each user.
  EXPECT_THAT(result.by_user[1], ElementsAre(1, 2));
}

TEST(Evaluate, CountsRatingErrorsOfUsersWithoutATrainingInteractionToo) {
  Split split;
  split.train = with_ids(pairs({{0, 0}}), 2, 2);
  split.train.triplets.values = {3};
  split.test = pairs({{0, 1}, {1, 1}});
  split.test.values = {3, 5};
  // The mean predicts 3: errors 0, and 2 for the user that only the test knows.
  const Evaluation result = evaluate_for("rmse,mae", mean_scorer(split), split);
  EXPECT_DOUBLE_EQ(result.values[0].mean, std::sqrt(4.0 / 2));
  EXPECT_DOUBLE_EQ(result.values[1].mean, 1.0);
  EXPECT_THAT(result.by_user[1], ElementsAre(0, 2));
}

TEST(Evaluate, HidesTrainingItemsButNotValidationItems) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {0, 1}, {1, 2}, {1, 3}}), 2, 4);
  split.valid = pairs({{0, 2}});
  split.test = pairs({{0, 3}});
  const Scorer scorer = table_scorer({{9, 8, 7, 6}, {0, 0, 0, 0}});
  EXPECT_EQ(value_of("hit_rate@1", scorer, split), 0.0);  // The validation item is before it.
  EXPECT_EQ(value_of("mrr@2", scorer, split), 0.5);
}

TEST(Evaluate, HidesLowPairsOnlyWhenAsked) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 1}, {1, 2}}), 2, 3);
  split.train.low = pairs({{0, 1}});
  split.test = pairs({{0, 2}});
  const Scorer scorer = table_scorer({{3, 2, 1}, {0, 0, 0}});
  EvaluateOptions options{.metrics = parse_metrics("mrr@3")};
  EXPECT_EQ(evaluate(scorer, split, options).values[0].mean, 0.5);
  options.hide_low = true;
  EXPECT_EQ(evaluate(scorer, split, options).values[0].mean, 1.0);
}

TEST(Evaluate, HidesWhatWasFoldedInAndTestsNewUsers) {
  Split split;
  split.train = with_ids(pairs({{1, 0}, {1, 1}, {1, 2}}), 2, 3);
  split.fold_in = pairs({{0, 0}});
  split.test = pairs({{0, 2}});
  EXPECT_EQ(facts(split).test_users, 1);
  EXPECT_EQ(facts(split).users_left_out, 0);
  EXPECT_EQ(value_of("mrr@3", table_scorer({{3, 2, 1}, {0, 0, 0}}), split), 0.5);
}

TEST(Evaluate, GivesTiesToTheLowerItemRow) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 1}, {1, 2}, {1, 3}}), 2, 4);
  split.test = pairs({{0, 2}});
  EXPECT_EQ(value_of("mrr@4", table_scorer({{5, 1, 1, 1}, {0, 0, 0, 0}}), split), 0.5);
}

TEST(Evaluate, CountsAnUntrainedTestItemAsAMissForEveryScorer) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 1}}), 2, 3);
  split.test = pairs({{0, 1}, {0, 2}});
  // Item 2 was never trained, although this scorer puts it first.
  const Evaluation result =
      evaluate_for("recall@2,mrr@2,auc", table_scorer({{0, 1, 2}, {0, 0, 0}}), split);
  EXPECT_EQ(result.values[0].mean, 0.5);
  EXPECT_EQ(result.values[1].mean, 0.5);
  EXPECT_EQ(facts(split).untrained_test_items, 1);
}

TEST(Evaluate, CountsATestItemThatIsInTrainingAsAMiss) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {0, 1}, {1, 2}}), 2, 3);
  split.test = pairs({{0, 1}, {0, 2}});
  EXPECT_EQ(value_of("recall@3", table_scorer({{1, 2, 3}, {0, 0, 0}}), split), 0.5);
}

TEST(Evaluate, NeverListsMinusInfinityOrNotANumber) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 1}, {1, 2}, {1, 3}}), 2, 4);
  split.test = pairs({{0, 1}, {0, 2}, {0, 3}});
  const Scorer scorer = table_scorer({{0, minus_infinity, 1, std::nanf("")}, {0, 0, 0, 0}});
  EXPECT_DOUBLE_EQ(value_of("recall@10", scorer, split), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value_of("coverage@10", scorer, split), 1.0 / 4);
}

TEST(Evaluate, GivesHalfAPointToTiesInAuc) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}}), 2, 5);
  split.test = pairs({{0, 1}});
  // Others score 3 (above), 2 (tie), 1 (below): (0 + 0.5 + 1) / 3.
  EXPECT_DOUBLE_EQ(value_of("auc", table_scorer({{9, 2, 3, 2, 1}, {0, 0, 0, 0, 0}}), split), 0.5);
  // Unlisted items tie with each other at the end.
  const Scorer nothing =
      table_scorer({std::vector<float>(5, minus_infinity), std::vector<float>(5, minus_infinity)});
  EXPECT_DOUBLE_EQ(value_of("auc", nothing, split), 0.5);
}

TEST(Evaluate, CountsARepeatedTestItemOnceInRankings) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 1}, {1, 2}}), 2, 3);
  split.test = pairs({{0, 1}, {0, 1}, {0, 2}});
  const Scorer scorer = table_scorer({{0, 2, 1}, {0, 0, 0}});
  EXPECT_DOUBLE_EQ(value_of("recall@1", scorer, split), 0.5);
  EXPECT_DOUBLE_EQ(value_of("auc", table_scorer({{0, 2, -1}, {0, 0, 0}}), split), 0.5);
}

TEST(Evaluate, NeedsNoTrainingDataForListsMadeElsewhere) {
  Split split;
  split.train = with_ids({}, 2, 3);
  split.test = pairs({{0, 2}, {1, 0}});
  const Scorer lists = list_scorer("elsewhere", pairs({{0, 1}, {0, 2}, {1, 1}}));
  const Evaluation result = evaluate_for("recall@2", lists, split);
  EXPECT_EQ(result.name, "elsewhere");
  EXPECT_THAT(result.by_user[0], ElementsAre(1, 0));
  EXPECT_EQ(facts(split).test_users, 2);
  EXPECT_EQ(facts(split).untrained_test_items, 0);
}

TEST(Evaluate, ChoosesMetricsByWhatTheScorerCanDo) {
  Split split = worked_example();
  EXPECT_EQ(evaluate(popularity_scorer(split), split).values.size(), 2U);
  EXPECT_EQ(evaluate(popularity_scorer(split), split).by_user[0],
            evaluate_for("recall@10", popularity_scorer(split), split).by_user[0]);
  EXPECT_EQ(evaluate(mean_scorer(split), split).values[0].mean, 0.0);  // rmse: every value is 1.
  // What it cannot do is not a number, so that tables with several scorers have a gap there.
  const Evaluation both = evaluate_for("rmse,hit_rate@2", popularity_scorer(split), split);
  EXPECT_TRUE(std::isnan(both.values[0].mean));
  EXPECT_FALSE(both.values[0].low.has_value());
  EXPECT_TRUE(both.by_user[0].empty());
  EXPECT_DOUBLE_EQ(both.values[1].mean, 0.75);
}

TEST(Evaluate, TakesListsLongerThanTheCatalogue) {
  const Split split = worked_example();
  EXPECT_NO_THROW(value_of("recall@2147483647", popularity_scorer(split), split));
}

std::string message_of(const Split& split, const EvaluateOptions& options, ErrorCode code) {
  return test::error_of(code, [&] { evaluate(random_scorer(1), split, options); });
}

TEST(Evaluate, RefusesWhatItCannotMeasure) {
  Split split = worked_example();
  EXPECT_THAT(message_of(split, {.metrics = {{"recall", 0}}}, ErrorCode::invalid_argument),
              HasSubstr("recall@10"));
  EXPECT_THAT(message_of(split, {.threads = -1}, ErrorCode::invalid_argument), HasSubstr("-1"));
  split.test.items[0] = 6;
  EXPECT_THAT(message_of(split, {}, ErrorCode::invalid_argument), HasSubstr("item row 6"));
  split.test.items.pop_back();
  EXPECT_THAT(message_of(split, {}, ErrorCode::invalid_argument), HasSubstr("one length"));
  split.test = {};
  EXPECT_THAT(message_of(split, {}, ErrorCode::invalid_data), HasSubstr("no test entries"));
  split.test = pairs({{3, 0}});
  EXPECT_THAT(message_of(split, {}, ErrorCode::invalid_data), HasSubstr("nobody to test"));
}

}  // namespace
}  // namespace alsace
