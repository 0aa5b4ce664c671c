#include "solve/row_solver.h"

#include "kernels/dense.h"
#include "kernels/gather.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace alsace {
namespace {

constexpr std::size_t panel_rows = 128;
constexpr float gradient_tolerance = 1e-2F;

/// Multiply-adds of an exact solve, those of its double arithmetic counted twice.
double exact_cost(double entries, double size) {
  return entries < size
             ? entries * entries * size + entries * entries * entries / 3 + 8 * entries * size
             : entries * size * size + size * size * size / 3;
}

/// Multiply-adds of one step of conjugate gradients: a dot product and an addition per entry.
double step_cost(double entries, double size) {
  return 2 * entries * size;
}

}  // namespace

RowSolver::RowSolver(const FixedSide& fixed, const TrainOptions& options, Index counterparts)
    : fixed_(fixed),
      options_(options),
      counterparts_(counterparts),
      size_(static_cast<std::size_t>(fixed.coordinates)),
      stride_(fixed.table.stride()),
      diagonal_(stride_, 1.0),
      right_(stride_, 0.0),
      floats_(6 * stride_, 0.0F) {
  if (options.nonnegative) {
    nonnegative_.factor.assign(stride_ * stride_, 0.0);
    nonnegative_.solution.assign(stride_, 0.0);
  }
}

double RowSolver::regularization(std::size_t entries) const {
  double count = static_cast<double>(entries);
  if (options_.regularization_count == RegularizationCount::all) {
    count += fixed_.unobserved_weight * counterparts_;
  }
  const double exponent = *options_.regularization_exponent;
  return *options_.regularization * (exponent == 0 ? 1.0 : std::pow(count, exponent));
}

void RowSolver::load(const RowEntries& row) {
  const std::size_t entries = row.columns.size();
  weights_.resize(entries);
  targets_.resize(entries);
  least_weight_ = std::numeric_limits<double>::infinity();
  weight_sum_ = 0;
  for (std::size_t j = 0; j < entries; ++j) {
    const double confidence = row.confidence.empty() ? row.uniform_confidence : row.confidence[j];
    double target = row.targets.empty() ? 1.0 : static_cast<double>(row.targets[j]);
    target -= row.target_offset;
    if (!fixed_.biases.empty()) {
      target -= static_cast<double>(fixed_.biases[static_cast<std::size_t>(row.columns[j])]);
    }
    const double weight = confidence - fixed_.unobserved_weight;
    weights_[j] = static_cast<float>(weight);
    targets_[j] = static_cast<float>(confidence * target);
    least_weight_ = std::min(least_weight_, weight);
    weight_sum_ += std::max(0.0, weight);
  }
  // A diagonal entry far below the largest would be lost in float rounding: the floor keeps the
  // system definite also without regularization.
  const double lambda = regularization(entries);
  double largest = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    largest = std::max(largest, fixed_.common[i] + weight_sum_ * fixed_.mean_square[i]);
  }
  const double floor = std::max(largest * std::numeric_limits<float>::epsilon(),
                                static_cast<double>(std::numeric_limits<float>::min()));
  for (std::size_t i = 0; i < size_; ++i) {
    diagonal_[i] = std::max(fixed_.common[i] + lambda, floor);
  }
}

bool RowSolver::solve(const RowEntries& row, Solver solver, std::span<double> x) {
  if (row.columns.empty()) {
    std::ranges::fill(x, 0.0);
    return true;
  }
  load(row);
  const auto entries = static_cast<double>(row.columns.size());
  const auto size = static_cast<double>(size_);
  constexpr double usual_steps = 4;  // Three, and the first residual.
  if (options_.nonnegative) {
    assemble(row.columns);
    const std::size_t nonnegative = size_ - (options_.biases ? 1 : 0);
    return solve_nonnegative(
        matrix_.data(), right_.data(), size_, stride_, nonnegative, x.data(), nonnegative_);
  }
  if (solver == Solver::exact ||
      exact_cost(entries, size) <= usual_steps * step_cost(entries, size)) {
    return solve_exactly(row.columns, x);
  }
  return solve_by_gradients(row.columns, x) || solve_exactly(row.columns, x);
}

bool RowSolver::solve_exactly(std::span<const Index> columns, std::span<double> x) {
  // The dual takes roots of the weights, so a weight below the unobserved one needs the primal.
  if (columns.size() < size_ && least_weight_ >= 0) {
    if (!solve_dual(columns, right_.data())) {
      return false;
    }
  } else {
    assemble(columns);
    if (!kernels::cholesky(matrix_.data(), size_, stride_)) {
      return false;
    }
    kernels::cholesky_solve(matrix_.data(), size_, stride_, right_.data());
  }
  std::copy_n(right_.begin(), size_, x.begin());
  return std::ranges::all_of(x, [](double value) { return std::isfinite(value); });
}

/// A = diag(diagonal) + sum_j w_j y_j y_j' and b = sum_j t_j y_j, panel by panel.
void RowSolver::assemble(std::span<const Index> columns) {
  matrix_.assign(stride_ * stride_, 0.0);
  std::ranges::fill(right_, 0.0);
  for (std::size_t i = 0; i < stride_; ++i) {
    matrix_[i * stride_ + i] = diagonal_[i];
  }
  panel_.resize(std::max(panel_.size(), panel_rows * stride_));
  scaled_.resize(std::max(scaled_.size(), panel_rows * stride_));
  for (std::size_t first = 0; first < columns.size(); first += panel_rows) {
    const std::size_t rows = std::min(panel_rows, columns.size() - first);
    kernels::gather_rows(fixed_.table.data(), stride_, columns.data() + first, rows, panel_.data());
    for (std::size_t r = 0; r < rows; ++r) {
      const double weight = static_cast<double>(weights_[first + r]);
      const double target = static_cast<double>(targets_[first + r]);
      const double* y = panel_.data() + r * stride_;
      double* scaled = scaled_.data() + r * stride_;
      for (std::size_t i = 0; i < stride_; ++i) {
        scaled[i] = weight * y[i];
        right_[i] += target * y[i];
      }
    }
    kernels::add_products(scaled_.data(), panel_.data(), rows, stride_, matrix_.data());
  }
}

/// The n x n system of Woodbury's identity, without dividing by weights that may be 0. With
/// D = diag(diagonal), S = diag(sqrt w) and Z = S Y D^-1/2:
///
///     (I + Z Z') v = Z D^-1/2 Y' t        x = D^-1 Y' (t - S v)
bool RowSolver::solve_dual(std::span<const Index> columns, double* x) {
  const std::size_t entries = columns.size();
  const std::size_t dual_stride = (entries + 15) / 16 * 16;
  panel_.resize(std::max(panel_.size(), entries * stride_));
  scaled_.resize(std::max(scaled_.size(), entries * stride_));
  dual_.resize(std::max(dual_.size(), dual_stride * (entries + 1)));
  kernels::gather_rows(fixed_.table.data(), stride_, columns.data(), entries, panel_.data());
  AlignedVector<double>& root = nonnegative_.solution;  // D^-1/2; unused by this path otherwise.
  root.resize(stride_);
  for (std::size_t i = 0; i < stride_; ++i) {
    root[i] = 1.0 / std::sqrt(diagonal_[i]);
  }
  std::fill_n(x, stride_, 0.0);
  for (std::size_t j = 0; j < entries; ++j) {
    const double scale = std::sqrt(static_cast<double>(weights_[j]));
    const double target = static_cast<double>(targets_[j]);
    const double* y = panel_.data() + j * stride_;
    double* z = scaled_.data() + j * stride_;
    for (std::size_t i = 0; i < stride_; ++i) {
      const double value = root[i] * y[i];
      z[i] = scale * value;
      x[i] += target * value;
    }
  }
  kernels::row_products(scaled_.data(), entries, stride_, dual_.data(), dual_stride);
  double* v = dual_.data() + entries * dual_stride;
  for (std::size_t j = 0; j < entries; ++j) {
    dual_[j * dual_stride + j] += 1.0;
    const double* z = scaled_.data() + j * stride_;
    v[j] = 0;
    for (std::size_t i = 0; i < stride_; ++i) {
      v[j] += z[i] * x[i];
    }
  }
  if (!kernels::cholesky(dual_.data(), entries, dual_stride)) {
    return false;
  }
  kernels::cholesky_solve(dual_.data(), entries, dual_stride, v);
  std::fill_n(x, stride_, 0.0);
  for (std::size_t j = 0; j < entries; ++j) {
    const double scale =
        static_cast<double>(targets_[j]) - std::sqrt(static_cast<double>(weights_[j])) * v[j];
    const double* y = panel_.data() + j * stride_;
    for (std::size_t i = 0; i < stride_; ++i) {
      x[i] += scale * y[i];
    }
  }
  for (std::size_t i = 0; i < stride_; ++i) {
    x[i] /= diagonal_[i];
  }
  return true;
}

bool RowSolver::solve_by_gradients(std::span<const Index> columns, std::span<double> x) {
  float* start = floats_.data();
  float* diagonal = start + stride_;
  float* preconditioner = diagonal + stride_;
  for (std::size_t i = 0; i < size_; ++i) {
    start[i] = static_cast<float>(x[i]);
    diagonal[i] = static_cast<float>(diagonal_[i]);
    // The expected data term: as if the row's items were drawn from the whole table.
    preconditioner[i] =
        static_cast<float>(1.0 / (diagonal_[i] + weight_sum_ * fixed_.mean_square[i]));
  }
  for (std::size_t i = size_; i < stride_; ++i) {
    start[i] = 0.0F;
    diagonal[i] = 1.0F;
    preconditioner[i] = 1.0F;
  }
  const kernels::GatherSystem system{.table = fixed_.table.data(),
                                     .stride = stride_,
                                     .columns = columns.data(),
                                     .weights = weights_.data(),
                                     .targets = targets_.data(),
                                     .entries = columns.size(),
                                     .diagonal = diagonal};
  if (!kernels::conjugate_gradients(system,
                                    preconditioner,
                                    gradient_tolerance,
                                    most_steps(columns.size()),
                                    start,
                                    preconditioner + stride_)) {
    return false;
  }
  std::copy_n(start, size_, x.begin());
  return std::ranges::all_of(x, [](double value) { return std::isfinite(value); });
}

/// Steps until an exact solve would have been cheaper: at most twice the best choice is ever paid.
int RowSolver::most_steps(std::size_t entries) const {
  const auto n = static_cast<double>(entries);
  const auto size = static_cast<double>(size_);
  return static_cast<int>(std::clamp(exact_cost(n, size) / step_cost(n, size), 10.0, 100.0));
}

bool RowSolver::prepare_explanation(const RowEntries& row, std::span<const double> x) {
  load(row);
  assemble(row.columns);
  if (options_.nonnegative) {
    const std::size_t nonnegative = size_ - (options_.biases ? 1 : 0);
    for (std::size_t i = 0; i < nonnegative; ++i) {
      if (x[i] > 0) {
        continue;
      }
      for (std::size_t j = 0; j < size_; ++j) {  // Held at 0: out of the system.
        matrix_[i * stride_ + j] = 0.0;
        matrix_[j * stride_ + i] = 0.0;
      }
      matrix_[i * stride_ + i] = 1.0;
    }
  }
  return kernels::cholesky(matrix_.data(), size_, stride_);
}

std::vector<double> RowSolver::contributions(std::span<const Index> columns,
                                             std::span<const double> y) {
  std::ranges::fill(right_, 0.0);
  std::ranges::copy(y, right_.begin());
  kernels::cholesky_solve(matrix_.data(), size_, stride_, right_.data());
  std::vector<double> parts;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const std::span<const float> other = fixed_.table.row(columns[j]);
    double influence = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      influence += right_[i] * static_cast<double>(other[i]);
    }
    parts.push_back(static_cast<double>(targets_[j]) * influence);
  }
  return parts;
}

}  // namespace alsace
