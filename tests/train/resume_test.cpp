#include "alsace/train.h"

#include "support/datasets.h"
#include "support/error_of.h"
#include "support/sparse_oracle.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::random_interactions;
using test::TemporaryFolder;
using test::two_taste_groups;
using testing::HasSubstr;

TEST(Train, StopsWhenTheObjectiveFallsByLessThanTheTolerance) {
  const Model model =
      train(random_interactions(60, 50, 5), {.factors = 4, .iterations = 200, .tolerance = 0.01});

  const auto& objective = model.summary.objective;
  ASSERT_GE(objective.size(), 3U);
  EXPECT_LT(objective.size(), 200U);
  EXPECT_EQ(model.summary.stopped, "tolerance");
  for (std::size_t i = 1; i < objective.size(); ++i) {
    const double fall = (objective[i - 1] - objective[i]) / objective[i - 1];
    EXPECT_EQ(fall < 0.01, i + 1 == objective.size());
  }
}

TEST(Train, AnInterruptEndsAfterTheHalfStepWithAWholeModel) {
  int asked = 0;
  const Model model = train(random_interactions(60, 50, 6),
                            {.factors = 4, .iterations = 100},
                            {.stop_requested = [&] { return ++asked == 5; }});

  EXPECT_EQ(model.summary.stopped, "interrupted");
  EXPECT_EQ(model.summary.objective.size(),
            2U);  // Asked twice an iteration: in the third's middle.
  EXPECT_TRUE(model.complete);
  EXPECT_LE(test::worst_user_error(model), 1e-6);
}

TEST(Train, AnIterationCallbackMayEndIt) {
  const Model model = train(
      two_taste_groups(),
      {.factors = 2, .iterations = 100},
      {.after_iteration = [](const IterationReport& report) { return report.iteration < 3; }});

  EXPECT_EQ(model.summary.objective.size(), 3U);
}

TEST(Train, ResumesACheckpointToTheSameBits) {
  const Interactions interactions = random_interactions(80, 60, 7);
  for (TrainOptions options :
       {TrainOptions{.factors = 7, .iterations = 9},
        TrainOptions{.feedback = Feedback::explicit_feedback, .factors = 5, .biases = true}}) {
    options.iterations = 9;
    const TemporaryFolder folder;
    const Model straight = train(interactions, options);
    (void)train(
        interactions,
        options,
        {.after_iteration = [](const IterationReport& report) { return report.iteration < 5; },
         .checkpoint = folder / "c.alsace",
         .checkpoint_every = 2});

    const Model checkpoint = load_model(folder / "c.alsace");
    const Model resumed = train(interactions, options, {.resume = &checkpoint});

    EXPECT_FALSE(checkpoint.complete);
    EXPECT_EQ(checkpoint.summary.objective.size(), 4U);
    EXPECT_EQ(model_hash(resumed), model_hash(straight));
    EXPECT_EQ(resumed.summary.objective, straight.summary.objective);
    EXPECT_EQ(resumed.summary.final_objective, straight.summary.final_objective);
  }
}

TEST(Train, ResumingTheLastCheckpointOfAConvergedRunEndsThereToo) {
  const Interactions interactions = random_interactions(60, 50, 5);
  const TrainOptions options{.factors = 4, .iterations = 200, .tolerance = 0.01};
  const TemporaryFolder folder;
  const Model straight = train(interactions, options, {.checkpoint = folder / "c.alsace"});

  const Model checkpoint = load_model(folder / "c.alsace");
  const Model resumed = train(interactions, options, {.resume = &checkpoint});

  EXPECT_EQ(resumed.summary.stopped, "tolerance");
  EXPECT_EQ(model_hash(resumed), model_hash(straight));
}

TEST(Train, RefusesToResumeWithFewerIterationsThanAreDone) {
  const TemporaryFolder folder;
  (void)train(
      two_taste_groups(), {.factors = 2, .iterations = 5}, {.checkpoint = folder / "c.alsace"});
  const Model checkpoint = load_model(folder / "c.alsace");

  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [&] {
                       train(two_taste_groups(),
                             {.factors = 2, .iterations = 4},
                             {.resume = &checkpoint});
                     }),
            "train: the checkpoint has 5 iterations done, options.iterations is 4. Ask for as many "
            "or more.");
}

TEST(Train, RefusesToResumeWithOtherDataOrOptions) {
  const Interactions interactions = random_interactions(30, 20, 8);
  const TemporaryFolder folder;
  const TrainOptions options{.factors = 3, .iterations = 2};
  const Model finished = train(interactions, options, {.checkpoint = folder / "c.alsace"});
  const Model checkpoint = load_model(folder / "c.alsace");
  TrainOptions others = options;
  others.alpha = 11;
  Interactions other_data = interactions;
  other_data.triplets.values[0] += 1;
  const auto resume = [&](const Interactions& data, const TrainOptions& with, const Model& from) {
    return error_of(ErrorCode::invalid_argument, [&] { train(data, with, {.resume = &from}); });
  };

  EXPECT_THAT(resume(interactions, others, checkpoint), HasSubstr("other options"));
  EXPECT_THAT(resume(other_data, options, checkpoint), HasSubstr("other data"));
  EXPECT_THAT(resume(interactions, options, finished), HasSubstr("not a checkpoint"));
}

TEST(Train, AWarmStartIsMatchedById) {
  const Interactions interactions = random_interactions(60, 50, 9);
  const TrainOptions options{.factors = 6, .iterations = 30};
  const Model first = train(interactions, options);
  // The same data with rows in another order and one more user.
  Interactions turned;
  turned.user_ids.find_or_add("newcomer");
  for (Index user = 59; user >= 0; --user) {
    turned.user_ids.find_or_add(interactions.user_ids[user]);
  }
  for (Index item = 49; item >= 0; --item) {
    turned.item_ids.find_or_add(interactions.item_ids[item]);
  }
  const Triplets& triplets = interactions.triplets;
  for (std::size_t entry = 0; entry < triplets.users.size(); ++entry) {
    turned.triplets.users.push_back(
        *turned.user_ids.find(interactions.user_ids[triplets.users[entry]]));
    turned.triplets.items.push_back(
        *turned.item_ids.find(interactions.item_ids[triplets.items[entry]]));
    turned.triplets.values.push_back(triplets.values[entry]);
  }

  TrainOptions once = options;
  once.iterations = 1;
  const Model cold = train(turned, once);
  const Model warm = train(turned, once, {.warm_start = &first});

  EXPECT_LE(warm.summary.objective[0], first.summary.objective.back());
  EXPECT_GT(cold.summary.objective[0], 1.05 * warm.summary.objective[0]);
}

TEST(Train, RefusesAWarmStartThatDoesNotHoldTogether) {
  Model start = train(two_taste_groups(), {.factors = 2});
  start.user_factors = FactorTable(1, 2);

  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [&] { train(two_taste_groups(), {.factors = 2}, {.warm_start = &start}); }),
              HasSubstr("one row of factors"));
}

TEST(Train, RefusesAWarmStartOfAnotherShape) {
  const Model model = train(two_taste_groups(), {.factors = 2});

  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [&] { train(two_taste_groups(), {.factors = 3}, {.warm_start = &model}); }),
            "train: the warm start has 2 factors, options.factors is 3. Make them the same.");
}

}  // namespace
}  // namespace alsace
