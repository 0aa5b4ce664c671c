// Item-based baselines, nearest neighbours and EASE, against dense double loops and by hand.

#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "evaluate/evaluate_data.h"
#include "support/error_of.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <Eigen/Dense>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using testing::HasSubstr;
using Matrix = Eigen::MatrixXd;

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

std::vector<float> scores_of(const Scorer& scorer, Index user, Index items) {
  std::vector<float> scores(static_cast<std::size_t>(items));
  scorer.scores(user, scores);
  return scores;
}

/// Users 0 and 1 have items a and b, user 2 has b and c, item d is in nobody's training.
Split small_split() {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 1}, {2, 2}}), 4, 4);
  split.test = pairs({{0, 2}});
  return split;
}

/// Some users, items and counts; the last item is never trained, the last user only folded in.
Split some_split(Index users, Index items) {
  std::mt19937 random(8);
  Triplets train;
  Split split;
  for (Index user = 0; user < users; ++user) {
    Triplets& part = user + 1 < users ? train : split.fold_in;
    for (Index item = 0; item + 1 < items; ++item) {
      if (random() % 3 == 0 || (user + 1 == users && item % 3 == 0)) {
        part.users.push_back(user);
        part.items.push_back(item);
        part.values.push_back(static_cast<float>(1 + random() % 5));
      }
    }
  }
  split.train = with_ids(std::move(train), users, items);
  split.test = pairs({{0, 0}});
  return split;
}

Matrix dense(const Triplets& triplets, const Split& split) {
  Matrix result = Matrix::Zero(split.train.user_ids.size(), split.train.item_ids.size());
  for (std::int64_t entry = 0; entry < triplets.size(); ++entry) {
    const auto place = static_cast<std::size_t>(entry);
    result(triplets.users[place], triplets.items[place]) =
        static_cast<double>(triplets.value(entry));
  }
  return result;
}

void expect_scores(const Scorer& scorer, const Split& split, const Matrix& expected) {
  const auto counts = (dense(split.train.triplets, split).array() != 0).colwise().count().eval();
  const double largest = expected.cwiseAbs().maxCoeff();
  for (Index user = 0; user < expected.rows(); ++user) {
    const auto scores = scores_of(scorer, user, static_cast<Index>(expected.cols()));
    for (Index item = 0; item < expected.cols(); ++item) {
      const float score = scores[static_cast<std::size_t>(item)];
      if (counts(item) == 0) {
        EXPECT_EQ(score, minus_infinity);
      } else {
        ASSERT_NEAR(score, expected(user, item), 1e-5 * largest) << user << ", " << item;
      }
    }
  }
}

/// The `keep` largest of each row but the diagonal, ties by the lower column.
Matrix largest_of_rows(const Matrix& similar, Eigen::Index keep) {
  Matrix result = Matrix::Zero(similar.rows(), similar.cols());
  for (Eigen::Index i = 0; i < similar.rows(); ++i) {
    std::vector<Eigen::Index> order;
    for (Eigen::Index j = 0; j < similar.cols(); ++j) {
      if (j != i) {
        order.push_back(j);
      }
    }
    std::ranges::stable_sort(
        order, std::greater<>(), [&](Eigen::Index j) { return static_cast<float>(similar(i, j)); });
    for (Eigen::Index place = 0; place < std::min(keep, std::ssize(order)); ++place) {
      const Eigen::Index j = order[static_cast<std::size_t>(place)];
      result(i, j) = similar(i, j);
    }
  }
  return result;
}

/// Cosine similarity of columns.
Matrix cosines(const Matrix& weights) {
  Matrix result = weights.transpose() * weights;
  const Eigen::VectorXd norms = result.diagonal().cwiseSqrt();
  for (Eigen::Index i = 0; i < result.rows(); ++i) {
    for (Eigen::Index j = 0; j < result.cols(); ++j) {
      const double scale = norms(i) * norms(j);
      result(i, j) = scale > 0 ? result(i, j) / scale : 0.0;
    }
  }
  return result;
}

TEST(NeighborScorer, GivesTheCosinesOfASmallCaseByHand) {
  const Scorer scorer = neighbor_scorer(small_split());
  EXPECT_EQ(scorer.name, "knn_cosine");
  EXPECT_FALSE(scorer.predict);
  // a and b share 2 users: 2 / sqrt(2 * 3). b and c share 1: 1 / sqrt(3 * 1). a and c none.
  const auto ab = static_cast<float>(2 / std::sqrt(6.0));
  const auto bc = static_cast<float>(1 / std::sqrt(3.0));
  EXPECT_THAT(scores_of(scorer, 0, 4), testing::ElementsAre(ab, ab, bc, minus_infinity));
  EXPECT_THAT(scores_of(scorer, 2, 4), testing::ElementsAre(ab, bc, bc, minus_infinity));
  EXPECT_THAT(scores_of(scorer, 3, 4), testing::ElementsAre(0, 0, 0, minus_infinity));
}

TEST(NeighborScorer, KeepsTheMostSimilarOfEachItemTiesToTheLowerRow) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {0, 1}, {0, 2}, {1, 0}, {2, 1}, {2, 2}}), 3, 3);
  // b and c are alike and each other's nearest; a is equally near both, and keeps b.
  const Scorer scorer = neighbor_scorer(split, {.neighbors = 1});
  EXPECT_THAT(scores_of(scorer, 1, 3), testing::ElementsAre(0, 0.5F, 0));
  EXPECT_THAT(scores_of(scorer, 2, 3), testing::ElementsAre(0, 1, 1));
}

TEST(NeighborScorer, AgreesWithDenseLoops) {
  const Split split = some_split(30, 20);
  const Matrix train = dense(split.train.triplets, split);
  const Matrix known = train + dense(split.fold_in, split);
  for (const int neighbors : {1, 4, 100}) {
    expect_scores(neighbor_scorer(split, {.neighbors = neighbors}),
                  split,
                  known * largest_of_rows(cosines(train), neighbors));
  }
}

TEST(NeighborScorer, AgreesWithDenseLoopsUnderBm25) {
  const Split split = some_split(30, 20);
  const Matrix train = dense(split.train.triplets, split);
  const Matrix known = train + dense(split.fold_in, split);
  const Eigen::RowVectorXd lengths = train.colwise().sum();
  const double mean = lengths.mean();
  const auto saturated = [&](const Matrix& values) {
    Matrix result = values;
    for (Eigen::Index i = 0; i < values.rows(); ++i) {
      for (Eigen::Index j = 0; j < values.cols(); ++j) {
        const double r = values(i, j);
        result(i, j) = r * 2.2 / (1.2 * (0.25 + 0.75 * lengths(j) / mean) + r);
      }
    }
    return result;
  };
  Matrix weights = saturated(train);
  for (Eigen::Index user = 0; user < weights.rows(); ++user) {
    const auto count = static_cast<double>((train.row(user).array() > 0).count());
    weights.row(user) *= std::max(0.0, std::log(20.0 / (1 + count)));
  }
  const Scorer scorer = neighbor_scorer(split, {.weights = NeighborWeights::bm25, .neighbors = 5});
  EXPECT_EQ(scorer.name, "knn_bm25");
  expect_scores(scorer, split, saturated(known) * largest_of_rows(cosines(weights), 5));
}

TEST(NeighborScorer, RefusesWhatItCannotCount) {
  Split split = small_split();
  EXPECT_THAT(
      error_of(ErrorCode::invalid_argument, [&] { neighbor_scorer(split, {.neighbors = 0}); }),
      HasSubstr("neighbors is 0, it must be 1 or more"));
  split.train.triplets.values = {1, 1, 1, -2, 1, 1};
  EXPECT_NO_THROW(neighbor_scorer(split));
  EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                       [&] { neighbor_scorer(split, {.weights = NeighborWeights::bm25}); }),
              HasSubstr("the value -2. It must be 0 or more"));
}

TEST(EaseScorer, GivesTheWeightsOfTwoItemsByHand) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {0, 1}, {1, 0}}), 3, 2);
  // X'X + I = [3 1; 1 2], P = [2 -1; -1 3] / 5, B = [0 1/3; 1/2 0].
  const Scorer scorer = ease_scorer(split, {.regularization = 1});
  EXPECT_EQ(scorer.name, "ease");
  const auto both = scores_of(scorer, 0, 2);
  EXPECT_FLOAT_EQ(both[0], 0.5F);
  EXPECT_FLOAT_EQ(both[1], 1.0F / 3);
  // Of one item only: what it says for itself is 0.
  EXPECT_EQ(scores_of(scorer, 1, 2)[0], 0.0F);
  EXPECT_FLOAT_EQ(scores_of(scorer, 1, 2)[1], 1.0F / 3);
}

TEST(EaseScorer, AgreesWithTheDenseFormula) {
  const Split split = some_split(40, 25);
  const Matrix train = dense(split.train.triplets, split);
  const Matrix known = train + dense(split.fold_in, split);
  const double lambda = 3;
  const Matrix inverse = (train.transpose() * train + lambda * Matrix::Identity(25, 25)).inverse();
  Matrix weights = -inverse;
  for (Eigen::Index j = 0; j < 25; ++j) {
    weights.col(j) /= inverse(j, j);
  }
  weights.diagonal().setZero();
  expect_scores(ease_scorer(split, {.regularization = lambda}), split, known * weights);
}

/// Where the objective has its minimum over weights with a zero diagonal its gradient is 0:
/// x_i . (x_j - prediction_j) = lambda B_ij for i != j.
TEST(EaseScorer, IsTheMinimumOfItsObjective) {
  Split split = some_split(40, 12);
  split.fold_in = {};
  const Matrix train = dense(split.train.triplets, split).leftCols(11);
  const double lambda = 2;
  const Scorer scorer = ease_scorer(split, {.regularization = lambda});
  Matrix predictions(train.rows(), 11);
  for (Index user = 0; user < train.rows(); ++user) {
    const auto scores = scores_of(scorer, user, 12);
    for (Index item = 0; item < 11; ++item) {
      predictions(user, item) = static_cast<double>(scores[static_cast<std::size_t>(item)]);
    }
  }
  // Predictions are X B, and X has full rank.
  const Matrix weights = train.completeOrthogonalDecomposition().solve(predictions);
  for (Index i = 0; i < 11; ++i) {
    EXPECT_NEAR(weights(i, i), 0, 1e-5);
    for (Index j = 0; j < 11; ++j) {
      const double gradient = train.col(i).dot(train.col(j) - predictions.col(j));
      if (i != j) {
        EXPECT_NEAR(gradient, lambda * weights(i, j), 1e-3);
      }
    }
  }
}

TEST(EaseScorer, RefusesBeforeAnyWork) {
  const Split split = small_split();
  for (const double regularization : {0.0, -1.0, std::nan("")}) {
    EXPECT_THAT(error_of(ErrorCode::invalid_argument,
                         [&] { ease_scorer(split, {.regularization = regularization}); }),
                HasSubstr("must be a number above 0"));
  }
  Split large = split;
  large.train.item_ids = IdTable::numbered(20'001);
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { ease_scorer(large); }),
              HasSubstr("20001 are more than the 20000 it takes"));
}

TEST(ItemModels, AreTheSameForAnyNumberOfThreads) {
  const Split split = some_split(60, 40);
  const auto all_scores = [&](int threads) {
    std::vector<std::vector<float>> scores;
    for (const Scorer& scorer :
         {neighbor_scorer(split, {.neighbors = 5, .threads = threads}),
          neighbor_scorer(split,
                          {.weights = NeighborWeights::bm25, .neighbors = 5, .threads = threads}),
          ease_scorer(split, {.regularization = 1, .threads = threads})}) {
      for (Index user = 0; user < 60; ++user) {
        scores.push_back(scores_of(scorer, user, 40));
      }
    }
    return scores;
  };
  const auto one = all_scores(1);
  for (const int threads : {2, 5}) {
    EXPECT_EQ(one, all_scores(threads));
  }
}

}  // namespace
}  // namespace alsace
