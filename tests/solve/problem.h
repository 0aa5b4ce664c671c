#pragma once

#include "alsace/solve.h"

#include "base/random.h"
#include "matrix/csr.h"
#include "support/dense_oracle.h"

#include <cmath>
#include <cstdint>
#include <vector>

namespace alsace::test {

/// A small random problem with empty rows and columns, on arrays as a caller would hold them.
struct Problem {
  CsrMatrix values;
  std::vector<float> confidence;
  TrainOptions options;
  DenseProblem dense;
  double mean = 0;

  [[nodiscard]] Observations observations() const {
    const bool is_implicit = options.feedback == Feedback::implicit_feedback;
    return {.offsets = values.offsets,
            .columns = values.indices,
            .confidence = confidence,
            .targets = is_implicit ? std::span<const float>() : values.values,
            .target_offset = options.biases ? mean : 0.0};
  }
  [[nodiscard]] Index active_columns() const {
    return static_cast<Index>((dense.observed.colwise().sum().array() > 0).count());
  }
};

inline Problem make_problem(Index rows,
                            Index columns,
                            const TrainOptions& options,
                            double largest = 5) {
  Problem problem;
  problem.options = resolve(options);
  Triplets triplets;
  for (Index row = 0; row < rows; ++row) {
    for (Index column = 0; column < columns; ++column) {
      const auto a = static_cast<std::uint64_t>(row);
      const auto b = static_cast<std::uint64_t>(column);
      const bool empty = row % 7 == 3 || column % 5 == 4;
      if (!empty && random_uniform(1, a, b) < 0.4) {
        triplets.users.push_back(row);
        triplets.items.push_back(column);
        triplets.values.push_back(static_cast<float>(std::ceil(largest * random_uniform(2, a, b))));
      }
    }
  }
  problem.values = to_csr(triplets, rows, columns);
  problem.dense = test::dense_problem(problem.values, options);
  for (const float value : problem.values.values) {
    problem.mean += static_cast<double>(value) / static_cast<double>(problem.values.entries());
  }
  if (problem.options.feedback == Feedback::implicit_feedback) {
    for (const float value : problem.values.values) {
      problem.confidence.push_back(static_cast<float>(
          confidence_of(static_cast<double>(value), problem.options, problem.mean)));
    }
  }
  return problem;
}

inline FactorTable random_factors(Index rows,
                                  int factors,
                                  std::uint64_t seed,
                                  bool positive = false) {
  FactorTable table(rows, factors);
  for (Index row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(factors); ++i) {
      const double value = 0.5 * random_normal(seed, static_cast<std::uint64_t>(row), i);
      table.row(row)[i] = static_cast<float>(positive ? std::abs(value) : value);
    }
  }
  return table;
}

inline std::vector<float> random_biases(Index rows, bool wanted, std::uint64_t seed) {
  std::vector<float> biases;
  for (Index row = 0; wanted && row < rows; ++row) {
    biases.push_back(static_cast<float>(random_normal(seed, static_cast<std::uint64_t>(row), 0)));
  }
  return biases;
}

}  // namespace alsace::test
