#include "alsace/train.h"

#include "alsace/recommend.h"

#include "support/datasets.h"
#include "support/dense_oracle.h"
#include "support/error_of.h"
#include "support/sparse_oracle.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::interactions_of;
using test::random_interactions;
using test::two_taste_groups;
using testing::HasSubstr;

TrainOptions explicit_options(bool biases = false) {
  return {.feedback = Feedback::explicit_feedback, .factors = 5, .biases = biases};
}

TEST(Train, GivesWhatOneSeesInTwoTasteGroups) {
  const Model model = train(two_taste_groups(), {.factors = 2, .regularization = 0.1});

  const Recommender recommender(model);
  const auto list = recommender.recommend(0, {.top_k = 6});

  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list[0].row, 2) << "the one item of the own group that u0 has not met";
  EXPECT_GT(list[0].score, 0.5F);
  EXPECT_LT(list[1].score, 0.1F);
}

TEST(Train, GivesTheSameModelForAnyNumberOfThreads) {
  const Interactions interactions = random_interactions(300, 90, 1);
  for (TrainOptions options :
       {TrainOptions{.factors = 12, .iterations = 4},
        TrainOptions{.factors = 12, .iterations = 4, .solver = Solver::exact},
        explicit_options(true)}) {
    std::vector<std::string> hashes;
    for (const int threads : {1, 2, 3, 8}) {
      options.threads = threads;
      hashes.push_back(model_hash(train(interactions, options)));
    }
    EXPECT_THAT(hashes, testing::Each(hashes[0]));
  }
}

TEST(Train, AnotherSeedGivesAnotherModel) {
  const Interactions interactions = random_interactions(40, 30, 1);

  EXPECT_NE(model_hash(train(interactions, {.factors = 4, .seed = 1})),
            model_hash(train(interactions, {.factors = 4, .seed = 2})));
}

RC_GTEST_PROP(Train, TheExactObjectiveNeverRises, ()) {
  const Interactions interactions =
      random_interactions(20, 25, *rc::gen::inRange<std::uint64_t>(0, 1000));
  TrainOptions options{.factors = *rc::gen::inRange(1, 30),
                       .regularization = *rc::gen::element(0.001, 0.1, 3.0),
                       .regularization_exponent = *rc::gen::element(0.0, 0.5, 1.0),
                       .iterations = 8,
                       .solver = Solver::exact};
  if (*rc::gen::arbitrary<bool>()) {
    options.feedback = Feedback::explicit_feedback;
    options.biases = *rc::gen::arbitrary<bool>();
    options.nonnegative = *rc::gen::arbitrary<bool>();
  } else {
    options.confidence = *rc::gen::element(
        Confidence::linear, Confidence::scaled, Confidence::log, Confidence::relative);
    options.alpha = *rc::gen::element(0.1, 1.0, 40.0);
    options.unobserved_weight = *rc::gen::element(0.0, 0.1, 1.0);
    options.regularization_count =
        *rc::gen::element(RegularizationCount::observed, RegularizationCount::all);
  }

  const Model model = train(interactions, options);

  std::vector<double> objective = model.summary.objective;
  objective.push_back(model.summary.final_objective);
  for (std::size_t i = 1; i < objective.size(); ++i) {
    RC_ASSERT(objective[i] <= objective[i - 1] * (1 + 1e-6));
  }
}

TEST(Train, ReportsTheObjectiveOfTheFactorsAsStored) {
  const Interactions interactions = random_interactions(50, 40, 2);
  for (const TrainOptions& options :
       {TrainOptions{.factors = 6},
        TrainOptions{.factors = 6, .confidence = Confidence::relative, .unobserved_weight = 0.2},
        explicit_options(),
        explicit_options(true)}) {
    const Model model = train(interactions, options);
    EXPECT_NEAR(model.summary.final_objective / test::model_objective(model), 1.0, 1e-6);
  }
}

TEST(Train, RowsWithoutInteractionsAreZero) {
  const Model model = train(random_interactions(40, 30, 3), {.factors = 4});

  for (Index user = 4; user < 40; user += 9) {
    EXPECT_THAT(model.user_factors.row(user), testing::Each(0.0F));
  }
  for (Index item = 5; item < 30; item += 7) {
    EXPECT_THAT(model.item_factors.row(item), testing::Each(0.0F));
  }
}

TEST(Train, MoreFactorsThanRowsIsLegal) {
  const Model model = train(two_taste_groups(), {.factors = 100, .iterations = 3});

  EXPECT_TRUE(std::isfinite(model.summary.final_objective));
  EXPECT_LE(test::worst_user_error(model), 1e-6);
}

TEST(Train, NonnegativeFactorsAreNonnegative) {
  TrainOptions options = explicit_options(true);
  options.nonnegative = true;
  const Model model = train(random_interactions(40, 30, 4), options);

  for (Index user = 0; user < 40; ++user) {
    EXPECT_THAT(model.user_factors.row(user), testing::Each(testing::Ge(0.0F)));
  }
  for (Index item = 0; item < 30; ++item) {
    EXPECT_THAT(model.item_factors.row(item), testing::Each(testing::Ge(0.0F)));
  }
  EXPECT_LT(model.summary.objective.back(), model.summary.objective.front());
}

TEST(Train, ZeroIterationsCloseOverTheStartValues) {
  const Model model = train(two_taste_groups(), {.factors = 3, .iterations = 0});

  EXPECT_TRUE(model.summary.objective.empty());
  EXPECT_LE(test::worst_user_error(model), 1e-6);
}

TEST(Train, ExplicitFeedbackStartsAtItsMeanWithoutBiases) {
  for (const bool biases : {false, true}) {
    TrainOptions options = explicit_options(biases);
    options.iterations = 0;
    const Model model = train(random_interactions(40, 30, 4), options);
    const double part = biases ? 0.0 : std::sqrt(model.value_mean);
    for (Index item = 0; item < model.item_factors.rows(); ++item) {
      if (model.item_counts[static_cast<std::size_t>(item)] > 0) {
        EXPECT_NEAR(model.item_factors.row(item)[0], part, 0.25);  // 5 deviations of the start.
        EXPECT_NEAR(model.item_factors.row(item)[1], 0.0, 0.25);
      }
    }
  }
}

TEST(Train, DropsZerosOfImplicitFeedbackAndCountsThem) {
  const Model model =
      train(interactions_of({{0, 0, 1}, {0, 1, 0}, {1, 1, 2}}, 2, 2), {.factors = 2});

  EXPECT_EQ(model.summary.zeros_dropped, 1);
  EXPECT_EQ(model.interactions.entries(), 2);
  EXPECT_EQ(model.item_counts, (std::vector<std::int64_t>{1, 1}));
}

TEST(Train, RefusesValuesItCannotUse) {
  const auto with = [](float value) {
    return [value] { train(interactions_of({{0, 0, 1}, {1, 1, value}}, 2, 2), {.factors = 2}); };
  };

  EXPECT_EQ(
      error_of(ErrorCode::invalid_data, with(-2)),
      "train: the value of user 'u1', item 'i1' is -2, implicit feedback takes 0 or more. "
      "Remove it, train ratings with explicit feedback, or take it as a dislike (--dislikes).");
  EXPECT_THAT(error_of(ErrorCode::invalid_data, with(NAN)), HasSubstr("must be a finite number"));
  EXPECT_THAT(error_of(ErrorCode::invalid_data, with(INFINITY)), HasSubstr("finite number"));
  EXPECT_THAT(error_of(ErrorCode::invalid_data, with(3e38F)), HasSubstr("Lower alpha"));
  EXPECT_THAT(error_of(ErrorCode::invalid_data, [] { train(interactions_of({{0, 0, 0}}, 1, 1)); }),
              HasSubstr("nothing to train on"));
  EXPECT_THAT(error_of(ErrorCode::invalid_data,
                       [] { train(interactions_of({{0, 0, 1}, {0, 0, 2}}, 1, 1)); }),
              HasSubstr("appears twice"));
}

TEST(Train, TheOrderOfInteractionsDoesNotMatter) {
  Interactions interactions = random_interactions(40, 30, 10);
  const std::string hash = model_hash(train(interactions, {.factors = 4}));
  std::ranges::reverse(interactions.triplets.users);
  std::ranges::reverse(interactions.triplets.items);
  std::ranges::reverse(interactions.triplets.values);

  EXPECT_EQ(model_hash(train(interactions, {.factors = 4})), hash);
}

TEST(Train, DescribesTheConfidenceAndWarnsOfHeavyTails) {
  const Interactions interactions =
      interactions_of({{0, 0, 1}, {0, 1, 2}, {1, 0, 3}, {1, 1, 4}, {1, 2, 1000}}, 2, 3);
  const Model model = train(interactions, {.factors = 2});

  EXPECT_EQ(model.summary.confidence_median, 31);  // 1 + 10 * 3
  EXPECT_EQ(model.summary.confidence_max, 10001);
  EXPECT_DOUBLE_EQ(model.summary.mean_alpha_value, 2020);
  ASSERT_EQ(model.summary.warnings.size(), 1U);
  EXPECT_THAT(model.summary.warnings[0], HasSubstr("--preset recommended"));
  EXPECT_TRUE(train(interactions, recommended_options()).summary.warnings.empty());
}

TEST(Train, WarnsOfManyFactorsWithLittleRegularization) {
  EXPECT_EQ(train(two_taste_groups(), {.factors = 65, .iterations = 1}).summary.warnings.size(),
            1U);
  EXPECT_EQ(train(two_taste_groups(), {.factors = 64, .iterations = 1}).summary.warnings.size(),
            0U);
}

TEST(Train, TheGradientNormFallsAndSeedsEndInDifferentMinima) {
  // Limit points are stationary: over the iterations the gradient in the items (that in the users
  // is 0 after the closing half-step) falls by orders of magnitude, while the start values decide
  // which minimum it is.
  const Interactions interactions = random_interactions(60, 50, 11);
  const auto gradient = [&](int iterations, std::uint64_t seed) {
    const Model model = train(interactions,
                              {.factors = 4,
                               .regularization = 0.1,
                               .iterations = iterations,
                               .solver = Solver::exact,
                               .seed = seed});
    const test::DenseProblem problem =
        test::dense_problem(model.interactions, model.options).transposed();
    const test::Dense users = test::to_dense(model.user_factors);
    double square = 0;
    for (Index item = 0; item < 50; ++item) {
      const auto system = test::dense_system(problem, users, {}, item);
      square += (system.a * test::to_dense(model.item_factors.row(item)) - system.b).squaredNorm();
    }
    return std::pair(std::sqrt(square), model.summary.final_objective);
  };

  const double early = gradient(3, 1).first;
  const double middle = gradient(30, 1).first;
  const double late = gradient(1000, 1).first;
  EXPECT_LT(middle, 0.5 * early);
  EXPECT_LT(late, 0.05 * early);
  std::vector<double> ends;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    ends.push_back(gradient(1000, seed).second);
  }
  EXPECT_GT(std::ranges::max(ends) / std::ranges::min(ends), 1.0001);
}

}  // namespace
}  // namespace alsace
