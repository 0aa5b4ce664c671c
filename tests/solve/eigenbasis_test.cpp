#include "solve/eigenbasis.h"

#include "alsace/error.h"

#include "base/random.h"
#include "solve/tridiagonal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd dense(const SquareMatrix& matrix) {
  const auto size = static_cast<Eigen::Index>(matrix.size);
  MatrixXd result(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      result(i, j) = matrix(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
    }
  }
  return result;
}

SquareMatrix square(const MatrixXd& matrix) {
  const auto size = static_cast<std::size_t>(matrix.rows());
  const std::size_t stride = FactorTable::stride_of(static_cast<int>(size));
  SquareMatrix result{
      .size = size, .stride = stride, .values = AlignedVector<double>(stride * stride, 0.0)};
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      result.values[i * stride + j] =
          matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    }
  }
  return result;
}

MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns) {
  MatrixXd result(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (Eigen::Index j = 0; j < columns; ++j) {
      result(i, j) = random_normal(5, static_cast<unsigned>(i), static_cast<unsigned>(j));
    }
  }
  return result;
}

/// A symmetric matrix with these eigenvalues, in a basis of its own.
MatrixXd with_eigenvalues(const VectorXd& values) {
  const MatrixXd q =
      MatrixXd(random_matrix(values.size(), values.size()).householderQr().householderQ());
  const MatrixXd product = q * values.asDiagonal() * q.transpose();
  return (product + product.transpose()) / 2;
}

/// Orthogonal, diagonalizing, sorted, signed, padded with zeros, and with Eigen's eigenvalues.
void expect_eigenbasis(const MatrixXd& matrix) {
  ThreadPool pool(2);
  const SquareMatrix gram = square(matrix);
  const Eigenbasis basis = eigenbasis(gram, pool);
  const MatrixXd q = dense(basis.into);
  const Eigen::Index size = matrix.rows();
  const double scale =
      static_cast<double>(size) * matrix.cwiseAbs().maxCoeff() + std::numeric_limits<double>::min();

  ASSERT_EQ(basis.values.size(), gram.size);
  const VectorXd values = VectorXd::Map(basis.values.data(), size);
  EXPECT_LT((q.transpose() * q - MatrixXd::Identity(size, size)).cwiseAbs().maxCoeff(), 1e-13);
  EXPECT_LT((matrix * q - q * values.asDiagonal()).cwiseAbs().maxCoeff(), 1e-14 * scale);
  EXPECT_EQ(dense(basis.back), q.transpose());
  EXPECT_TRUE(std::ranges::is_sorted(basis.values, std::greater<>()));
  for (Eigen::Index j = 0; j < size; ++j) {
    EXPECT_EQ(q.col(j).maxCoeff(), q.col(j).cwiseAbs().maxCoeff()) << j;
  }
  EXPECT_EQ(std::ranges::count(basis.into.values, 0.0), std::ranges::count(basis.back.values, 0.0));
  EXPECT_GE(static_cast<std::size_t>(std::ranges::count(basis.into.values, 0.0)),
            gram.stride * gram.stride - gram.size * gram.size);

  const Eigen::SelfAdjointEigenSolver<MatrixXd> truth(matrix, Eigen::EigenvaluesOnly);
  EXPECT_LT((values.reverse() - truth.eigenvalues().cwiseMax(0.0)).cwiseAbs().maxCoeff(),
            1e-14 * scale);
  EXPECT_EQ(eigenvalues(gram), basis.values);
}

TEST(Eigenbasis, OfGramMatricesOfAllSizes) {
  for (const Eigen::Index size : {1, 2, 3, 15, 16, 17, 33, 64, 100, 130}) {
    SCOPED_TRACE(size);
    const MatrixXd rows = random_matrix(2 * size, size);
    expect_eigenbasis(rows.transpose() * rows);
  }
}

TEST(Eigenbasis, OfZero) {
  for (const Eigen::Index size : {1, 2, 40}) {
    expect_eigenbasis(MatrixXd::Zero(size, size));
  }
}

TEST(Eigenbasis, OfDiagonalMatricesAndTheIdentity) {
  expect_eigenbasis(MatrixXd::Identity(20, 20));
  expect_eigenbasis(3e-18 * MatrixXd::Identity(20, 20));
  expect_eigenbasis(VectorXd::LinSpaced(20, 1, 5).asDiagonal());
}

TEST(Eigenbasis, OfRepeatedEigenvaluesAndClusters) {
  VectorXd values = VectorXd::Ones(60);
  values.head(20).setConstant(4);
  expect_eigenbasis(with_eigenvalues(values));
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    values[i] = 1 + 1e-15 * static_cast<double>(i % 7);
  }
  expect_eigenbasis(with_eigenvalues(values));
}

TEST(Eigenbasis, OfFewRowsAndOfFallingSpectra) {
  const MatrixXd rows = random_matrix(3, 50);
  expect_eigenbasis(rows.transpose() * rows);
  for (const double base : {0.9, 0.1, 1e-6}) {
    VectorXd values(50);
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      values[i] = std::pow(base, static_cast<double>(i));
    }
    // Rounding makes some of them negative: they are 0.
    SCOPED_TRACE(base);
    expect_eigenbasis(with_eigenvalues(values));
  }
}

TEST(Eigenbasis, OfMatricesNearTheEndsOfDouble) {
  const MatrixXd rows = random_matrix(40, 20);
  for (const double scale : {1e-300, 1e-36, 1e76, 1e300}) {
    SCOPED_TRACE(scale);
    const MatrixXd gram = rows.transpose() * rows;
    expect_eigenbasis(gram * scale);
  }
}

TEST(Eigenbasis, RefusesWhatIsNotFinite) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    MatrixXd matrix = MatrixXd::Identity(5, 5);
    matrix(3, 3) = bad;
    EXPECT_THROW(eigenbasis(square(matrix)), Error);
    EXPECT_THROW(eigenvalues(square(matrix)), Error);
  }
}

TEST(Eigenbasis, HasTheSameBitsForAnyNumberOfThreads) {
  const MatrixXd rows = random_matrix(200, 100);
  const SquareMatrix gram = square(rows.transpose() * rows);
  const Eigenbasis alone = eigenbasis(gram);
  for (const int threads : {2, 3, 7}) {
    ThreadPool pool(threads);
    const Eigenbasis basis = eigenbasis(gram, pool);

    EXPECT_EQ(basis.values, alone.values);
    EXPECT_EQ(basis.into.values, alone.into.values);
    EXPECT_EQ(basis.back.values, alone.back.values);
  }
}

TEST(Diagonalize, GivesTheRotationsOfAHandMadeMatrix) {
  std::vector<double> diagonal = {2, 2};  // [2 1; 1 2]: 1 and 3, (1, -1) and (1, 1).
  std::vector<double> beside = {1};

  const auto sweeps = diagonalize(diagonal, beside);

  ASSERT_TRUE(sweeps.has_value());
  ASSERT_EQ(sweeps->size(), 1U);
  EXPECT_NEAR(std::abs(sweeps->front().rotations.front().s), std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(std::min(diagonal[0], diagonal[1]), 1, 1e-15);
  EXPECT_NEAR(std::max(diagonal[0], diagonal[1]), 3, 1e-15);
  EXPECT_EQ(beside[0], 0);
}

TEST(Diagonalize, LeavesADiagonalMatrixAlone) {
  std::vector<double> diagonal = {3, 1, 2};
  std::vector<double> beside = {0, 0};

  EXPECT_TRUE(diagonalize(diagonal, beside)->empty());
  EXPECT_EQ(diagonal, (std::vector<double>{3, 1, 2}));
}

TEST(Diagonalize, GivesUpOnWhatDoesNotConverge) {
  std::vector<double> diagonal = {std::nan(""), 1, 2};
  std::vector<double> beside = {1, 1};

  EXPECT_FALSE(diagonalize(diagonal, beside).has_value());
}

}  // namespace
}  // namespace alsace
