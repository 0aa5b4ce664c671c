#include "train/extrapolation.h"

#include "base/thread_pool.h"

#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

TEST(Extrapolation, MomentumGrowsToAThirdAndStartsAgainAfterARise) {
  EXPECT_EQ(momentum({}), 0.0F);
  EXPECT_EQ(momentum(std::vector<double>{9}), 0.0F);
  EXPECT_EQ(momentum(std::vector<double>{9, 8}), 1.0F / 4);
  EXPECT_EQ(momentum(std::vector<double>{9, 8, 7}), 1.0F / 3);
  EXPECT_EQ(momentum(std::vector<double>{9, 8, 7, 6}), 1.0F / 3);
  EXPECT_EQ(momentum(std::vector<double>{9, 8, 7, 6, 5, 4, 3}), 1.0F / 3);
  EXPECT_EQ(momentum(std::vector<double>{9, 8, 7, 7.5}), 0.0F);
  EXPECT_EQ(momentum(std::vector<double>{9, 8, 7, 7.5, 6}), 1.0F / 4);
}

TEST(Extrapolation, MovesItemsOnAndKeepsWhatTheyWere) {
  FactorTable items(2, 1);
  FactorTable before(2, 1);
  items.row(0)[0] = 3;
  items.row(1)[0] = -1;
  before.row(0)[0] = 1;
  before.row(1)[0] = -1;
  ThreadPool pool(1);

  extrapolate(items, before, 0.5F, pool);

  EXPECT_EQ(items.row(0)[0], 4.0F);  // 3 + (3 - 1) / 2
  EXPECT_EQ(items.row(1)[0], -1.0F);
  EXPECT_EQ(before.row(0)[0], 3.0F);
  EXPECT_EQ(before.row(1)[0], -1.0F);
}

TEST(Extrapolation, IsForFactorsOfTheAutomaticSolverAlone) {
  EXPECT_TRUE(extrapolates({}));
  EXPECT_TRUE(extrapolates({.feedback = Feedback::explicit_feedback}));
  EXPECT_FALSE(extrapolates({.solver = Solver::exact}));
  EXPECT_FALSE(extrapolates({.feedback = Feedback::explicit_feedback, .biases = true}));
  EXPECT_FALSE(extrapolates({.feedback = Feedback::explicit_feedback, .nonnegative = true}));
}

}  // namespace
}  // namespace alsace
