#include "evaluate/intervals.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

constexpr Bounds share{.low = 0, .high = 1};

TEST(WilsonInterval, HasItsPublishedValues) {
  // Wilson's score interval at 95 %, for 0, 1, 5 and 10 of 10.
  EXPECT_NEAR(wilson_interval(0.0, 10).low, 0.0, 1e-12);
  EXPECT_NEAR(wilson_interval(0.0, 10).high, 0.2775, 5e-5);
  EXPECT_NEAR(wilson_interval(0.1, 10).low, 0.0179, 5e-5);
  EXPECT_NEAR(wilson_interval(0.1, 10).high, 0.4042, 5e-5);
  EXPECT_NEAR(wilson_interval(0.5, 10).low, 0.2366, 5e-5);
  EXPECT_NEAR(wilson_interval(0.5, 10).high, 0.7634, 5e-5);
  EXPECT_NEAR(wilson_interval(1.0, 10).low, 0.7225, 5e-5);
  EXPECT_EQ(wilson_interval(1.0, 10).high, 1.0);
}

TEST(WilsonInterval, SolvesItsOwnEquation) {
  // Its ends are the shares p0 from which the observed one is just 1.96 standard errors away.
  for (const double observed : {0.01, 0.0817, 0.3, 0.9}) {
    const Bounds bounds = wilson_interval(observed, 942);
    for (const double p : {bounds.low, bounds.high}) {
      EXPECT_NEAR(std::abs(observed - p), 1.96 * std::sqrt(p * (1 - p) / 942), 1e-12);
    }
  }
}

TEST(MeanValue, UsesWilsonWhenEveryValueIsZeroOrOne) {
  const std::vector<double> values = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const MetricValue value = mean_value(values, share);
  EXPECT_DOUBLE_EQ(value.mean, 0.1);
  EXPECT_NEAR(value.low.value(), 0.0179, 5e-5);
  EXPECT_NEAR(value.high.value(), 0.4042, 5e-5);
}

TEST(MeanValue, UsesTheStandardErrorOtherwise) {
  // Mean 0.5, s^2 = (0.09 + 0.01 + 0.01 + 0.09) / 3 = 0.066667, half = 1.96 sqrt(s^2 / 4) =
  // 0.25303.
  const std::vector<double> values = {0.2, 0.4, 0.6, 0.8};
  const MetricValue value = mean_value(values, share);
  EXPECT_DOUBLE_EQ(value.mean, 0.5);
  EXPECT_NEAR(value.low.value(), 0.5 - 0.25303, 1e-5);
  EXPECT_NEAR(value.high.value(), 0.5 + 0.25303, 1e-5);
}

TEST(MeanValue, StaysWithinTheLimits) {
  const std::vector<double> low = {0.0, 0.0, 0.5};
  EXPECT_EQ(mean_value(low, share).low.value(), 0.0);
  const std::vector<double> high = {1.0, 1.0, 0.5};
  EXPECT_EQ(mean_value(high, share).high.value(), 1.0);
  const std::vector<double> bits = {1.0, 1.0, 7.0};
  EXPECT_GT(mean_value(bits, Bounds{}).high.value(), 1.0);
}

TEST(MeanValue, DoesNotTakeBitsForShares) {
  const std::vector<double> bits = {0.0, 1.0};  // Half = 1.96 sqrt(0.5 / 2) = 0.98.
  EXPECT_NEAR(mean_value(bits, Bounds{}).high.value(), 0.5 + 0.98, 1e-12);
}

TEST(MeanValue, OfOneUserHasNoIntervalUnlessItIsWilsons) {
  EXPECT_FALSE(mean_value(std::vector<double>{0.5}, share).low.has_value());
  EXPECT_FALSE(mean_value(std::vector<double>{0.5}, share).high.has_value());
  EXPECT_TRUE(mean_value(std::vector<double>{1.0}, share).low.has_value());
}

TEST(MeanOverEntries, WeighsUsersByTheirEntries) {
  // Two users: errors 1 and 1, and 2. Mean 4/3. Residuals of the totals: 2 - 2 (4/3) = -2/3 and
  // 2 - 4/3 = 2/3, so half = 1.96 sqrt(8/9 * 2) / 3 = 0.871111.
  const std::vector<double> totals = {2, 2};
  const std::vector<double> counts = {2, 1};
  const MetricValue value = mean_over_entries(totals, counts);
  EXPECT_DOUBLE_EQ(value.mean, 4.0 / 3);
  EXPECT_NEAR(value.low.value(), 4.0 / 3 - 0.871111, 1e-6);
  EXPECT_NEAR(value.high.value(), 4.0 / 3 + 0.871111, 1e-6);
}

TEST(MeanOverEntries, IsTheMeanOverUsersWhenEachHasOneEntry) {
  const std::vector<double> totals = {0.2, 0.4, 0.6, 0.8};
  const std::vector<double> ones(4, 1.0);
  const MetricValue expected = mean_value(totals, Bounds{});
  const MetricValue value = mean_over_entries(totals, ones);
  EXPECT_DOUBLE_EQ(value.mean, expected.mean);
  EXPECT_NEAR(value.low.value(), expected.low.value(), 1e-12);
  EXPECT_NEAR(value.high.value(), expected.high.value(), 1e-12);
}

TEST(RootMeanOverEntries, ResamplesUsers) {
  // Squared errors 1 and 1, and 4: sqrt(6 / 3). A resample has the first user twice (1), both
  // (sqrt 2) or the second twice (2), a quarter, a half and a quarter of the time.
  const std::vector<double> totals = {2, 4};
  const std::vector<double> counts = {2, 1};
  ThreadPool pool(1);
  const MetricValue value = root_mean_over_entries(totals, counts, 42, pool);
  EXPECT_DOUBLE_EQ(value.mean, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(value.low.value(), 1.0);
  EXPECT_DOUBLE_EQ(value.high.value(), 2.0);
}

TEST(RootMeanOverEntries, AgreesWithTheDeltaMethodForManyUsers) {
  std::vector<double> totals;
  std::vector<double> counts;
  for (int user = 0; user < 2000; ++user) {
    totals.push_back(static_cast<double>(user % 7) + 0.5);
    counts.push_back(static_cast<double>(1 + user % 3));
  }
  ThreadPool pool(2);
  const MetricValue squared = mean_over_entries(totals, counts);
  const MetricValue root = root_mean_over_entries(totals, counts, 1, pool);
  const double half = (*squared.high - *squared.low) / 2 / (2 * root.mean);
  EXPECT_NEAR((*root.high - *root.low) / 2, half, 0.1 * half);
}

TEST(RootMeanOverEntries, DependsOnTheSeedAndNotOnThreads) {
  const std::vector<double> totals = {1, 2, 3, 4, 5, 6.5, 7, 8};
  const std::vector<double> counts = {1, 2, 1, 3, 1, 2, 1, 1};
  ThreadPool one(1);
  ThreadPool three(3);
  const MetricValue a = root_mean_over_entries(totals, counts, 7, one);
  const MetricValue b = root_mean_over_entries(totals, counts, 7, three);
  const MetricValue c = root_mean_over_entries(totals, counts, 8, three);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_NE(a.low, c.low);
}

}  // namespace
}  // namespace alsace
