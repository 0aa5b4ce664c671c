#include "alsace/error.h"
#include "alsace/solve.h"

#include "solve/problem.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::Dense;
using test::make_problem;
using test::Problem;
using test::random_biases;
using test::random_factors;

/// A half-step's factors and biases, as one float64 matrix with the bias last.
Dense solved_rows(const FactorTable& factors, const std::vector<float>& biases) {
  Dense dense = test::to_dense(factors);
  if (!biases.empty()) {
    dense.conservativeResize(Eigen::NoChange, dense.cols() + 1);
    dense.rightCols(1) = test::to_dense(biases);
  }
  return dense;
}

/// Solves the rows and gives them back beside the float64 systems they were meant for.
struct Solved {
  Dense rows;
  FactorTable fixed;
  std::vector<float> fixed_biases;
};
Solved solve(const Problem& problem) {
  const TrainOptions& options = problem.options;
  Solved solved;
  solved.fixed = random_factors(problem.values.columns, options.factors, 3, options.nonnegative);
  solved.fixed_biases = random_biases(problem.values.columns, options.biases, 4);
  FactorTable rows(problem.values.rows, options.factors);
  std::vector<float> biases(options.biases ? static_cast<std::size_t>(problem.values.rows) : 0);
  half_step(problem.observations(),
            {.factors = solved.fixed, .biases = solved.fixed_biases},
            {.factors = rows.view(), .biases = biases},
            options,
            problem.active_columns());
  solved.rows = solved_rows(rows, biases);
  return solved;
}

test::DenseSystem system_of(const Problem& problem, const Solved& solved, Index row) {
  return test::dense_system(
      problem.dense, test::to_dense(solved.fixed), test::to_dense(solved.fixed_biases), row);
}

void expect_rows_solve_their_systems(const Problem& problem, double most_error) {
  const Solved solved = solve(problem);
  for (Index row = 0; row < problem.values.rows; ++row) {
    if (problem.values.row(row).empty()) {
      EXPECT_EQ(solved.rows.row(row).norm(), 0.0) << "row " << row;
      continue;
    }
    EXPECT_LE(test::backward_error(system_of(problem, solved, row), solved.rows.row(row)),
              most_error)
        << "row " << row << " of " << problem.values.row(row).size() << " entries, factors "
        << problem.options.factors;
  }
}

TEST(HalfStep, SolvesTheHandMadeRow) {
  // One user, two items y = 2 and 1, the first observed with c = 3, w0 = 1, lambda = 1:
  // (2^2 + 1^2 + 1 + (3 - 1) 2^2) x = 3 * 2, so x = 6 / 14.
  const std::vector<std::int64_t> offsets = {0, 1};
  const std::vector<Index> columns = {0};
  const std::vector<float> confidence = {3.0F};
  const std::vector<float> items = {2.0F, 1.0F};
  std::vector<float> user = {0.0F};

  half_step({.offsets = offsets, .columns = columns, .confidence = confidence},
            {.factors = {items.data(), 2, 1, 1}},
            {.factors = {user.data(), 1, 1, 1}},
            {.factors = 1, .regularization = 1.0, .solver = Solver::exact},
            2);

  EXPECT_NEAR(user[0], 6.0 / 14.0, 1e-7);
}

TEST(HalfStep, SolvesTheHandMadeExplicitRowWithBiases) {
  // One rating 5 of mean 3, item y = 2, item bias 1: the target is 5 - 3 - 1 = 1 and the partner
  // (2, 1). With lambda 1, n = 1: (I + (2,1)(2,1)') z = (2,1), so z = (2,1) / 6.
  const std::vector<std::int64_t> offsets = {0, 1};
  const std::vector<Index> columns = {0};
  const std::vector<float> ratings = {5.0F};
  const std::vector<float> items = {2.0F};
  const std::vector<float> item_biases = {1.0F};
  std::vector<float> user = {0.0F};
  std::vector<float> user_bias = {0.0F};

  half_step({.offsets = offsets, .columns = columns, .targets = ratings, .target_offset = 3.0},
            {.factors = {items.data(), 1, 1, 1}, .biases = item_biases},
            {.factors = {user.data(), 1, 1, 1}, .biases = user_bias},
            {.feedback = Feedback::explicit_feedback,
             .factors = 1,
             .regularization = 1.0,
             .solver = Solver::exact,
             .biases = true},
            1);

  EXPECT_NEAR(user[0], 2.0 / 6.0, 1e-7);
  EXPECT_NEAR(user_bias[0], 1.0 / 6.0, 1e-7);
}

TEST(HalfStep, ImplicitRowsSolveTheFloat64Systems) {
  for (const int factors : {1, 3, 16, 17, 40}) {
    for (const Confidence confidence :
         {Confidence::linear, Confidence::scaled, Confidence::log, Confidence::relative}) {
      for (const double exponent : {0.0, 0.5, 1.0}) {
        for (const double unobserved : {0.0, 0.1, 1.0, 2.5}) {
          const TrainOptions options{.factors = factors,
                                     .regularization = 0.05,
                                     .regularization_exponent = exponent,
                                     .solver = Solver::exact,
                                     .confidence = confidence,
                                     .alpha = 10,
                                     .unobserved_weight = unobserved};
          expect_rows_solve_their_systems(make_problem(23, 31, options), 5e-7);
        }
      }
    }
  }
}

TEST(HalfStep, RegularizationByAllCountsSolvesTheFloat64Systems) {
  for (const double unobserved : {0.1, 1.0}) {
    expect_rows_solve_their_systems(make_problem(23,
                                                 31,
                                                 {.factors = 8,
                                                  .regularization = 0.01,
                                                  .regularization_exponent = 1,
                                                  .regularization_count = RegularizationCount::all,
                                                  .solver = Solver::exact,
                                                  .unobserved_weight = unobserved}),
                                    5e-7);
  }
}

TEST(HalfStep, WeightsBelowTheUnobservedOneSolveTheFloat64Systems) {
  // scaled with alpha r <= w0: w = c - w0 is negative or 0, and the system still definite.
  for (const int factors : {4, 40}) {
    for (const double alpha : {0.01, 0.1, 0.2}) {
      expect_rows_solve_their_systems(make_problem(23,
                                                   31,
                                                   {.factors = factors,
                                                    .regularization = 0.05,
                                                    .solver = Solver::exact,
                                                    .confidence = Confidence::scaled,
                                                    .alpha = alpha}),
                                      5e-7);
    }
  }
}

TEST(HalfStep, HeavyTailedConfidenceSolvesTheFloat64Systems) {
  for (const int factors : {8, 40}) {
    expect_rows_solve_their_systems(
        make_problem(
            23, 31, {.factors = factors, .regularization = 0.001, .solver = Solver::exact}, 350000),
        5e-7);
  }
}

TEST(HalfStep, NoRegularizationIsLegal) {
  for (const int factors : {3, 40}) {
    for (const double unobserved : {0.0, 1.0}) {
      const Problem problem = make_problem(23,
                                           31,
                                           {.factors = factors,
                                            .regularization = 0,
                                            .solver = Solver::exact,
                                            .unobserved_weight = unobserved});
      const Solved solved = solve(problem);
      EXPECT_TRUE(solved.rows.allFinite());
      for (Index row = 0; row < problem.values.rows; ++row) {
        if (!problem.values.row(row).empty()) {
          EXPECT_LE(test::backward_error(system_of(problem, solved, row), solved.rows.row(row)),
                    5e-6);
        }
      }
    }
  }
}

TEST(HalfStep, ExplicitRowsSolveTheFloat64Systems) {
  for (const int factors : {1, 3, 17, 40}) {
    for (const double exponent : {0.0, 0.5, 1.0}) {
      for (const bool biases : {false, true}) {
        expect_rows_solve_their_systems(make_problem(23,
                                                     31,
                                                     {.feedback = Feedback::explicit_feedback,
                                                      .factors = factors,
                                                      .regularization = 0.1,
                                                      .regularization_exponent = exponent,
                                                      .solver = Solver::exact,
                                                      .biases = biases}),
                                        5e-7);
      }
    }
  }
}

TEST(HalfStep, NonnegativeRowsMeetTheKktConditions) {
  for (const int factors : {1, 3, 17, 40}) {
    for (const bool biases : {false, true}) {
      const Problem problem = make_problem(23,
                                           31,
                                           {.feedback = Feedback::explicit_feedback,
                                            .factors = factors,
                                            .regularization = 0.1,
                                            .biases = biases,
                                            .nonnegative = true});
      const Solved solved = solve(problem);
      for (Index row = 0; row < problem.values.rows; ++row) {
        const test::DenseSystem system = system_of(problem, solved, row);
        const Eigen::VectorXd x = solved.rows.row(row);
        const Eigen::VectorXd gradient = system.a * x - system.b;
        const double scale = system.b.norm() + 1e-12;
        for (Eigen::Index i = 0; i < x.size(); ++i) {
          if (i == factors) {
            EXPECT_NEAR(gradient[i] / scale, 0.0, 1e-5) << "the bias is free";
          } else if (x[i] > 0) {
            EXPECT_NEAR(gradient[i] / scale, 0.0, 1e-5);
          } else {
            EXPECT_EQ(x[i], 0.0);
            EXPECT_GE(gradient[i] / scale, -1e-5);
          }
        }
      }
    }
  }
}

TEST(HalfStep, CallersMayGivePreferencesOfTheirOwn) {
  // implicit's reading of a negative value: confidence |c|, preference 0.
  Problem problem =
      make_problem(12, 9, {.factors = 5, .regularization = 0.1, .solver = Solver::exact});
  std::vector<float> preferences(problem.confidence.size());
  for (std::size_t entry = 0; entry < preferences.size(); ++entry) {
    preferences[entry] = entry % 3 == 0 ? 0.0F : 1.0F;
  }
  Observations observations = problem.observations();
  observations.targets = preferences;
  std::size_t entry = 0;
  for (Index row = 0; row < problem.values.rows; ++row) {
    for (const Index column : problem.values.row(row)) {
      problem.dense.target(row, column) = static_cast<double>(preferences[entry++]);
    }
  }
  const FactorTable fixed = random_factors(9, 5, 3);
  FactorTable rows(12, 5);

  half_step(observations, {.factors = fixed}, {.factors = rows.view()}, problem.options, 9);

  for (Index row = 0; row < 12; ++row) {
    if (!problem.values.row(row).empty()) {
      const auto system = test::dense_system(problem.dense, test::to_dense(fixed), {}, row);
      EXPECT_LE(test::backward_error(system, test::to_dense(rows.row(row))), 5e-7);
    }
  }
}

TEST(HalfStep, WritesOnlyTheFactorsOfStridedRows) {
  const Problem problem =
      make_problem(12, 9, {.factors = 3, .regularization = 0.1, .solver = Solver::exact});
  const FactorTable fixed = random_factors(9, 3, 3);
  std::vector<float> strided(12 * 5, 7.0F);
  for (std::size_t row = 0; row < 12; ++row) {
    std::fill_n(strided.begin() + static_cast<std::ptrdiff_t>(row * 5), 3, 0.0F);
  }
  FactorTable packed(12, 3);

  half_step(problem.observations(),
            {.factors = fixed},
            {.factors = {strided.data(), 12, 3, 5}},
            problem.options,
            9);
  half_step(
      problem.observations(), {.factors = fixed}, {.factors = packed.view()}, problem.options, 9);

  for (Index row = 0; row < 12; ++row) {
    const float* own = strided.data() + static_cast<std::size_t>(row) * 5;
    EXPECT_TRUE(std::equal(own, own + 3, packed.row(row).begin()));
    EXPECT_EQ(own[3], 7.0F);
    EXPECT_EQ(own[4], 7.0F);
  }
}

TEST(HalfStep, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const Solver solver : {Solver::exact, Solver::automatic}) {
    std::vector<FactorTable> results;
    for (const int threads : {1, 2, 3, 8}) {
      const Problem problem =
          make_problem(301, 77, {.factors = 20, .solver = solver, .threads = threads});
      const FactorTable fixed = random_factors(77, 20, 3);
      FactorTable rows = random_factors(301, 20, 5);
      half_step(problem.observations(),
                {.factors = fixed},
                {.factors = rows.view()},
                problem.options,
                77);
      results.push_back(std::move(rows));
    }
    for (const FactorTable& result : results) {
      EXPECT_EQ(std::memcmp(result.data(),
                            results[0].data(),
                            sizeof(float) * result.stride() * static_cast<std::size_t>(301)),
                0);
    }
  }
}

TEST(HalfStep, PermutingRowsPermutesTheSolution) {
  const Problem problem = make_problem(40, 31, {.factors = 8, .solver = Solver::exact});
  const CsrMatrix& values = problem.values;
  CsrMatrix turned{.rows = 40, .columns = 31};
  std::vector<float> confidence;
  for (Index row = 39; row >= 0; --row) {
    for (auto entry = static_cast<std::size_t>(values.offsets[static_cast<std::size_t>(row)]);
         entry < static_cast<std::size_t>(values.offsets[static_cast<std::size_t>(row) + 1]);
         ++entry) {
      turned.indices.push_back(values.indices[entry]);
      confidence.push_back(problem.confidence[entry]);
    }
    turned.offsets.push_back(static_cast<std::int64_t>(turned.indices.size()));
  }
  const FactorTable fixed = random_factors(31, 8, 3);
  FactorTable rows(40, 8);
  FactorTable turned_rows(40, 8);

  half_step(
      problem.observations(), {.factors = fixed}, {.factors = rows.view()}, problem.options, 31);
  half_step({.offsets = turned.offsets, .columns = turned.indices, .confidence = confidence},
            {.factors = fixed},
            {.factors = turned_rows.view()},
            problem.options,
            31);

  for (Index row = 0; row < 40; ++row) {
    EXPECT_TRUE(std::ranges::equal(rows.row(row), turned_rows.row(39 - row)));
  }
}

TEST(HalfStep, AutomaticRowsComeNearTheExactOnes) {
  for (const double largest : {5.0, 350000.0}) {
    TrainOptions options{.factors = 24, .regularization = 0.05};
    Problem problem = make_problem(60, 90, options, largest);
    const FactorTable fixed = random_factors(90, 24, 3);
    FactorTable near(60, 24);
    FactorTable exact(60, 24);

    half_step(
        problem.observations(), {.factors = fixed}, {.factors = near.view()}, problem.options, 90);
    problem.options.solver = Solver::exact;
    half_step(
        problem.observations(), {.factors = fixed}, {.factors = exact.view()}, problem.options, 90);

    for (Index row = 0; row < 60; ++row) {
      // Distance in the norm of the row's own system, in which the objective is measured.
      const auto system = test::dense_system(problem.dense, test::to_dense(fixed), {}, row);
      const Eigen::VectorXd x = test::to_dense(exact.row(row));
      const Eigen::VectorXd step = test::to_dense(near.row(row)) - x;
      EXPECT_LE(step.dot(system.a * step), 8e-2 * x.dot(system.a * x) + 1e-9) << row;
    }
  }
}

}  // namespace
}  // namespace alsace
