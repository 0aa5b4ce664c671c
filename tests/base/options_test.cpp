#include "alsace/options.h"

#include "base/random.h"
#include "base/thread_pool.h"
#include "base/threads.h"
#include "support/error_of.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;

std::string refusal(const TrainOptions& options) {
  return error_of(ErrorCode::invalid_argument, [&] { (void)resolve(options); });
}

TEST(Options, DefaultsDependOnTheFeedback) {
  const TrainOptions counts = resolve({});
  const TrainOptions ratings = resolve({.feedback = Feedback::explicit_feedback});

  EXPECT_EQ(counts.regularization, 0.001);
  EXPECT_EQ(counts.regularization_exponent, 0);
  EXPECT_EQ(ratings.regularization, 0.1);
  EXPECT_EQ(ratings.regularization_exponent, 1);
}

TEST(Options, RefusalsNameTheOptionItsValueAndItsRange) {
  EXPECT_EQ(refusal({.factors = 0}),
            "options: factors is 0, it must be 1 to 65536. Start with 64.");
  EXPECT_EQ(refusal({.regularization = -1.0}),
            "options: regularization is -1, it must be 0 or more. Start with 0.1.");
  EXPECT_EQ(refusal({.iterations = -2}),
            "options: iterations is -2, it must be 0 or more. Start with 20.");
  EXPECT_EQ(refusal({.alpha = NAN}), "options: alpha is nan, it must be above 0. Start with 10.");
  EXPECT_EQ(refusal({.biases = true}),
            "options: biases is for explicit feedback. Leave it out, or train --explicit.");
  EXPECT_EQ(refusal({.feedback = Feedback::explicit_feedback, .alpha = 3}),
            "options: alpha is for implicit feedback. Leave it out, or train --implicit.");
}

TEST(Options, ConfidenceFormsOfTheHandMadeValue) {
  TrainOptions options{.alpha = 10, .log_epsilon = 0.5};
  EXPECT_DOUBLE_EQ(confidence_of(3, options, 2), 31);
  options.confidence = Confidence::scaled;
  EXPECT_DOUBLE_EQ(confidence_of(3, options, 2), 30);
  options.confidence = Confidence::log;
  EXPECT_DOUBLE_EQ(confidence_of(3, options, 2), 1 + 10 * std::log(7.0));
  options.confidence = Confidence::relative;
  EXPECT_DOUBLE_EQ(confidence_of(3, options, 2), 16);
}

TEST(Options, WordsGoThereAndBack) {
  EXPECT_EQ(parse<Confidence>("relative"), Confidence::relative);
  EXPECT_EQ(to_string(Solver::automatic), "auto");
  EXPECT_EQ(error_of(ErrorCode::invalid_argument, [] { (void)parse<Solver>("fast"); }),
            "options: solver 'fast' is not known. Choose one of auto, exact.");
}

TEST(ThreadPool, RunsEveryTaskOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    for (const std::size_t tasks : {0U, 1U, 5U, 1000U}) {
      std::vector<int> runs(tasks, 0);
      pool.run(tasks, [&](std::size_t task, int) { ++runs[task]; });
      EXPECT_EQ(std::accumulate(runs.begin(), runs.end(), 0), static_cast<int>(tasks));
      EXPECT_TRUE(std::ranges::all_of(runs, [](int count) { return count == 1; }));
    }
  }
}

TEST(ThreadPool, ThrowsTheFailureOfTheLowestTask) {
  for (const int threads : {1, 2, 8}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 50; ++round) {
      try {
        pool.run(200, [](std::size_t task, int) {
          if (task % 10 == 7) {
            throw std::runtime_error(std::to_string(task));
          }
        });
        FAIL();
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "7");
      }
    }
    int after = 0;
    pool.run(1, [&](std::size_t, int) { ++after; });
    EXPECT_EQ(after, 1);
  }
}

TEST(ThreadPool, RefusesNumbersThatNoMachineHas) {
  EXPECT_THROW(ThreadPool(-1), Error);
  EXPECT_THROW(ThreadPool(100000), Error);
}

TEST(Threads, AtLeastOneIsAvailable) {
  EXPECT_GE(available_threads(), 1);
}

TEST(Random, NormalNumbersHaveMeanZeroAndVarianceOne) {
  double sum = 0;
  double squares = 0;
  constexpr int count = 100000;
  for (int i = 0; i < count; ++i) {
    const double value = random_normal(42, 7, static_cast<std::uint64_t>(i));
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / count, 0, 0.02);
  EXPECT_NEAR(squares / count, 1, 0.02);
}

TEST(Random, EveryCounterChangesTheBits) {
  EXPECT_NE(random_bits(1, 0, 0), random_bits(0, 1, 0));
  EXPECT_NE(random_bits(0, 1, 0), random_bits(0, 0, 1));
  EXPECT_EQ(random_bits(5, 6, 7), random_bits(5, 6, 7));
}

}  // namespace
}  // namespace alsace
