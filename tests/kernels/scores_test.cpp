#include "kernels/scores.h"

#include "base/random.h"
#include "kernels/every_target.h"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace alsace::kernels {
namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float untouched = 77;

std::vector<float> normal_values(std::size_t size, std::uint64_t seed) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = static_cast<float>(random_normal(seed, 0, i));
  }
  return values;
}

class Scores : public EveryTarget {};

/// Rows lie at odd places, one float further apart than they are long; what is between them is no
/// number.
struct RowTable {
  std::size_t rows;
  std::size_t length;
  std::vector<float> values;

  RowTable(std::size_t row_count, std::size_t row_length)
      : rows(row_count),
        length(row_length),
        values(normal_values(row_count * (row_length + 1) + 1, 3)) {
    for (std::size_t r = 0; r <= rows; ++r) {
      values[r * (length + 1)] = not_a_number;
    }
  }
  [[nodiscard]] Rows view() const {
    return {.first = values.data() + 1, .count = rows, .length = length, .stride = length + 1};
  }
};

std::vector<const float*> queries_of(const std::vector<float>& values,
                                     std::size_t count,
                                     std::size_t length) {
  std::vector<const float*> queries;
  for (std::size_t q = 0; q < count; ++q) {
    queries.push_back(values.data() + q * length);
  }
  return queries;
}

TEST_P(Scores, AreThoseOfTheTwinForAnyShapeAndOfEachQueryAlone) {
  for (const std::size_t length : {1U, 3U, 4U, 15U, 16U, 17U, 40U, 64U, 100U, 1030U}) {
    for (const std::size_t rows : {0U, 1U, 3U, 4U, 5U, 16U, 39U, 300U}) {
      const RowTable table(rows, length);
      const std::vector<float> values = normal_values(33 * length, 4);
      for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 7U, 33U}) {
        const auto queries = queries_of(values, count, length);
        const std::size_t stride = rows + 2;
        std::vector<float> fast(count * stride, untouched);
        std::vector<float> plain(count * stride, untouched);
        std::vector<float> alone(count * stride, untouched);

        score_rows(table.view(), queries.data(), count, fast.data(), stride);
        reference::score_rows(table.view(), queries.data(), count, plain.data(), stride);
        for (std::size_t q = 0; q < count; ++q) {
          score_rows(table.view(), &queries[q], 1, alone.data() + q * stride, stride);
        }

        ASSERT_EQ(fast, alone) << count << " queries, " << rows << " rows of " << length;
        for (std::size_t i = 0; i < fast.size(); ++i) {
          ASSERT_NEAR(fast[i], plain[i], 1e-6 * static_cast<double>(length + 4))
              << count << " queries, " << rows << " rows of " << length << ", place " << i;
        }
      }
    }
  }
}

TEST_P(Scores, HaveTheSameBitsWhateverRowsAreBesideThem) {
  const RowTable table(70, 100);
  const std::vector<float> values = normal_values(5 * 100, 4);
  const auto queries = queries_of(values, 5, 100);
  std::vector<float> all(5 * 70);
  score_rows(table.view(), queries.data(), 5, all.data(), 70);

  for (std::size_t r = 0; r < 70; ++r) {
    std::vector<float> one(5);
    score_rows(table.view().part(r, 1), queries.data(), 5, one.data(), 1);
    for (std::size_t q = 0; q < 5; ++q) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(one[q]),
                std::bit_cast<std::uint32_t>(all[q * 70 + r]));
    }
  }
}

TEST_P(Scores, WhatIsNoNumberStaysInItsRow) {
  const std::size_t rows = 37;
  std::vector<float> table(rows * 20, 1.0F);
  table[5 * 20 + 19] = not_a_number;
  table[6 * 20] = infinity;
  const std::vector<float> ones(20, 1.0F);
  const std::vector<const float*> queries(6, ones.data());
  std::vector<float> scores(6 * rows);

  score_rows({.first = table.data(), .count = rows, .length = 20, .stride = 20},
             queries.data(),
             6,
             scores.data(),
             rows);

  for (std::size_t q = 0; q < 6; ++q) {
    for (std::size_t r = 0; r < rows; ++r) {
      const float score = scores[q * rows + r];
      EXPECT_TRUE(r == 5 ? std::isnan(score) : score == (r == 6 ? infinity : 20.0F))
          << q << " " << r;
    }
  }
}

TEST_P(Scores, FirstAboveIsThatOfTheTwin) {
  for (std::size_t count = 0; count < 150; ++count) {
    std::vector<float> values(count, 1.0F);
    ASSERT_EQ(first_above(values.data(), count, 1.0F), count) << "equal is not above";
    for (std::size_t place = 0; place < count; ++place) {
      values.assign(count, -infinity);
      values[place] = 2;
      values[count - 1] = place + 1 < count ? 3.0F : 2.0F;
      values[0] = place > 0 ? not_a_number : 2.0F;
      for (const float bound : {-infinity, 1.0F, 2.0F, infinity}) {
        ASSERT_EQ(first_above(values.data(), count, bound),
                  reference::first_above(values.data(), count, bound))
            << count << " values, " << place << ", above " << bound;
      }
    }
  }
}

TEST_P(Scores, CountsAreThoseOfTheTwin) {
  for (const std::size_t count : {0U, 1U, 3U, 15U, 16U, 17U, 100U, 1001U}) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t kind = random_bits(5, count, i) % 8;
      values[i] = kind == 0   ? not_a_number
                  : kind == 1 ? -infinity
                  : kind == 2 ? infinity
                  : kind == 3 ? -0.0F
                              : static_cast<float>(kind) - 5;
    }
    for (const float bound : {-infinity, -1.0F, 0.0F, 1.0F, infinity, not_a_number}) {
      const Counts fast = count_against(values.data(), count, bound);
      const Counts plain = reference::count_against(values.data(), count, bound);
      ASSERT_EQ(fast.below, plain.below) << count << " values against " << bound;
      ASSERT_EQ(fast.equal, plain.equal) << count << " values against " << bound;
    }
  }
}

ALSACE_RUN_ON_EVERY_TARGET(Scores);

}  // namespace
}  // namespace alsace::kernels
