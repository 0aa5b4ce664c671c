#include "kernels/gradients.h"

#include "base/aligned.h"
#include "base/random.h"
#include "kernels/every_target.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace alsace::kernels {
namespace {

class Gradients : public EveryTarget {};

/// Systems of several lengths against one table, with weights, some of them negative, and starts.
struct Systems {
  Systems(std::size_t factors, std::vector<std::size_t> lengths, std::size_t table_rows = 100)
      : size(factors),
        stride(padded(factors)),
        rows(table_rows),
        floats(table_rows * stride, 0.0F),
        halves(table_rows * stride),
        common(stride, 1.0F),
        mean_square(stride, 0.0F) {
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = 0; i < size; ++i) {
        floats[row * stride + i] =
            static_cast<float>(random_normal(1, row, i) * std::exp(-0.02 * static_cast<double>(i)));
        mean_square[i] +=
            floats[row * stride + i] * floats[row * stride + i] / static_cast<float>(rows);
      }
    }
    reference::to_half(floats.data(), rows, stride, halves.data());
    // Both tables hold the same numbers.
    reference::from_half(halves.data(), rows, stride, floats.data());
    for (std::size_t i = 0; i < size; ++i) {
      common[i] = 0.5F * mean_square[i] * static_cast<float>(rows);
    }
    for (const std::size_t length : lengths) {
      add(length);
    }
  }

  void add(std::size_t length) {
    const std::size_t seed = 10 + columns.size();
    std::vector<std::int32_t> chosen;
    for (std::size_t j = 0; j < length; ++j) {
      chosen.push_back(static_cast<std::int32_t>(random_bits(2, seed, j) % rows));
    }
    std::ranges::sort(chosen);
    columns.push_back(chosen);
    std::vector<float> w(length + 4, 9e9F);  // What is beyond the entries must not matter.
    std::vector<float> t(length + 4, 9e9F);
    for (std::size_t j = 0; j < length; ++j) {
      w[j] = static_cast<float>(2 * random_uniform(3, seed, j) - 0.1);
      t[j] = w[j] + 1.0F;
    }
    weights.push_back(w);
    targets.push_back(t);
    AlignedVector<float> x(stride, 0.0F);
    for (std::size_t i = 0; i < size; ++i) {
      x[i] = 0.1F * static_cast<float>(random_normal(4, seed, i));
    }
    start.push_back(x);
  }

  struct Solved {
    std::vector<GradientRow> rows;
    std::vector<AlignedVector<float>> x;
  };
  Solved solve(const GradientLimits& limits, bool half, bool plain) {
    Solved solved{.rows = {}, .x = start};
    for (std::size_t r = 0; r < columns.size(); ++r) {
      solved.rows.push_back({.columns = columns[r].data(),
                             .entries = columns[r].size(),
                             .weights = weights[r].data(),
                             .targets = targets[r].data(),
                             .regularization = 0.1F,
                             .weight_sum = static_cast<float>(columns[r].size()),
                             .x = solved.x[r].data()});
    }
    AlignedVector<float> work(gradient_vectors * stride, 0.0F);
    const GatherTable table{.floats = half ? nullptr : floats.data(),
                            .halves = half ? halves.data() : nullptr,
                            .stride = stride};
    const GradientDiagonal diagonal{.common = common.data(), .mean_square = mean_square.data()};
    const auto run = plain ? reference::conjugate_gradients : conjugate_gradients;
    run(table, diagonal, limits, solved.rows.data(), solved.rows.size(), work.data());
    return solved;
  }

  /// x'Ax - 2 b'x and the largest part of A x - b, in double.
  std::pair<double, double> check(std::size_t r, const AlignedVector<float>& x) const {
    std::vector<double> residual(stride, 0.0);
    double objective = 0;
    for (std::size_t i = 0; i < stride; ++i) {
      const double own = static_cast<double>(common[i]) + 0.1;
      residual[i] = own * static_cast<double>(x[i]);
      objective += own * static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    for (std::size_t j = 0; j < columns[r].size(); ++j) {
      const float* y = floats.data() + static_cast<std::size_t>(columns[r][j]) * stride;
      double dot = 0;
      for (std::size_t i = 0; i < stride; ++i) {
        dot += static_cast<double>(y[i]) * static_cast<double>(x[i]);
      }
      const double w = static_cast<double>(weights[r][j]);
      const double t = static_cast<double>(targets[r][j]);
      objective += w * dot * dot - 2 * t * dot;
      for (std::size_t i = 0; i < stride; ++i) {
        residual[i] += (w * dot - t) * static_cast<double>(y[i]);
      }
    }
    double largest = 0;
    for (const double part : residual) {
      largest = std::max(largest, std::abs(part));
    }
    return {objective, largest};
  }

  std::size_t size;
  std::size_t stride;
  std::size_t rows;
  AlignedVector<float> floats;
  AlignedVector<Half> halves;
  AlignedVector<float> common;
  AlignedVector<float> mean_square;
  std::vector<std::vector<std::int32_t>> columns;
  std::vector<std::vector<float>> weights;
  std::vector<std::vector<float>> targets;
  std::vector<AlignedVector<float>> start;
};

const std::vector<std::size_t> lengths = {1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 64, 130};
constexpr std::size_t factor_counts[] = {1, 3, 16, 17, 40, 48, 64, 65, 128, 130, 256, 300};
using Kind = GradientLimits::Kind;
const GradientLimits precise{.kind = Kind::usual, .tolerance = 1e-6F, .most_steps = 500};

TEST_P(Gradients, SolvesTheHandMadeSystem) {
  // One entry y = (2, 0, ...), w = 2, t = 3, D = 4 + 1: (5 + 2 * 4) x = 3 * 2, so x = 6 / 13, and
  // the objective there is -b x = -36 / 13.
  AlignedVector<float> table(16, 0.0F);
  table[0] = 2;
  const std::int32_t column = 0;
  const std::vector<float> weight(5, 2.0F);
  const std::vector<float> target(5, 3.0F);
  const AlignedVector<float> common(16, 4.0F);
  const AlignedVector<float> none(16, 0.0F);
  AlignedVector<float> x(16, 0.0F);
  AlignedVector<float> work(gradient_vectors * 16, 0.0F);
  GradientRow row{.columns = &column,
                  .entries = 1,
                  .weights = weight.data(),
                  .targets = target.data(),
                  .regularization = 1,
                  .x = x.data()};

  conjugate_gradients({.floats = table.data(), .stride = 16},
                      {.common = common.data(), .mean_square = none.data()},
                      precise,
                      &row,
                      1,
                      work.data());

  EXPECT_TRUE(row.converged);
  EXPECT_EQ(row.steps, 1);
  EXPECT_NEAR(x[0], 6.0 / 13.0, 1e-6);
  EXPECT_NEAR(row.objective, -36.0 / 13.0, 1e-5);
  EXPECT_EQ(x[1], 0.0F);
}

TEST_P(Gradients, SolvesWhatItsTwinSolves) {
  for (const std::size_t size : factor_counts) {
    Systems systems(size, lengths);
    const auto plain = systems.solve(precise, false, true);
    for (const bool half : {false, true}) {
      const auto fast = systems.solve(precise, half, false);
      for (std::size_t r = 0; r < lengths.size(); ++r) {
        ASSERT_TRUE(fast.rows[r].converged) << size << " " << lengths[r];
        for (std::size_t i = 0; i < systems.stride; ++i) {
          ASSERT_NEAR(fast.x[r][i], plain.x[r][i], 2e-4)
              << size << " factors, " << lengths[r] << " entries, half " << half;
        }
        const auto [objective, residual] = systems.check(r, fast.x[r]);
        ASSERT_NEAR(fast.rows[r].objective, objective, 1e-4 * (1 + std::abs(objective)));
        ASSERT_LE(residual, 2e-3);
      }
    }
  }
}

TEST_P(Gradients, OneRoughStepEqualsItsTwin) {
  // A step each, so that nothing but the sums can differ; the last one counts p'Ap only.
  for (const float tolerance : {1e-3F, 0.5F}) {
    for (const std::size_t size : factor_counts) {
      Systems systems(size, lengths);
      const GradientLimits rough{.kind = Kind::rough, .tolerance = tolerance, .most_steps = 1};
      const auto plain = systems.solve(rough, false, true);
      for (const bool half : {false, true}) {
        const auto fast = systems.solve(rough, half, false);
        for (std::size_t r = 0; r < lengths.size(); ++r) {
          ASSERT_EQ(fast.rows[r].steps, plain.rows[r].steps);
          ASSERT_NEAR(fast.rows[r].objective,
                      plain.rows[r].objective,
                      1e-4 * (1 + std::abs(plain.rows[r].objective)));
          for (std::size_t i = 0; i < systems.stride; ++i) {
            ASSERT_NEAR(fast.x[r][i], plain.x[r][i], 1e-4) << size << " " << lengths[r];
          }
        }
      }
    }
  }
}

TEST_P(Gradients, ARowHasTheSameBitsAloneAndAmongOthers) {
  for (const std::size_t size : {40U, 64U, 300U}) {
    Systems together(size, lengths);
    const auto all = together.solve({}, true, false);
    for (std::size_t r = 0; r < lengths.size(); ++r) {
      Systems alone(size, {});
      alone.columns = {together.columns[r]};
      alone.weights = {together.weights[r]};
      alone.targets = {together.targets[r]};
      alone.start = {together.start[r]};
      const auto one = alone.solve({}, true, false);
      ASSERT_EQ(one.x[0], all.x[r]) << lengths[r];
      ASSERT_EQ(one.rows[0].objective, all.rows[r].objective);
    }
  }
}

TEST_P(Gradients, RoughStepsNeverRaiseTheObjective) {
  Systems systems(40, lengths);
  for (const int steps : {1, 2, 5}) {
    const auto solved =
        systems.solve({.kind = Kind::rough, .tolerance = 1e-2F, .most_steps = steps}, false, false);
    for (std::size_t r = 0; r < lengths.size(); ++r) {
      const double before = systems.check(r, systems.start[r]).first;
      EXPECT_LE(systems.check(r, solved.x[r]).first, before + 1e-5 * (1 + std::abs(before)));
    }
  }
}

TEST_P(Gradients, LongRowsLoseNoDigits) {
  // 300,000 times the same entry, y = (1, 0, ...), w = t = 1, D = 0.1: x = 300000 / 300000.1.
  constexpr std::size_t entries = 300000;
  AlignedVector<float> table(16, 0.0F);
  table[0] = 1;
  const std::vector<std::int32_t> columns(entries, 0);
  const std::vector<float> ones(entries + 4, 1.0F);
  const AlignedVector<float> none(16, 0.0F);
  AlignedVector<float> x(16, 0.0F);
  AlignedVector<float> work(gradient_vectors * 16, 0.0F);
  GradientRow row{.columns = columns.data(),
                  .entries = entries,
                  .weights = ones.data(),
                  .targets = ones.data(),
                  .regularization = 0.1F,
                  .weight_sum = entries,
                  .x = x.data()};

  for (int run = 0; run < 6; ++run) {  // The same entry rounds the same way, so it takes some.
    conjugate_gradients({.floats = table.data(), .stride = 16},
                        {.common = none.data(), .mean_square = none.data()},
                        {.kind = Kind::backward, .tolerance = 2e-7F},
                        &row,
                        1,
                        work.data());
  }

  EXPECT_TRUE(row.converged);
  EXPECT_NEAR(x[0], entries / (entries + 0.1), 1e-6);
}

TEST_P(Gradients, TheBackwardLimitBoundsTheResidual) {
  for (const std::size_t size : factor_counts) {
    Systems systems(size, lengths);
    for (auto& w : systems.weights.back()) {
      w = 100 * std::abs(w);  // Far from what the preconditioner expects.
    }
    const GradientLimits limits{.kind = Kind::backward, .tolerance = 1e-5F, .most_steps = 1000};
    systems.start = systems.solve(limits, false, false).x;  // Near enough for its own scale.
    const auto solved = systems.solve(limits, false, false);
    for (std::size_t r = 0; r < lengths.size(); ++r) {
      ASSERT_TRUE(solved.rows[r].converged) << size << " " << lengths[r];
      double square = 0;
      for (const float value : solved.x[r]) {
        square += static_cast<double>(value) * static_cast<double>(value);
      }
      // x'Ax = b'x at the solution, where the objective is -b'x.
      const double scale = -systems.check(r, solved.x[r]).first / std::sqrt(square);
      ASSERT_LE(systems.check(r, solved.x[r]).second, 3e-5 * scale) << size << " " << lengths[r];
    }
  }
}

TEST_P(Gradients, SaysWhenTheStepsDidNotSuffice) {
  Systems systems(40, {30});
  const auto solved =
      systems.solve({.kind = Kind::usual, .tolerance = 1e-6F, .most_steps = 2}, false, false);
  EXPECT_FALSE(solved.rows[0].converged);
  EXPECT_EQ(solved.rows[0].steps, 2);
}

TEST_P(Gradients, RoughStepsNeedNotSuffice) {
  for (const bool plain : {false, true}) {
    Systems systems(40, {30});
    const auto solved =
        systems.solve({.kind = Kind::rough, .tolerance = 1e-5F, .most_steps = 2}, false, plain);
    EXPECT_TRUE(solved.rows[0].converged);
    EXPECT_EQ(solved.rows[0].steps, 2);
  }
}

TEST_P(Gradients, WhatFloatCannotHoldIsNotASolution) {
  for (const bool plain : {false, true}) {
    Systems systems(16, {3});
    for (auto& value : systems.floats) {
      value *= 1e-25F;
    }
    std::ranges::fill(systems.start[0], 0.0F);
    const GradientLimits limits{.kind = Kind::backward, .tolerance = 1e-6F};
    EXPECT_FALSE(systems.solve(limits, false, plain).rows[0].converged);
  }
}

TEST_P(Gradients, AnOverflowIsNotASolution) {
  for (const bool plain : {false, true}) {
    Systems systems(16, {1});
    systems.targets[0][0] = 1e30F;  // Its square is beyond float.
    EXPECT_FALSE(systems.solve({}, false, plain).rows[0].converged);
  }
}

ALSACE_RUN_ON_EVERY_TARGET(Gradients);

}  // namespace
}  // namespace alsace::kernels
