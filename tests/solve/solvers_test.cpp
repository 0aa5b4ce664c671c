// The row solvers against each other and against the objective, on one prepared side.

#include "base/random.h"
#include "solve/direct_solver.h"
#include "solve/gradient_solver.h"
#include "solve/half_step.h"
#include "solve/row_solver.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

constexpr Index columns = 400;

FactorTable random_table(Index rows, int factors, std::uint64_t seed) {
  FactorTable table(rows, factors);
  for (Index row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(factors); ++i) {
      table.row(row)[i] =
          static_cast<float>(0.3 * random_normal(seed, static_cast<std::uint64_t>(row), i));
    }
  }
  return table;
}

/// Rows of several lengths, columns rising.
struct Rows {
  std::vector<std::int64_t> offsets = {0};
  std::vector<Index> items;
  std::vector<float> confidence;

  explicit Rows(double heaviest,
                const std::vector<Index>& lengths = {1, 2, 5, 20, 63, 64, 65, 200, 390}) {
    for (const Index length : lengths) {
      for (Index j = 0; j < length; ++j) {
        items.push_back(j * columns / length);
        const double draw = random_uniform(5, static_cast<std::uint64_t>(items.size()), 0);
        confidence.push_back(static_cast<float>(1 + heaviest * std::pow(draw, 8.0)));
      }
      offsets.push_back(static_cast<std::int64_t>(items.size()));
    }
  }
  [[nodiscard]] Observations observations() const {
    return {.offsets = offsets, .columns = items, .confidence = confidence};
  }
};

TrainOptions options_of(int factors) {
  return resolve({.factors = factors, .regularization = 0.05});
}

TEST(Solvers, TheDirectOneFindsWhatTheOneInDoubleFinds) {
  for (const int factors : {1, 7, 16, 40, 64, 130}) {
    const TrainOptions options = options_of(factors);
    const FactorTable fixed = random_table(columns, factors, 1);
    ThreadPool pool(1);
    const FixedSide side = prepare_fixed_side({.factors = fixed}, options, pool);
    const Rows rows(10);
    DirectSolver direct(side, options, columns);
    RowSolver in_double(side, options, columns);
    for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
      const RowEntries entries = row_entries(rows.observations(), row);
      AlignedVector<float> x(side.stride(), 0.0F);
      std::vector<double> y(static_cast<std::size_t>(factors), 0.0);

      const auto objective = direct.solve(entries, x.data());
      const auto known = in_double.solve(entries, y);

      ASSERT_TRUE(objective && known) << factors << " " << entries.columns.size();
      EXPECT_NEAR(*objective, *known, 1e-6 * (1 + std::abs(*known)));
      for (std::size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(x[i]), y[i], 2e-5) << factors << " " << row;
      }
    }
  }
}

/// Rows against RowSolver, whatever their weights: equal ones, also 0 and below; without shared
/// term.
TEST(Solvers, TheDirectOneFindsWhatTheOneInDoubleFindsWithEqualWeights) {
  const Rows rows(10);
  for (const auto& [confidence, unobserved_weight] :
       {std::pair{10.0F, 1.0}, {0.3F, 0.0}, {1.0F, 1.0}, {0.5F, 1.0}, {1.0F + 1e-7F, 1.0}}) {
    for (const int factors : {16, 64}) {
      TrainOptions options = options_of(factors);
      options.unobserved_weight = unobserved_weight;
      const FactorTable fixed = random_table(columns, factors, 1);
      ThreadPool pool(1);
      const FixedSide side = prepare_fixed_side({.factors = fixed}, options, pool);
      const Observations observations{
          .offsets = rows.offsets, .columns = rows.items, .uniform_confidence = confidence};
      DirectSolver direct(side, options, columns);
      RowSolver in_double(side, options, columns);
      for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
        const RowEntries entries = row_entries(observations, row);
        AlignedVector<float> x(side.stride(), 0.0F);
        std::vector<double> y(static_cast<std::size_t>(factors), 0.0);

        const auto objective = direct.solve(entries, x.data());
        const auto known = in_double.solve(entries, y);

        ASSERT_TRUE(objective && known) << factors << " " << confidence << " " << row;
        EXPECT_NEAR(*objective, *known, 1e-6 * (1 + std::abs(*known)));
        for (std::size_t i = 0; i < y.size(); ++i) {
          ASSERT_NEAR(static_cast<double>(x[i]), y[i], 2e-5 * (1 + std::abs(y[i])))
              << factors << " " << confidence << " " << row;
        }
      }
    }
  }
}

TEST(Solvers, AnExactHalfStepGivesItsObjectiveToAMillionth) {
  // Heavy confidence that is no number of float's once w0 is taken off, and so many factors that
  // little is left of the entries' constant.
  for (const double heaviest : {0.0, 20.0, 1e5, 1e7}) {
    const Rows rows(heaviest, {1, 5, 20, 40, 64, 64, 64, 64, 64});
    for (const int factors : {5, 64, 130, 200}) {
      TrainOptions options = options_of(factors);
      options.unobserved_weight = 0.03;
      options.regularization = factors == 200 ? 0 : 1e-4;
      const FactorTable fixed = random_table(columns, factors, 1);
      FactorTable solved(9, factors);
      ThreadPool pool(2);
      std::vector<std::int64_t> counts(columns, 0);
      for (const Index item : rows.items) {
        ++counts[static_cast<std::size_t>(item)];
      }
      const double sum = half_step(rows.observations(),
                                   {.factors = fixed},
                                   {.factors = solved.view()},
                                   options,
                                   columns,
                                   Effort::exact,
                                   Weights::heavy,
                                   pool,
                                   [](Index) { return std::string(); });
      const double known = objective(
          rows.observations(), {.factors = solved.view()}, {.factors = fixed}, options, pool);

      const double theirs = penalty({.factors = fixed}, counts, options, 9, pool);
      EXPECT_NEAR((sum + theirs) / known, 1.0, 1e-6) << factors << " " << heaviest;
    }
  }
}

TEST(Solvers, AHalfStepGivesItsObjective) {
  // With the other side's regularization it is the objective of the whole model.
  const Rows rows(20);
  for (const int factors : {5, 64}) {
    const TrainOptions options = options_of(factors);
    const FactorTable fixed = random_table(columns, factors, 1);
    FactorTable solved(9, factors);
    ThreadPool pool(2);
    std::vector<std::int64_t> counts(columns, 0);
    for (const Index item : rows.items) {
      ++counts[static_cast<std::size_t>(item)];
    }
    for (const Effort effort : {Effort::rough, Effort::closing, Effort::exact}) {
      const double sum = half_step(rows.observations(),
                                   {.factors = fixed},
                                   {.factors = solved.view()},
                                   options,
                                   columns,
                                   effort,
                                   Weights::mild,
                                   pool,
                                   [](Index) { return std::string(); });
      const double known = objective(
          rows.observations(), {.factors = solved.view()}, {.factors = fixed}, options, pool);

      // The fixed rows without entries count in the shared term, but not in the penalty.
      EXPECT_NEAR((sum + penalty({.factors = fixed}, counts, options, 9, pool)) / known, 1.0, 1e-5)
          << factors << " " << static_cast<int>(effort);
    }
  }
}

TEST(Solvers, ThreadsDoNotMatterWhereBatchesDependOnThem) {
  // Long enough for batches to have other rows with other numbers of threads; heavy confidence, so
  // that many rows reach their bound of steps, which depends on their length.
  std::vector<std::int64_t> offsets = {0};
  std::vector<Index> items;
  std::vector<float> confidence;
  for (Index row = 0; row < 900; ++row) {
    const Index length = 65 + row * 7 % 331;
    for (Index j = 0; j < length; ++j) {
      items.push_back(j * columns / length);
      const double draw = random_uniform(8, static_cast<std::uint64_t>(items.size()), 0);
      confidence.push_back(static_cast<float>(1 + 1e7 * std::pow(draw, 12.0)));
    }
    offsets.push_back(static_cast<std::int64_t>(items.size()));
  }
  const Observations observations{.offsets = offsets, .columns = items, .confidence = confidence};
  const TrainOptions options = options_of(64);
  const FactorTable fixed = random_table(columns, 64, 1);
  std::vector<std::vector<float>> solutions;
  std::vector<double> objectives;
  for (const int threads : {1, 2, 3}) {
    FactorTable solved(900, 64);
    ThreadPool pool(threads);
    objectives.push_back(half_step(observations,
                                   {.factors = fixed},
                                   {.factors = solved.view()},
                                   options,
                                   columns,
                                   Effort::rough,
                                   weights_of(observations, options),
                                   pool,
                                   [](Index) { return std::string(); }));
    solutions.emplace_back(solved.data(), solved.data() + 900 * 64);
  }
  EXPECT_EQ(solutions[0], solutions[1]);
  EXPECT_EQ(solutions[0], solutions[2]);
  EXPECT_EQ(objectives[0], objectives[1]);
  EXPECT_EQ(objectives[0], objectives[2]);
}

TEST(Solvers, MildWeightsAreThoseThatHalfPrecisionHolds) {
  const std::vector<std::int64_t> offsets = {0, 2};
  const std::vector<Index> items = {0, 1};
  const TrainOptions options = options_of(8);
  const auto weights = [&](const std::vector<float>& confidence,
                           const std::vector<float>& targets) {
    return weights_of(
        {.offsets = offsets, .columns = items, .confidence = confidence, .targets = targets},
        options);
  };
  EXPECT_EQ(weights({1, 1000}, {}), Weights::mild);
  EXPECT_EQ(weights({1, 1001}, {}), Weights::heavy);
  EXPECT_EQ(weights({0.5F, 2}, {}), Weights::heavy);  // Below w0 = 1.
  EXPECT_EQ(weights({2, 2}, {1, -1e6F}), Weights::mild);
  EXPECT_EQ(weights({2, 2}, {1, -2e6F}), Weights::heavy);
  EXPECT_EQ(weights_of({.offsets = offsets, .columns = items},
                       resolve({.factors = 8, .regularization = 0.0})),
            Weights::heavy);
}

TEST(Solvers, HalvesComeAsNearAsFloatsDo) {
  // 20,000 rows of 64 factors: large enough for half precision.
  constexpr Index many = 20'000;
  const TrainOptions options = options_of(64);
  const FactorTable fixed = random_table(many, 64, 1);
  Rows rows(10);
  for (Index& item : rows.items) {
    item *= many / columns;
  }
  ThreadPool pool(1);
  const FixedSide side =
      prepare_fixed_side({.factors = fixed}, options, pool, Effort::rough, Weights::mild);
  ASSERT_NE(side.halves, nullptr);
  const auto name = [](Index) { return std::string(); };
  std::vector<double> values;
  for (const Weights weights : {Weights::heavy, Weights::mild}) {
    FactorTable solved(9, 64);
    for (int i = 0; i < 3; ++i) {
      half_step(rows.observations(),
                {.factors = fixed},
                {.factors = solved.view()},
                options,
                many,
                Effort::rough,
                weights,
                pool,
                name);
    }
    values.push_back(objective(
        rows.observations(), {.factors = solved.view()}, {.factors = fixed}, options, pool));
  }
  EXPECT_NEAR(values[1] / values[0], 1.0, 1e-5);
}

}  // namespace
}  // namespace alsace
