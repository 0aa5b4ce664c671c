#include "solve/problem.h"

#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::make_problem;
using test::Problem;
using test::random_biases;
using test::random_factors;

TEST(Objective, EqualsTheSumOverAllPairs) {
  for (const bool is_implicit : {true, false}) {
    for (const bool biases : {false, true}) {
      for (const double exponent : {0.0, 0.5, 1.0}) {
        TrainOptions options{
            .feedback = is_implicit ? Feedback::implicit_feedback : Feedback::explicit_feedback,
            .factors = 6,
            .regularization = 0.2,
            .regularization_exponent = exponent};
        if (is_implicit && biases) {
          options.unobserved_weight = 0.3;
          options.regularization_count = RegularizationCount::all;
        } else {
          options.biases = biases;
        }
        const Problem problem = make_problem(23, 31, options);
        const FactorTable users = random_factors(23, 6, 6);
        const FactorTable items = random_factors(31, 6, 7);
        const auto user_biases = random_biases(23, options.biases, 8);
        const auto item_biases = random_biases(31, options.biases, 9);

        const double value = objective(problem.observations(),
                                       {.factors = users, .biases = user_biases},
                                       {.factors = items, .biases = item_biases},
                                       problem.options);

        const double truth = test::dense_objective(problem.dense,
                                                   test::to_dense(users),
                                                   test::to_dense(user_biases),
                                                   test::to_dense(items),
                                                   test::to_dense(item_biases));
        EXPECT_NEAR(value / truth, 1.0, 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace alsace
