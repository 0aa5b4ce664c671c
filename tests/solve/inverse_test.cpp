#include "solve/inverse.h"

#include "base/random.h"

#include <cmath>
#include <vector>

#include <Eigen/Dense>
#include <gtest/gtest.h>

namespace alsace {
namespace {

SquareMatrix with_lower(const Eigen::MatrixXd& values) {
  const auto size = static_cast<std::size_t>(values.rows());
  const std::size_t stride = (size + 15) / 16 * 16;
  SquareMatrix matrix{
      .size = size, .stride = stride, .values = AlignedVector<double>(stride * stride, 0.0)};
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      // What is above the diagonal is not to be read.
      matrix.values[i * stride + j] =
          j <= i ? values(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) : 1e30;
    }
  }
  return matrix;
}

/// A Gram matrix and a little more on the diagonal.
Eigen::MatrixXd positive_definite(Eigen::Index size, double regularization) {
  Eigen::MatrixXd factors(size, size / 2 + 1);
  for (Eigen::Index i = 0; i < factors.rows(); ++i) {
    for (Eigen::Index j = 0; j < factors.cols(); ++j) {
      factors(i, j) = 0.3 + random_normal(5, static_cast<unsigned>(i), static_cast<unsigned>(j));
    }
  }
  return factors * factors.transpose() + regularization * Eigen::MatrixXd::Identity(size, size);
}

TEST(Invert, InvertsASmallMatrixByHand) {
  // [4 2; 2 3]: determinant 8.
  SquareMatrix matrix = with_lower((Eigen::MatrixXd(2, 2) << 4, 2, 2, 3).finished());
  ThreadPool pool(1);
  ASSERT_TRUE(invert(matrix, pool));
  EXPECT_NEAR(matrix(0, 0), 3.0 / 8, 1e-15);
  EXPECT_NEAR(matrix(1, 0), -2.0 / 8, 1e-15);
  EXPECT_NEAR(matrix(0, 1), -2.0 / 8, 1e-15);
  EXPECT_NEAR(matrix(1, 1), 4.0 / 8, 1e-15);
}

TEST(Invert, AgreesWithADenseSolverForSizesAroundItsBlocks) {
  ThreadPool pool(2);
  for (const Eigen::Index size : {1, 15, 16, 17, 127, 128, 129, 200, 300}) {
    const Eigen::MatrixXd given = positive_definite(size, 0.5);
    const Eigen::MatrixXd truth = given.llt().solve(Eigen::MatrixXd::Identity(size, size));
    SquareMatrix matrix = with_lower(given);
    ASSERT_TRUE(invert(matrix, pool));
    for (Eigen::Index i = 0; i < size; ++i) {
      for (Eigen::Index j = 0; j < size; ++j) {
        ASSERT_NEAR(matrix(static_cast<std::size_t>(i), static_cast<std::size_t>(j)),
                    truth(i, j),
                    1e-9 * truth.cwiseAbs().maxCoeff())
            << size << " at " << i << ", " << j;
      }
    }
  }
}

TEST(Invert, IsTheSameForAnyNumberOfThreads) {
  const Eigen::MatrixXd given = positive_definite(300, 0.1);
  SquareMatrix one = with_lower(given);
  ThreadPool single(1);
  ASSERT_TRUE(invert(one, single));
  for (const int threads : {2, 3, 8}) {
    SquareMatrix other = with_lower(given);
    ThreadPool pool(threads);
    ASSERT_TRUE(invert(other, pool));
    EXPECT_EQ(one.values, other.values);
  }
}

TEST(Invert, SaysWhenThereIsNoInverse) {
  Eigen::MatrixXd indefinite = positive_definite(150, 1.0);
  indefinite(140, 140) = -1;  // In the second block.
  SquareMatrix matrix = with_lower(indefinite);
  ThreadPool pool(2);
  EXPECT_FALSE(invert(matrix, pool));
}

}  // namespace
}  // namespace alsace
