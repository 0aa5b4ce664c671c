#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/factors.h"
#include "alsace/options.h"

#include <Eigen/Dense>

/// The objective of docs/algorithm.md over dense float64 matrices, every pair written out: slow,
/// plain, and sharing nothing with the solver.
namespace alsace::test {

using Dense = Eigen::MatrixXd;

/// Confidence and target of every pair; c = w0, p = 0 where nothing was observed.
struct DenseProblem {
  Dense confidence;  ///< [users x items]
  Dense target;      ///< [users x items]
  Dense observed;    ///< [users x items] 1 or 0.
  TrainOptions options;

  [[nodiscard]] DenseProblem transposed() const {
    return {confidence.transpose(), target.transpose(), observed.transpose(), options};
  }
  [[nodiscard]] double unobserved() const {
    return options.feedback == Feedback::implicit_feedback ? options.unobserved_weight : 0.0;
  }
};

/// From training values r, by the definitions of the confidence forms.
DenseProblem dense_problem(const CsrMatrix& values, const TrainOptions& options);

Dense to_dense(FactorView factors);

Eigen::VectorXd to_dense(std::span<const float> values);

/// One row's normal equations A x = b over all columns; with biases the last coordinate is b_u.
struct DenseSystem {
  Dense a;
  Eigen::VectorXd b;
};

DenseSystem dense_system(const DenseProblem& problem,
                         const Dense& fixed,
                         const Eigen::VectorXd& fixed_biases,
                         Eigen::Index row);

/// |b - A x| / (|A| |x| + |b|), 2-norms: how far x is from solving the system it was meant for.
double backward_error(const DenseSystem& system, const Eigen::VectorXd& x);

/// The objective, pair by pair.
double dense_objective(const DenseProblem& problem,
                       const Dense& x,
                       const Eigen::VectorXd& x_biases,
                       const Dense& y,
                       const Eigen::VectorXd& y_biases);

}  // namespace alsace::test
