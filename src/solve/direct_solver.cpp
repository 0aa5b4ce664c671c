#include "solve/direct_solver.h"

#include "kernels/dense.h"
#include "kernels/gather.h"

#include <algorithm>
#include <cmath>

namespace alsace {
namespace {

constexpr std::size_t panel_rows = 64;
constexpr int most_refinements = 3;
/// The square of |b - A x| over that of |b|, before the last step.
constexpr double accepted_residual = 1e-11;
/// What the last step took off the objective, relative to it.
constexpr double accepted_fall = 1e-8;

template <class T>
double square_of(const AlignedVector<T>& values) {
  double sum = 0;
  for (const T value : values) {
    sum += static_cast<double>(value) * static_cast<double>(value);
  }
  return sum;
}

}  // namespace

DirectSolver::DirectSolver(const FixedSide& fixed, const TrainOptions& options, Index counterparts)
    : fixed_(fixed),
      options_(options),
      more_count_(more_count(options, counterparts)),
      size_(static_cast<std::size_t>(fixed.coordinates)),
      stride_(fixed.stride()) {}

void DirectSolver::load(const RowEntries& row) {
  const std::size_t entries = row.columns.size();
  weights_.resize(entries);
  targets_.resize(entries);
  constant_ = 0;
  for (std::size_t j = 0; j < entries; ++j) {
    const double confidence = row.confidence_at(j);
    const double target = row.target_at(j, fixed_.biases);
    weights_[j] = static_cast<float>(confidence - fixed_.unobserved_weight);
    targets_[j] = static_cast<float>(confidence * target);
    constant_ += confidence * target * target;
  }
  regularization_ = row_regularization(options_, static_cast<double>(entries), more_count_);
}

/// A = diag(common + l_u) + sum_j w_j y_j y_j' and step_ = b = sum_j t_j y_j, panel by panel.
void DirectSolver::assemble(std::span<const Index> columns) {
  matrix_.assign(stride_ * stride_, 0.0F);
  step_.assign(stride_, 0.0F);
  for (std::size_t i = 0; i < size_; ++i) {
    matrix_[i * stride_ + i] = static_cast<float>(fixed_.common[i] + regularization_);
  }
  panel_.resize(panel_rows * stride_);
  scaled_.resize(panel_rows * stride_);
  for (std::size_t first = 0; first < columns.size(); first += panel_rows) {
    const std::size_t rows = std::min(panel_rows, columns.size() - first);
    kernels::gather_scaled(fixed_.table.data(),
                           stride_,
                           columns.data() + first,
                           rows,
                           weights_.data() + first,
                           targets_.data() + first,
                           panel_.data(),
                           scaled_.data(),
                           step_.data());
    kernels::add_products(scaled_.data(), panel_.data(), rows, stride_, matrix_.data());
  }
}

/// residual_ = b - A x, in double; gives x'Ax - 2 b'x.
double DirectSolver::residual_at(std::span<const Index> columns, std::span<const double> x) {
  double objective = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    residual_[i] = -(fixed_.common[i] + regularization_) * x[i];
    objective -= residual_[i] * x[i];
  }
  return objective + kernels::add_residuals(fixed_.table.data(),
                                            stride_,
                                            columns.data(),
                                            columns.size(),
                                            weights_.data(),
                                            targets_.data(),
                                            x.data(),
                                            residual_.data());
}

std::optional<double> DirectSolver::solve(const RowEntries& row, float* x) {
  load(row);
  if (regularization_ == 0) {
    return std::nullopt;
  }
  assemble(row.columns);
  if (!kernels::cholesky_upper(matrix_.data(), size_, stride_)) {
    return std::nullopt;
  }
  const double right = square_of(step_);
  solution_.assign(stride_, 0.0);
  residual_.assign(stride_, 0.0);
  add_step();
  for (int round = 0; round < most_refinements; ++round) {
    double objective = residual_at(row.columns, solution_);
    const double left = square_of(residual_);
    if (!std::isfinite(static_cast<float>(left))) {
      return std::nullopt;
    }
    std::ranges::transform(
        residual_, step_.begin(), [](double value) { return static_cast<float>(value); });
    const double fall = add_step();
    objective += constant_ - fall;
    // What the factor's rounding leaves of the error is less than the last step took: small where
    // that was. The residual alone is blind to errors along weak directions.
    if (left <= accepted_residual * right && fall <= accepted_fall * objective) {
      std::ranges::transform(solution_, x, [](double value) { return static_cast<float>(value); });
      return objective;
    }
  }
  return std::nullopt;
}

/// solution_ += A^-1 step_; gives what that takes off the objective.
double DirectSolver::add_step() {
  kernels::cholesky_upper_solve(matrix_.data(), size_, stride_, step_.data());
  double fall = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const double step = static_cast<double>(step_[i]);
    fall += step * residual_[i];
    solution_[i] += step;
  }
  return fall;
}

}  // namespace alsace
