#include "alsace/train.h"

#include "support/datasets.h"
#include "support/error_of.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::random_interactions;
using testing::HasSubstr;

TEST(TrainingSet, GivesWhatTrainGivesForEveryOptionSet) {
  Interactions counts = random_interactions(40, 30, 1);
  Interactions ones = counts;
  ones.triplets.values.assign(ones.triplets.users.size(), 1.0F);
  counts.low = {.users = {1, 2}, .items = {3, 4}};
  for (const Interactions* data : {&counts, &ones}) {
    const TrainingSet set(*data);
    for (const Confidence confidence :
         {Confidence::linear, Confidence::scaled, Confidence::log, Confidence::relative}) {
      for (const double weight : {1.0, 0.2}) {
        const TrainOptions options{.factors = 5,
                                   .regularization = 0.1,
                                   .regularization_exponent = weight,
                                   .iterations = 3,
                                   .confidence = confidence,
                                   .alpha = 3,
                                   .unobserved_weight = weight};
        const Model alone = train(*data, options);
        const Model shared = set.train(options);
        EXPECT_EQ(model_hash(shared), model_hash(alone)) << to_string(confidence);
        EXPECT_EQ(shared.interactions, alone.interactions);
        EXPECT_EQ(shared.low, alone.low);
        EXPECT_EQ(shared.summary.final_objective, alone.summary.final_objective);
        EXPECT_EQ(shared.summary.confidence_p99, alone.summary.confidence_p99);
        EXPECT_EQ(shared.data_hash, alone.data_hash);
      }
    }
  }
}

TEST(TrainingSet, GivesWhatTrainGivesForRatingsAndDislikes) {
  Interactions ratings = random_interactions(40, 30, 2);
  for (std::size_t i = 0; i < ratings.triplets.values.size(); i += 3) {
    ratings.triplets.values[i] = i % 2 == 0 ? 0.0F : -1.5F;
  }
  for (const TrainOptions& options :
       {TrainOptions{.feedback = Feedback::explicit_feedback, .factors = 3, .biases = true},
        TrainOptions{.feedback = Feedback::explicit_feedback, .factors = 3, .nonnegative = true},
        TrainOptions{.factors = 3, .alpha = 2, .dislikes = true}}) {
    const TrainingSet set(ratings, options);
    EXPECT_EQ(model_hash(set.train(options)), model_hash(train(ratings, options)));
  }
}

TEST(TrainingSet, RefusesWhatItWasNotMadeFor) {
  const TrainingSet set(random_interactions(10, 10, 1));
  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [&] { (void)set.train({.feedback = Feedback::explicit_feedback}); }),
              HasSubstr("another feedback"));
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { (void)set.train({.dislikes = true}); }),
              HasSubstr("other dislikes"));
}

TEST(Snapshots, AreTheModelsOfShorterRuns) {
  const Interactions data = random_interactions(60, 40, 3);
  for (TrainOptions options : {TrainOptions{.factors = 6, .regularization = 0.1, .iterations = 7},
                               TrainOptions{.factors = 6, .iterations = 7, .solver = Solver::exact},
                               TrainOptions{.feedback = Feedback::explicit_feedback,
                                            .factors = 6,
                                            .iterations = 7,
                                            .biases = true}}) {
    const std::string whole = model_hash(train(data, options));
    std::vector<std::string> hashes;
    TrainControl control;
    control.snapshots = {1, 2, 5, 7};
    control.snapshot = [&](const Model& model) {
      EXPECT_TRUE(model.complete);
      Model copy = model;
      copy.spectrum.assign(6, 0.0);  // Not computed, and a part of the hash, as interactions are.
      hashes.push_back(model_hash(copy));
    };
    EXPECT_EQ(model_hash(train(data, options, control)), whole) << "they leave the run alone";
    std::vector<std::string> shorter;
    for (const int iterations : control.snapshots) {
      options.iterations = iterations;
      TrainControl bare;
      bare.store_interactions = false;
      Model model = train(data, options, bare);
      model.spectrum.assign(6, 0.0);
      shorter.push_back(model_hash(model));
    }
    EXPECT_EQ(hashes, shorter);
  }
}

TEST(Snapshots, MustRiseAndGoSomewhere) {
  TrainControl control;
  control.snapshots = {2};
  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [&] { train(random_interactions(5, 5, 1), {}, control); }),
              HasSubstr("snapshots"));
  control.snapshot = [](const Model&) {};
  control.snapshots = {3, 2};
  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [&] { train(random_interactions(5, 5, 1), {}, control); }),
              HasSubstr("rise"));
}

TEST(CloseRoughly, SolvesUsersNearly) {
  const Interactions data = random_interactions(200, 80, 4);
  TrainControl control;
  control.close_roughly = true;
  const Model rough = train(data, {.factors = 8, .regularization = 1}, control);
  const Model close = train(data, {.factors = 8, .regularization = 1});
  EXPECT_NE(model_hash(rough), model_hash(close));
  double difference = 0;
  double size = 0;
  for (Index user = 0; user < rough.user_factors.rows(); ++user) {
    for (std::size_t i = 0; i < 8; ++i) {
      const double value = static_cast<double>(close.user_factors.row(user)[i]);
      const double rest = static_cast<double>(rough.user_factors.row(user)[i]) - value;
      difference += rest * rest;
      size += value * value;
    }
  }
  EXPECT_LT(difference, 0.01 * size);
  EXPECT_TRUE(std::ranges::equal(rough.item_factors.row(5), close.item_factors.row(5)));
}

TEST(Summarize, LeavesOutOnlyTheSummary) {
  const Interactions data = random_interactions(30, 20, 4);
  TrainControl control;
  control.summarize = false;
  const Model model = train(data, {.factors = 4}, control);
  EXPECT_TRUE(model.spectrum.empty());
  EXPECT_EQ(model.summary.final_objective, 0);
  const Model whole = train(data, {.factors = 4});
  EXPECT_TRUE(std::ranges::equal(model.user_factors.row(3), whole.user_factors.row(3)));
}

}  // namespace
}  // namespace alsace
