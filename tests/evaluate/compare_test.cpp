// Differences with paired intervals, and groups of users.

#include "alsace/evaluate.h"

#include "evaluate/evaluate_data.h"
#include "support/error_of.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;

/// An evaluation of one metric by its values per user.
Evaluation of_values(const std::string& name, std::vector<double> values) {
  Evaluation result;
  result.name = name;
  result.metrics = {{"ndcg", 10}};
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  result.values = {{.mean = sum / static_cast<double>(values.size())}};
  result.test_users.resize(values.size());
  std::iota(result.test_users.begin(), result.test_users.end(), 0);
  result.by_user = {std::move(values)};
  return result;
}

std::vector<double> random_values(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> values(count);
  std::ranges::generate(values, [&] { return uniform(random); });
  return values;
}

TEST(Compare, TakesTheReferenceFromEachOther) {
  const std::vector<Evaluation> all = {
      of_values("a", {0, 1, 0.5}), of_values("b", {0.5, 1, 0}), of_values("c", {0, 0, 0})};
  const auto found = compare(all, 1);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_EQ(found[1].name, "c");
  EXPECT_EQ(found[0].reference, "b");
  EXPECT_DOUBLE_EQ(found[0].differences[0].mean, 0);
  EXPECT_DOUBLE_EQ(found[1].differences[0].mean, -0.5);
}

TEST(Compare, IsSureOfADifferenceThatEveryUserHas) {
  const std::vector<double> values = random_values(50, 1);
  std::vector<double> better = values;
  for (double& value : better) {
    value += 0.25;
  }
  const auto found =
      compare(std::vector<Evaluation>{of_values("a", values), of_values("b", better)});
  const MetricValue& difference = found[0].differences[0];
  EXPECT_NEAR(*difference.low, 0.25, 1e-12);
  EXPECT_NEAR(*difference.high, 0.25, 1e-12);
  EXPECT_TRUE(excludes_zero(difference));
}

TEST(Compare, HasNoIntervalButZeroForEquals) {
  const std::vector<double> values = random_values(50, 1);
  const auto found =
      compare(std::vector<Evaluation>{of_values("a", values), of_values("b", values)});
  EXPECT_EQ(found[0].differences[0].low, 0);
  EXPECT_EQ(found[0].differences[0].high, 0);
  EXPECT_FALSE(excludes_zero(found[0].differences[0]));
}

/// For many users the bootstrap's interval is mean +- 1.96 s / sqrt(n) of the differences.
TEST(Compare, AgreesWithTheNormalIntervalOfTheDifferences) {
  const auto a = random_values(4000, 1);
  const auto b = random_values(4000, 2);
  double mean = 0;
  double squares = 0;
  for (std::size_t user = 0; user < a.size(); ++user) {
    mean += (b[user] - a[user]) / 4000;
  }
  for (std::size_t user = 0; user < a.size(); ++user) {
    squares += std::pow(b[user] - a[user] - mean, 2);
  }
  const double half = 1.96 * std::sqrt(squares / 3999 / 4000);
  const auto found = compare(std::vector<Evaluation>{of_values("a", a), of_values("b", b)});
  const MetricValue& difference = found[0].differences[0];
  EXPECT_NEAR(difference.mean, mean, 1e-12);
  EXPECT_NEAR(*difference.low, mean - half, 0.1 * half);
  EXPECT_NEAR(*difference.high, mean + half, 0.1 * half);
}

TEST(Compare, IsTheSameForAnyNumberOfThreadsAndAnotherForAnotherSeed) {
  const std::vector<Evaluation> all = {of_values("a", random_values(99, 1)),
                                       of_values("b", random_values(99, 2))};
  const auto bounds = [&](std::uint64_t seed, int threads) {
    const auto found = compare(all, 0, {.seed = seed, .threads = threads});
    return std::pair(*found[0].differences[0].low, *found[0].differences[0].high);
  };
  EXPECT_EQ(bounds(1, 1), bounds(1, 2));
  EXPECT_EQ(bounds(1, 1), bounds(1, 8));
  EXPECT_NE(bounds(1, 1), bounds(2, 1));
}

TEST(Compare, SwappingTheReferenceTurnsTheSign) {
  const std::vector<Evaluation> all = {of_values("a", random_values(99, 1)),
                                       of_values("b", random_values(99, 2))};
  const auto there = compare(all, 0)[0].differences[0];
  const auto back = compare(all, 1)[0].differences[0];
  EXPECT_DOUBLE_EQ(there.mean, -back.mean);
  EXPECT_NEAR(*there.low, -*back.high, 1e-12);
  EXPECT_NEAR(*there.high, -*back.low, 1e-12);
}

TEST(Compare, HasNoIntervalForOneUser) {
  const auto found = compare(std::vector<Evaluation>{of_values("a", {0.5}), of_values("b", {1.0})});
  EXPECT_DOUBLE_EQ(found[0].differences[0].mean, 0.5);
  EXPECT_FALSE(found[0].differences[0].low);
  EXPECT_FALSE(excludes_zero(found[0].differences[0]));
}

TEST(Compare, RefusesWhatWasNotMeasuredAlike) {
  const std::vector<Evaluation> all = {of_values("a", {0, 1}), of_values("b", {0, 1, 1})};
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { compare(all); }),
              HasSubstr("'a' and 'b' were not measured by"));
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { compare(std::span(all).first(1), 1); }),
              HasSubstr("reference is number 1 of 1"));
}

/// rmse is a root over ratings, so its difference is one of roots: by hand, and its interval
/// against plain resampling with the same draws in double loops.
TEST(Compare, ComparesRmseOverTheRatingsOfResampledUsers) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 0}, {2, 0}}), 3, 3);
  split.train.triplets.values = {3, 3, 3};
  split.test = pairs({{0, 1}, {0, 2}, {1, 1}, {2, 2}});
  split.test.values = {2, 4, 5, 3};
  Scorer zero{.name = "two", .scores = {}, .predict = [](Index, Index) { return 2.0; }};
  const std::vector<Evaluation> all = {evaluate(mean_scorer(split), split), evaluate(zero, split)};
  EXPECT_THAT(all[0].rated_entries, ElementsAre(2, 1, 1));
  const auto found = compare(all)[0];
  // Errors of the mean 3: 1 1 2 0; of 2: 0 2 3 1.
  EXPECT_NEAR(found.differences[0].mean, std::sqrt(14.0 / 4) - std::sqrt(6.0 / 4), 1e-12);
  EXPECT_NEAR(found.differences[1].mean, 6.0 / 4 - 4.0 / 4, 1e-12);
  // User 0 alone: roots of 2 and of 1; user 1 alone: 3 and 2; the interval lies within.
  EXPECT_GE(*found.differences[0].low, std::sqrt(2.0) - 1 - 1e-12);
  EXPECT_LE(*found.differences[0].high, 1 + 1e-12);
  EXPECT_TRUE(excludes_zero(found.differences[0]));
}

TEST(Compare, LeavesGapsWhereThereIsNoValue) {
  const Split split = worked_example();
  const EvaluateOptions options{.metrics = parse_metrics("recall@2,rmse,coverage@2")};
  const auto found =
      compare(std::vector<Evaluation>{evaluate(popularity_scorer(split), split, options),
                                      evaluate(random_scorer(1), split, options)})[0];
  EXPECT_TRUE(found.differences[0].low);
  EXPECT_TRUE(std::isnan(found.differences[1].mean));
  EXPECT_FALSE(std::isnan(found.differences[2].mean));
  EXPECT_FALSE(found.differences[2].low);
}

/// User u has u + 1 training items and its test item is found for users below `found`.
Split by_activity(Index users) {
  Triplets train;
  Split split;
  for (Index user = 0; user < users; ++user) {
    for (Index item = 0; item <= user; ++item) {
      train.users.push_back(user);
      train.items.push_back(item);
    }
    split.test.users.push_back(user);
    split.test.items.push_back(user + 1);
  }
  // Every test item is trained, by one user more.
  for (Index item = 0; item <= users; ++item) {
    train.users.push_back(users);
    train.items.push_back(item);
  }
  split.train = with_ids(std::move(train), users + 1, users + 1);
  return split;
}

TEST(Groups, AreThirdsOfTestUsersByTrainingInteractions) {
  const Split split = by_activity(7);
  const Evaluation found = evaluate(
      popularity_scorer(split),
      split,
      {.metrics = parse_metrics("recall@1,coverage@1,personalization@1"), .by_group = true});
  ASSERT_EQ(found.groups.size(), 3U);
  const auto facts_of = [&](std::size_t group) {
    const UserGroup& of = found.groups[group];
    return std::tuple(of.name, of.from, of.to, of.test_places.size());
  };
  EXPECT_EQ(facts_of(0), std::tuple(std::string("cold"), 1, 3, 3U));
  EXPECT_EQ(facts_of(1), std::tuple(std::string("medium"), 4, 5, 2U));
  EXPECT_EQ(facts_of(2), std::tuple(std::string("heavy"), 6, 7, 2U));
  // The next item is the most popular one that is left: all are found.
  EXPECT_DOUBLE_EQ(found.by_group[0][0].mean, 1);
  EXPECT_DOUBLE_EQ(found.by_group[0][1].mean, 3.0 / 8);  // Of lists of this group alone.
  EXPECT_DOUBLE_EQ(found.by_group[1][1].mean, 2.0 / 8);
  EXPECT_DOUBLE_EQ(found.by_group[2][2].mean, 1);
  EXPECT_DOUBLE_EQ(found.values[1].mean, 7.0 / 8);
}

TEST(Groups, KeepEqualsTogetherAndLeaveOutWhatIsEmpty) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 0}, {2, 0}, {3, 0}, {3, 1}}), 4, 3);
  split.test = pairs({{0, 1}, {1, 1}, {2, 1}, {3, 2}});
  const Evaluation found = evaluate(popularity_scorer(split), split, {.by_group = true});
  ASSERT_EQ(found.groups.size(), 2U);
  EXPECT_EQ(found.groups[0].name, "cold");
  EXPECT_THAT(found.groups[0].test_places, ElementsAre(0, 1, 2));
  EXPECT_EQ(found.groups[1].name, "heavy");
  EXPECT_TRUE(evaluate(popularity_scorer(split), split).groups.empty());
}

TEST(Groups, TheirValuesAreThoseOfTheirUsers) {
  std::mt19937 random(3);
  Split split = by_activity(60);
  std::vector<std::vector<float>> scores(61, std::vector<float>(61));
  for (auto& row : scores) {
    std::ranges::generate(row, [&] { return static_cast<float>(random() % 1000); });
  }
  const EvaluateOptions options{.metrics = parse_metrics("ndcg@20,hit_rate@20,coverage@5"),
                                .by_group = true};
  const Evaluation all = evaluate(table_scorer(scores), split, options);
  for (std::size_t group = 0; group < all.groups.size(); ++group) {
    // The same users alone.
    Split alone = split;
    alone.test = {};
    for (const std::size_t place : all.groups[group].test_places) {
      alone.test.users.push_back(all.test_users[place]);
      alone.test.items.push_back(all.test_users[place] + 1);
    }
    const Evaluation own = evaluate(table_scorer(scores), alone, {.metrics = options.metrics});
    for (std::size_t metric = 0; metric < own.values.size(); ++metric) {
      EXPECT_EQ(all.by_group[group][metric].mean, own.values[metric].mean);
      EXPECT_EQ(all.by_group[group][metric].low, own.values[metric].low);
      EXPECT_EQ(all.by_group[group][metric].high, own.values[metric].high);
    }
  }
}

TEST(Groups, AreComparedApart) {
  const Split split = by_activity(30);
  const EvaluateOptions options{.metrics = parse_metrics("recall@1"), .by_group = true};
  const std::vector<Evaluation> all = {evaluate(random_scorer(1), split, options),
                                       evaluate(popularity_scorer(split), split, options)};
  const Comparison found = compare(all)[0];
  ASSERT_EQ(found.by_group.size(), 3U);
  for (std::size_t group = 0; group < 3; ++group) {
    EXPECT_DOUBLE_EQ(found.by_group[group][0].mean,
                     all[1].by_group[group][0].mean - all[0].by_group[group][0].mean);
    EXPECT_LE(*found.by_group[group][0].low, found.by_group[group][0].mean);
  }
}

}  // namespace
}  // namespace alsace
