#include "solve/gram.h"

#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

/// Numbers of a mean, so that what is off the diagonal does not vanish, and rows of many sizes.
FactorTable some_factors(Index rows, int factors) {
  FactorTable table(rows, factors);
  for (Index row = 0; row < rows; ++row) {
    std::span<float> values = table.row(row);
    const double size = std::pow(10.0, row % 4 - 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          static_cast<float>(size * (0.5 + random_normal(3, static_cast<unsigned>(row), i)));
    }
  }
  return table;
}

double plain_gram(const FactorTable& table, std::size_t i, std::size_t j) {
  double sum = 0;
  for (Index row = 0; row < table.rows(); ++row) {
    sum += static_cast<double>(table.row(row)[i]) * static_cast<double>(table.row(row)[j]);
  }
  return sum;
}

/// The largest difference from the plain loops, as a part of the largest value.
double largest_error(const FactorTable& table, const SquareMatrix& gram) {
  double largest = 0;
  double error = 0;
  for (std::size_t i = 0; i < gram.size; ++i) {
    for (std::size_t j = 0; j < gram.size; ++j) {
      const double truth = plain_gram(table, i, j);
      largest = std::max(largest, std::abs(truth));
      error = std::max(error, std::abs(gram(i, j) - truth));
    }
  }
  return error / std::max(largest, 1e-300);
}

struct Shape {
  Index rows;
  int factors;
};

// Tiles, panels and blocks that are whole, begun, or the only one.
const std::vector<Shape> shapes = {
    {1, 1}, {5, 3}, {128, 16}, {129, 17}, {2100, 40}, {300, 128}, {300, 130}, {1500, 260}};

TEST(Gram, EqualsPlainLoops) {
  ThreadPool pool(2);
  for (const Shape shape : shapes) {
    const FactorTable table = some_factors(shape.rows, shape.factors);

    EXPECT_LT(largest_error(table, gram(table, pool)), 1e-13) << shape.factors;
    EXPECT_LT(largest_error(table, gram(table, pool, GramSums::floats)), 6e-7) << shape.factors;
  }
}

TEST(Gram, PaddingIsZero) {
  ThreadPool pool(1);
  const SquareMatrix result = gram(some_factors(200, 130), pool);

  ASSERT_EQ(result.stride, 144U);
  for (std::size_t i = 0; i < result.stride; ++i) {
    for (std::size_t j = 0; j < result.stride; ++j) {
      if (i >= result.size || j >= result.size) {
        ASSERT_EQ(result.values[i * result.stride + j], 0) << i << "," << j;
      }
    }
  }
}

TEST(Gram, HasTheSameBitsForAnyNumberOfThreads) {
  ThreadPool alone(1);
  for (const int threads : {2, 3, 7}) {
    ThreadPool pool(threads);
    for (const GramSums sums : {GramSums::doubles, GramSums::floats}) {
      for (const Shape shape : {Shape{5000, 64}, Shape{2500, 200}}) {
        const FactorTable table = some_factors(shape.rows, shape.factors);

        EXPECT_EQ(gram(table, pool, sums).values, gram(table, alone, sums).values);
      }
    }
  }
}

TEST(Gram, OfNoRowsIsZero) {
  ThreadPool pool(2);
  const SquareMatrix result = gram(FactorTable(0, 20), pool);

  EXPECT_EQ(result.values, AlignedVector<double>(32 * 32, 0.0));
}

TEST(Gram, InFloatsIsAsCloseAsItsPagePromises) {
  // Many rows of one size: errors of panels average out.
  ThreadPool pool(2);
  FactorTable table(20'000, 32);
  for (Index row = 0; row < table.rows(); ++row) {
    for (std::size_t i = 0; i < 32; ++i) {
      table.row(row)[i] = static_cast<float>(random_normal(4, static_cast<unsigned>(row), i));
    }
  }

  EXPECT_LT(largest_error(table, gram(table, pool, GramSums::floats)), 5e-8);
}

}  // namespace
}  // namespace alsace
