#include "support/dense_oracle.h"

#include <cmath>

namespace alsace::test {
namespace {

/// l_u of row `row`; `n` rows of the other side have an observation.
double dense_regularization(const DenseProblem& problem, Eigen::Index row) {
  double n = problem.observed.row(row).sum();
  if (problem.options.regularization_count == RegularizationCount::all) {
    const auto active = (problem.observed.colwise().sum().array() > 0).count();
    n += problem.unobserved() * static_cast<double>(active);
  }
  return *problem.options.regularization * std::pow(n, *problem.options.regularization_exponent);
}

}  // namespace

DenseProblem dense_problem(const CsrMatrix& values, const TrainOptions& options) {
  const TrainOptions o = resolve(options);
  DenseProblem dense{Dense::Zero(values.rows, values.columns),
                     Dense::Zero(values.rows, values.columns),
                     Dense::Zero(values.rows, values.columns),
                     o};
  const bool is_implicit = o.feedback == Feedback::implicit_feedback;
  double mean = 0;
  for (std::int64_t entry = 0; entry < values.entries(); ++entry) {
    mean += static_cast<double>(values.value(entry)) / static_cast<double>(values.entries());
  }
  dense.confidence.setConstant(dense.unobserved());
  for (Index user = 0; user < values.rows; ++user) {
    for (std::int64_t entry = values.offsets[static_cast<std::size_t>(user)];
         entry < values.offsets[static_cast<std::size_t>(user) + 1];
         ++entry) {
      const Index item = values.indices[static_cast<std::size_t>(entry)];
      const double r = static_cast<double>(values.value(entry));
      double c = 1;
      if (is_implicit) {
        switch (o.confidence) {
          case Confidence::linear:
            c = 1 + o.alpha * r;
            break;
          case Confidence::scaled:
            c = o.alpha * r;
            break;
          case Confidence::log:
            c = 1 + o.alpha * std::log(1 + r / o.log_epsilon);
            break;
          case Confidence::relative:
            c = 1 + o.alpha * r / mean;
            break;
        }
      }
      dense.confidence(user, item) = c;
      dense.target(user, item) = is_implicit ? 1.0 : r - (o.biases ? mean : 0.0);
      dense.observed(user, item) = 1;
    }
  }
  return dense;
}

Dense to_dense(FactorView factors) {
  Dense dense(factors.rows, factors.factors);
  for (Index row = 0; row < factors.rows; ++row) {
    for (int i = 0; i < factors.factors; ++i) {
      dense(row, i) = static_cast<double>(factors.row(row)[static_cast<std::size_t>(i)]);
    }
  }
  return dense;
}

Eigen::VectorXd to_dense(std::span<const float> values) {
  Eigen::VectorXd dense(static_cast<Eigen::Index>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    dense[static_cast<Eigen::Index>(i)] = static_cast<double>(values[i]);
  }
  return dense;
}

DenseSystem dense_system(const DenseProblem& problem,
                         const Dense& fixed,
                         const Eigen::VectorXd& fixed_biases,
                         Eigen::Index row) {
  const bool biased = problem.options.biases;
  const Eigen::Index size = fixed.cols() + (biased ? 1 : 0);
  DenseSystem system{Dense::Identity(size, size) * dense_regularization(problem, row),
                     Eigen::VectorXd::Zero(size)};
  for (Eigen::Index column = 0; column < fixed.rows(); ++column) {
    Eigen::VectorXd y(size);
    y.head(fixed.cols()) = fixed.row(column);
    double target = problem.target(row, column);
    if (biased) {
      y[fixed.cols()] = 1;
      target -= fixed_biases[column];
    }
    const double c = problem.confidence(row, column);
    system.a += c * y * y.transpose();
    system.b += c * target * y;
  }
  return system;
}

double backward_error(const DenseSystem& system, const Eigen::VectorXd& x) {
  const Eigen::SelfAdjointEigenSolver<Dense> eigen(system.a, Eigen::EigenvaluesOnly);
  const double norm = eigen.eigenvalues().cwiseAbs().maxCoeff();
  const double scale = norm * x.norm() + system.b.norm();
  return scale > 0 ? (system.b - system.a * x).norm() / scale : 0.0;
}

double dense_objective(const DenseProblem& problem,
                       const Dense& x,
                       const Eigen::VectorXd& x_biases,
                       const Dense& y,
                       const Eigen::VectorXd& y_biases) {
  Dense scores = x * y.transpose();
  if (problem.options.biases) {
    scores.colwise() += x_biases;
    scores.rowwise() += y_biases.transpose();
  }
  double total = (problem.confidence.array() * (problem.target - scores).array().square()).sum();
  const DenseProblem turned = problem.transposed();
  for (Eigen::Index user = 0; user < x.rows(); ++user) {
    if (problem.observed.row(user).sum() > 0) {
      const double bias = problem.options.biases ? x_biases[user] : 0.0;
      total += dense_regularization(problem, user) * (x.row(user).squaredNorm() + bias * bias);
    }
  }
  for (Eigen::Index item = 0; item < y.rows(); ++item) {
    if (turned.observed.row(item).sum() > 0) {
      const double bias = problem.options.biases ? y_biases[item] : 0.0;
      total += dense_regularization(turned, item) * (y.row(item).squaredNorm() + bias * bias);
    }
  }
  return total;
}

}  // namespace alsace::test
