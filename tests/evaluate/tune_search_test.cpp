#include "evaluate/tune_search.h"

#include "evaluate/tune_space.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two users with 1 and 4 interactions, three items with 1, 2 and 2, and one of each with none.
const std::vector<std::int64_t> user_counts = {1, 4, 0};
const std::vector<std::int64_t> item_counts = {1, 2, 2, 0};

TEST(HalvingSchedule, KeepsTheBetterThirdRoundedUp) {
  EXPECT_THAT(halving_schedule(18), ElementsAre(18, 6, 2));
  EXPECT_THAT(halving_schedule(20), ElementsAre(20, 7, 3));
  EXPECT_THAT(halving_schedule(1), ElementsAre(1, 1, 1));
  EXPECT_THAT(halving_schedule(6, 1), ElementsAre(0, 6, 2));
}

TEST(Rounds, AreThreeFifthsThenTwoHalvesOfTheRest) {
  EXPECT_THAT(rounds_of(30), ElementsAre(18, 6, 6));
  EXPECT_THAT(rounds_of(5), ElementsAre(3, 1, 1));
  EXPECT_THAT(rounds_of(4), ElementsAre(4));
}

TEST(Rungs, DoubleTheFactors) {
  const std::vector<Step> steps = rungs_of({.factors = 100, .iterations = 20});
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].factors, 25);
  EXPECT_EQ(steps[1].factors, 50);
  EXPECT_EQ(steps[2].factors, 100);
  EXPECT_EQ(steps[2].iterations, 8);
  EXPECT_EQ(rungs_of({.factors = 6, .iterations = 1})[0].factors, 6) << "few factors stay";
  EXPECT_EQ(rungs_of({.factors = 6, .iterations = 1})[2].iterations, 1);
}

TEST(RegularizationScale, KeepsTheMeanByHand) {
  const RegularizationScale scale(user_counts, item_counts);
  TrainOptions options;
  options.regularization = 0.4;
  options.regularization_exponent = 1;
  // Mean of n over the five rows with interactions: (1 + 4 + 1 + 2 + 2) / 5 = 2.
  EXPECT_DOUBLE_EQ(scale.strength_of(options), 0.8);
  options.regularization_exponent = 0;
  EXPECT_DOUBLE_EQ(scale.lambda_of(0.8, options), 0.8);
  options.regularization_exponent = 0.5;  // (1 + 2 + 1 + 2 sqrt 2) / 5
  EXPECT_NEAR(scale.lambda_of(0.8, options), 4 / (4 + 2 * std::sqrt(2)), 1e-12);
  options.regularization_exponent = 1;
  options.regularization_count = RegularizationCount::all;
  options.unobserved_weight = 0.5;  // n + 3/2 for users, n + 1 for items: mean 2 + (3 + 3) / 5.
  EXPECT_DOUBLE_EQ(scale.lambda_of(0.8, options), 0.25);
}

TEST(Space, ShiftsLambdaSoThatTheStrengthStays) {
  const RegularizationScale scale(user_counts, item_counts);
  const Space space(TuneOptions{}, scale, true);
  for (const double exponent : {0.0, 0.3, 1.0}) {
    Point point;
    point.numbers = {32, 0.7, exponent, 15, 10, 1};
    EXPECT_NEAR(scale.strength_of(space.options_of(point)), 0.7, 1e-12);
    EXPECT_NEAR(space.point_of(space.options_of(point)).numbers[a_strength], 0.7, 1e-12);
  }
}

TEST(Space, DrawsOneFromEachPartOfARange) {
  const RegularizationScale scale(user_counts, item_counts);
  TuneOptions options;
  options.space.alpha = {.values = {1, 16}, .is_range = true};
  options.space.factors = {.values = {8, 16, 24}};
  const Space space(options, scale, true);
  RandomStream random(1, 1);
  const std::vector<Point> points = space.draw(4, random);
  std::set<int> parts;
  for (const Point& point : points) {
    parts.insert(static_cast<int>(std::log2(point.numbers[a_alpha])));
    EXPECT_TRUE(options.space.factors.values.end() !=
                std::ranges::find(options.space.factors.values, point.numbers[a_factors]));
  }
  EXPECT_THAT(parts, ElementsAre(0, 1, 2, 3)) << "1-2, 2-4, 4-8, 8-16";
}

TEST(Space, MakesEveryCombinationOfAGrid) {
  const RegularizationScale scale(user_counts, item_counts);
  TuneOptions options{.method = TuneMethod::grid};
  EXPECT_EQ(Space(options, scale, true).grid().size(), 27U) << "the ranges of its own";
  options.space.factors = {.values = {8, 16}};
  options.space.regularization = {.values = {0.1, 0.2, 0.3}};
  options.space.iterations = {.values = {5, 10}};
  const Space space(options, scale, false);
  const std::vector<Point> points = space.grid();
  ASSERT_EQ(points.size(), 6U) << "iterations are counts of one run";
  EXPECT_THAT(space.grid_iterations(), ElementsAre(5, 10));
  EXPECT_DOUBLE_EQ(*space.options_of(points[0]).regularization, 0.1) << "lambda as given";
  EXPECT_EQ(space.options_of(points[0]).alpha, 10) << "the rest are the defaults";
}

TEST(Choice, TakesTheSmallestWithinOneStandardErrorOfTheBest) {
  // Differences to the best by user: (0.1, -0.1, 0.2, 0): mean 0.05, deviation sqrt(0.05 / 3) =
  // 0.129, standard error 0.0645: within.
  const std::vector<double> best = {0.5, 0.3, 0.7, 0.1};
  const Finalist large{.trial = 0, .factors = 64, .iterations = 20, .by_user = best};
  const Finalist small{
      .trial = 1, .factors = 32, .iterations = 20, .by_user = {0.4, 0.4, 0.5, 0.1}};
  EXPECT_NEAR(paired_difference(large.by_user, small.by_user).mean, 0.05, 1e-12);
  EXPECT_NEAR(paired_difference(large.by_user, small.by_user).error, 0.0645497, 1e-6);
  EXPECT_EQ(choose(std::vector{large, small}), 1U);
  // All worse by 0.05: a mean of 0.05 with an error of 0 is beyond it.
  Finalist worse = small;
  worse.by_user = {0.45, 0.25, 0.65, 0.05};
  EXPECT_EQ(choose(std::vector{large, worse}), 0U);
  // Of equally many factors the fewest iterations.
  Finalist shorter = large;
  shorter.iterations = 10;
  EXPECT_EQ(choose(std::vector{large, shorter}), 1U);
  Finalist larger = small;
  larger.factors = 128;
  EXPECT_EQ(choose(std::vector{large, larger}), 0U);
}

/// A search whose candidates are scored by a formula instead of training.
class MadeUp {
 public:
  explicit MadeUp(std::function<double(const TrainOptions&)> gain) : gain_(std::move(gain)) {}

  Search search(const TuneOptions& options) {
    return Search(
        options,
        scale_,
        true,
        [this](std::span<const TuneJob> jobs) {
          std::vector<TuneMeasured> found;
          for (const TuneJob& job : jobs) {
            batches_[job.stage].push_back(job);
            TuneMeasured& measured = found.emplace_back();
            const double gain = gain_(job.options);
            if (!std::isfinite(gain)) {
              measured.failure = "it grew beyond all bounds";
              continue;
            }
            for (const int count : job.counts) {
              measured.at.push_back({.iterations = count,
                                     .value = gain,
                                     .gain = gain,
                                     .low = gain - 1,
                                     .high = gain + 1,
                                     .by_user = {gain, gain}});
            }
          }
          return found;
        },
        [] { return false; },
        [this](const std::string& note) { notes_.push_back(note); });
  }

  std::map<int, std::vector<TuneJob>> batches_;
  std::vector<std::string> notes_;

 private:
  RegularizationScale scale_{user_counts, item_counts};
  std::function<double(const TrainOptions&)> gain_;
};

TEST(Search, BeginsWithDefaultsAndPresetAndMeasuresAsScheduled) {
  MadeUp made([](const TrainOptions& options) { return -std::abs(std::log(options.alpha / 10)); });
  TuneOptions options;
  Search search = made.search(options);
  search.run();
  ASSERT_EQ(search.trials().size(), 30U);
  TrainOptions standard = search.trials()[0].options;
  standard.iterations = 20;  // A finalist's are those found best.
  EXPECT_EQ(standard, resolve(TrainOptions{}));
  EXPECT_EQ(search.trials()[1].origin, "preset");
  EXPECT_NEAR(*search.trials()[1].options.regularization, 0.3, 1e-12);
  EXPECT_EQ(made.batches_[0].size(), 18U);
  EXPECT_EQ(made.batches_[1].size(), 6U + 6 + 6);
  EXPECT_EQ(made.batches_[2].size(), 2U * 3);
  EXPECT_THAT(made.batches_[1].front().steps.size(), 2U) << "half follows a quarter";
  EXPECT_THAT(made.batches_[2].back().steps.size(), 2U) << "near ones begin with half";
  const TuneTrial& chosen = search.trials()[static_cast<std::size_t>(search.best())];
  EXPECT_TRUE(chosen.chosen);
  EXPECT_NEAR(std::log(chosen.options.alpha / 10), 0, 0.1);
  EXPECT_EQ(chosen.by_seed.size(), 3U);
}

TEST(Search, WidensARangeWhoseEdgeIsBestAndSaysSo) {
  MadeUp made([](const TrainOptions& options) { return std::min(options.alpha, 100.0); });
  TuneOptions options{.trials = 60};
  options.space.factors = {.values = {32}};
  Search search = made.search(options);
  search.run();
  double largest = 0;
  for (const TuneTrial& trial : search.trials()) {
    largest = std::max(largest, trial.options.alpha);
  }
  EXPECT_DOUBLE_EQ(search.trials()[static_cast<std::size_t>(search.best())].options.alpha, 160);
  EXPECT_DOUBLE_EQ(largest, 160) << "no further than needed";
  EXPECT_THAT(made.notes_,
              testing::Contains("the best alpha lies on the edge of 1 to 40: widened "
                                "to 160"));
}

TEST(Search, KeepsToARangeThatIsGivenAndSaysSo) {
  MadeUp made([](const TrainOptions& options) { return options.factors; });
  TuneOptions options;
  options.space.factors = {.values = {16, 48}, .is_range = true};
  Search search = made.search(options);
  search.run();
  for (const TuneTrial& trial : search.trials()) {
    EXPECT_LE(trial.options.factors, 48);
    EXPECT_GE(trial.options.factors, 16);
  }
  EXPECT_EQ(search.trials()[static_cast<std::size_t>(search.best())].options.factors, 48);
  EXPECT_THAT(made.notes_, testing::Contains(HasSubstr("a wider one may be better")));
}

TEST(Search, DoublesTheFactorsOfTheBest) {
  MadeUp made([](const TrainOptions& options) { return options.alpha; });
  TuneOptions options;
  options.space.factors = {.values = {16, 500}, .is_range = true};
  options.space.alpha = {.values = {1, 2, 3}};
  Search search = made.search(options);
  search.run();
  EXPECT_TRUE(std::ranges::any_of(search.trials(),
                                  [](const auto& trial) { return trial.origin == "doubled"; }));
}

TEST(Search, GoesOnWithoutWhatCannotBeTrained) {
  MadeUp made([](const TrainOptions& options) {
    return options.factors > 40 ? std::nan("") : options.alpha;
  });
  Search search = made.search({});
  search.run();
  const TuneTrial& chosen = search.trials()[static_cast<std::size_t>(search.best())];
  EXPECT_LE(chosen.factors, 40);
  EXPECT_EQ(search.trials()[0].failure.empty(), search.trials()[0].factors != 0);
}

TEST(Search, IsTheSameEveryTime) {
  const auto gain = [](const TrainOptions& options) {
    return std::sin(options.alpha) + *options.regularization_exponent;
  };
  MadeUp one(gain);
  MadeUp other(gain);
  Search first = one.search({});
  Search second = other.search({});
  first.run();
  second.run();
  ASSERT_EQ(first.trials().size(), second.trials().size());
  for (std::size_t i = 0; i < first.trials().size(); ++i) {
    EXPECT_EQ(first.trials()[i].options, second.trials()[i].options);
  }
  EXPECT_EQ(first.best(), second.best());
}

TEST(Search, TriesAWholeGrid) {
  MadeUp made([](const TrainOptions& options) {
    return -std::abs(options.alpha - 3) - std::abs(*options.regularization - 0.2);
  });
  TuneOptions options{.method = TuneMethod::grid};
  options.space.alpha = {.values = {1, 3, 5}};
  options.space.regularization = {.values = {0.1, 0.2}};
  Search search = made.search(options);
  search.run();
  EXPECT_EQ(search.trials().size(), 6U);
  const TuneTrial& chosen = search.trials()[static_cast<std::size_t>(search.best())];
  EXPECT_EQ(chosen.options.alpha, 3);
  EXPECT_DOUBLE_EQ(*chosen.options.regularization, 0.2);
}

}  // namespace
}  // namespace alsace
