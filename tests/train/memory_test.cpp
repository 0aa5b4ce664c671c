#include "alsace/train.h"

#include "support/datasets.h"
#include "support/error_of.h"
#include "train/quantile.h"

#include <algorithm>
#include <filesystem>
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

constexpr std::uint64_t program = 16 * 1024 * 1024;

TEST(TrainingMemory, IsWhatOneCountsByHand) {
  const TrainOptions options{.factors = 16, .threads = 1};
  // 1,500 rows: 28 bytes each for counts, where they begin, their order and objective, 64 for
  // factors, 64 for a copy of those of 1,000 and of 500; 26 matrices of 16 x 16 doubles.
  const std::uint64_t rows = 28 * 1500;
  const std::uint64_t factors = 64 * 1500 + 64 * 1000 + 64 * 500 + 26 * 16 * 16 * 8;
  ASSERT_EQ(factors, 245'248U);

  // Few interactions: most while training, 8 and 20 bytes each, 16 with explicit feedback.
  EXPECT_EQ(training_memory(100, true, 1000, 500, 7, options), program + 7 + rows + 800 + factors);
  EXPECT_EQ(training_memory(100, false, 1000, 500, 7, options),
            program + 7 + rows + 2000 + factors);
  EXPECT_EQ(training_memory(100,
                            false,
                            1000,
                            500,
                            7,
                            {.feedback = Feedback::explicit_feedback, .factors = 16, .threads = 1}),
            program + 7 + rows + 1600 + factors);
  // Many: most while they are sorted, 12 each where all are 1.
  EXPECT_EQ(training_memory(1'000'000, true, 1000, 500, 7, options),
            program + 7 + rows + 12'000'000);
}

TEST(TrainingMemory, GrowsByLinesOfSixteenFactorsByBiasesAndByThreads) {
  const auto needed = [](TrainOptions options) {
    return training_memory(0, true, 1000, 500, 0, options);
  };

  EXPECT_EQ(needed({.factors = 17, .threads = 1}), needed({.factors = 32, .threads = 1}));
  EXPECT_EQ(needed({.factors = 32, .threads = 3}) - needed({.factors = 32, .threads = 1}),
            2U * 5 * 32 * 32 * 8);
  // A bias for each row, and a whole line more in the copy.
  EXPECT_EQ(
      needed(
          {.feedback = Feedback::explicit_feedback, .factors = 16, .threads = 1, .biases = true}),
      program + 28 * 1500 + 68 * 1500 + 128 * 1000 + 128 * 500 + 26 * 32 * 32 * 8);
}

TEST(TrainingMemory, GrowsByTwoPreferencesPerDislike) {
  const auto needed = [](bool dislikes) {
    return training_memory(
        1000, false, 1000, 500, 0, {.factors = 16, .threads = 1, .dislikes = dislikes});
  };

  EXPECT_EQ(needed(true) - needed(false), 8000U);
}

TEST(TrainingMemory, DoesNotOverflow) {
  EXPECT_GT(training_memory(1'000'000'000'000,
                            false,
                            2'000'000'000,
                            2'000'000'000,
                            0,
                            {.factors = 65536, .threads = 4096}),
            std::uint64_t{1} << 50U);
}

TEST(TrainingMemory, OfInteractionsSeesThatAllValuesAreOne) {
  Interactions interactions = two_taste_groups();
  const auto held = interactions.user_ids.held_bytes() + interactions.item_ids.held_bytes();
  const TrainOptions options{.factors = 2, .threads = 1};

  EXPECT_EQ(training_memory(interactions, options), training_memory(17, true, 6, 6, held, options));
  interactions.triplets.values[3] = 2;
  EXPECT_EQ(training_memory(interactions, options),
            training_memory(17, false, 6, 6, held, options));
  interactions.low = {.users = {0}, .items = {2}};
  EXPECT_EQ(training_memory(interactions, options),
            training_memory(17, false, 6, 6, held, options) + 8);
}

TEST(MemoryLimit, IsRefusedBeforeAnythingIsTaken) {
  Interactions interactions = two_taste_groups();
  const std::uint64_t needed = training_memory(interactions, {.factors = 2, .threads = 1});

  const std::string message = error_of(ErrorCode::invalid_argument, [&] {
    train(std::move(interactions), {.factors = 2, .threads = 1}, {.memory_limit = needed - 1});
  });

  EXPECT_EQ(message,
            "train: 16.8 MB of memory are needed for 17 interactions and 2 factors of 6 users and "
            "6 items, the limit (--memory-limit) is 16.8 MB. Use fewer factors (--factors), leave "
            "out rare users and items (--min-per-user, --min-per-item), or raise the limit.");
  EXPECT_EQ(interactions.triplets.size(), 17);
  EXPECT_EQ(interactions.user_ids.size(), 6);
  EXPECT_NO_THROW(
      train(std::move(interactions), {.factors = 2, .threads = 1}, {.memory_limit = needed}));
}

TEST(MemoryLimit, InteractionsThatTheCallerKeepsCountBesides) {
  const Interactions interactions = two_taste_groups();
  const TrainOptions options{.factors = 2, .threads = 1};
  const std::uint64_t kept =
      12 * 17 + interactions.user_ids.held_bytes() + interactions.item_ids.held_bytes();
  const std::uint64_t needed = training_memory(interactions, options) + kept;

  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [&] { train(interactions, options, {.memory_limit = needed - 1}); }),
              HasSubstr("--memory-limit"));
  EXPECT_NO_THROW(train(interactions, options, {.memory_limit = needed}));
}

TEST(MemoryLimit, OfTheMachineHoldsWhereNoneIsGiven) {
  // Quadrillions of bytes for the matrices of the threads alone.
  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [] { train(two_taste_groups(), {.factors = 65536, .threads = 4096}); }),
              HasSubstr("this process can get"));
}

TEST(Train, TakesWhatItIsGivenByMoveToTheSameModel) {
  for (Interactions interactions : {two_taste_groups(), random_interactions(60, 50, 3)}) {
    interactions.low = {.users = {0, 1}, .items = {3, 4}};
    interactions.triplets.times.assign(interactions.triplets.users.size(), 5.0);
    for (const Feedback feedback : {Feedback::implicit_feedback, Feedback::explicit_feedback}) {
      const TrainOptions options{.feedback = feedback, .factors = 4};
      Interactions moved = interactions;

      const Model copied_from = train(interactions, options);
      const Model moved_from = train(std::move(moved), options);

      EXPECT_EQ(model_hash(moved_from), model_hash(copied_from));
      EXPECT_EQ(moved_from.data_hash, copied_from.data_hash);
      EXPECT_EQ(moved.triplets.users.capacity() + moved.triplets.items.capacity() +  // NOLINT
                    moved.triplets.values.capacity() + moved.triplets.times.capacity(),
                0U);
    }
  }
}

TEST(Train, ValuesThatAreAllOneAreInTheModelAsTheyWereGiven) {
  Interactions interactions = two_taste_groups();
  for (const Feedback feedback : {Feedback::implicit_feedback, Feedback::explicit_feedback}) {
    const TrainOptions options{.feedback = feedback, .factors = 3};
    const Model with_values = train(interactions, options);
    Interactions bare = interactions;
    bare.triplets.values.clear();
    const Model without = train(bare, options);

    EXPECT_EQ(with_values.interactions.values, std::vector<float>(17, 1.0F));
    EXPECT_TRUE(without.interactions.values.empty());
    EXPECT_NE(with_values.data_hash, without.data_hash);
    EXPECT_EQ(with_values.summary.final_objective, without.summary.final_objective);
    EXPECT_EQ(with_values.value_mean, 1);
  }
}

TEST(Train, ACheckpointThatCannotBeWrittenIsToldAndTrainingGoesOn) {
  const TrainOptions options{.factors = 2, .iterations = 4};
  const auto nowhere = std::filesystem::path("/no/such/folder/checkpoint.alsace");
  std::vector<std::string> told;

  const Model model =
      train(two_taste_groups(),
            options,
            {.checkpoint = nowhere,
             .checkpoint_every = 2,
             .checkpoint_failed = [&](const std::string& message) { told.push_back(message); }});

  EXPECT_EQ(model_hash(model), model_hash(train(two_taste_groups(), options)));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_THAT(told[0], HasSubstr("/no/such/folder/checkpoint.alsace cannot be written"));
  EXPECT_THROW(train(two_taste_groups(), options, {.checkpoint = nowhere}), Error);
}

TEST(NumberAt, IsThatOfTheSortedNumbers) {
  const std::vector<float> numbers = {3, 0, 1e30F, -0.0F, 3, 1e-40F, 3.0000002F};
  const std::vector<float> sorted = {0, 0, 1e-40F, 3, 3, 3.0000002F, 1e30F};

  for (std::size_t place = 0; place < sorted.size(); ++place) {
    EXPECT_EQ(number_at(numbers, static_cast<std::int64_t>(place)), sorted[place]) << place;
  }
}

RC_GTEST_PROP(NumberAt, AgreesWithSorting, (std::vector<std::uint16_t> words, std::uint8_t scale)) {
  RC_PRE(!words.empty());
  std::vector<float> numbers(words.size());
  std::ranges::transform(words, numbers.begin(), [&](std::uint16_t word) {
    return static_cast<float>(word) / (1.0F + static_cast<float>(scale));
  });
  std::vector<float> sorted = numbers;
  std::ranges::sort(sorted);

  for (std::size_t place = 0; place < sorted.size(); ++place) {
    RC_ASSERT(number_at(numbers, static_cast<std::int64_t>(place)) == sorted[place]);
  }
}

}  // namespace
}  // namespace alsace
