#include "solve/row_solver.h"

#include "kernels/dense.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace alsace {
namespace {

constexpr std::size_t panel_rows = 128;
constexpr double refinement_tolerance = 1e-9;
constexpr double accepted_residual = 1e-7;
constexpr int most_refinements = 4;

bool fits_float(std::span<const double> values) {
  return std::ranges::all_of(values,
                             [](double value) { return std::isfinite(static_cast<float>(value)); });
}

double length_of(std::span<const double> values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

}  // namespace

RowSolver::RowSolver(const FixedSide& fixed, const TrainOptions& options, Index counterparts)
    : fixed_(fixed),
      options_(options),
      more_count_(more_count(options, counterparts)),
      size_(static_cast<std::size_t>(fixed.coordinates)),
      stride_(fixed.table.stride()),
      diagonal_(stride_, 1.0),
      right_(stride_, 0.0),
      inverse_root_(stride_, 1.0) {
  if (options.nonnegative) {
    nonnegative_.factor.assign(stride_ * stride_, 0.0);
    nonnegative_.solution.assign(stride_, 0.0);
  }
}

void RowSolver::load(const RowEntries& row) {
  const std::size_t entries = row.columns.size();
  weights_.resize(entries);
  targets_.resize(entries);
  least_weight_ = std::numeric_limits<double>::infinity();
  constant_ = 0;
  for (std::size_t j = 0; j < entries; ++j) {
    const SystemEntry entry = row.system_entry(j, fixed_.biases, fixed_.unobserved_weight);
    weights_[j] = static_cast<float>(entry.weight);
    targets_[j] = entry.target;
    least_weight_ = std::min(least_weight_, entry.weight);
    constant_ += entry.constant;
  }
  const double lambda = row_regularization(options_, static_cast<double>(entries), more_count_);
  for (std::size_t i = 0; i < size_; ++i) {
    diagonal_[i] = fixed_.common[i] + lambda;
  }
  if (lambda == 0) {
    raise_diagonal(row.columns);
  }
}

/// Without regularization a floor keeps the system definite.
void RowSolver::raise_diagonal(std::span<const Index> columns) {
  double largest = *std::ranges::max_element(fixed_.common);
  if (largest == 0) {
    largest = data_trace(columns);
  }
  const double floor = std::max(largest * std::numeric_limits<float>::epsilon(),
                                static_cast<double>(std::numeric_limits<float>::min()));
  for (std::size_t i = 0; i < size_; ++i) {
    diagonal_[i] = std::max(diagonal_[i], floor);
  }
}

/// The trace of sum_j w_j y_j y_j'.
double RowSolver::data_trace(std::span<const Index> columns) const {
  double trace = 0;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (const float value : fixed_.table.row(columns[j])) {
      trace += static_cast<double>(weights_[j]) * static_cast<double>(value * value);
    }
  }
  return trace;
}

std::optional<double> RowSolver::solve(const RowEntries& row, std::span<double> x) {
  if (row.columns.empty()) {
    std::ranges::fill(x, 0.0);
    return 0.0;
  }
  load(row);
  if (!(options_.nonnegative ? solve_nonnegatively(row.columns, x)
                             : solve_exactly(row.columns, x))) {
    return std::nullopt;
  }
  return objective(row.columns, x);
}

/// x'Ax - 2 b'x and the constant, from the entries: also where x is not the solution to the last
/// digit. O(entries * factors).
double RowSolver::objective(std::span<const Index> columns, std::span<const double> x) const {
  double sum = constant_;
  for (std::size_t i = 0; i < size_; ++i) {
    sum += diagonal_[i] * x[i] * x[i];
  }
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const std::span<const float> y = fixed_.table.row(columns[j]);
    double dot = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      dot += x[i] * static_cast<double>(y[i]);
    }
    sum += (static_cast<double>(weights_[j]) * dot - 2 * static_cast<double>(targets_[j])) * dot;
  }
  return sum;
}

bool RowSolver::solve_nonnegatively(std::span<const Index> columns, std::span<double> x) {
  assemble(columns);
  const std::size_t nonnegative = size_ - (options_.biases ? 1 : 0);
  return solve_nonnegative(
             matrix_.data(), right_.data(), size_, stride_, nonnegative, x.data(), nonnegative_) &&
         fits_float(x);
}

bool RowSolver::solve_exactly(std::span<const Index> columns, std::span<double> x) {
  // The dual takes roots of the weights, so a weight below the unobserved one needs the primal.
  if (columns.size() < size_ && least_weight_ >= 0) {
    if (solve_dual(columns, x.data()) && fits_float(x)) {
      return true;
    }
  }
  assemble(columns);
  if (!kernels::cholesky(matrix_.data(), size_, stride_)) {
    return false;
  }
  kernels::cholesky_solve(matrix_.data(), size_, stride_, right_.data());
  std::copy_n(right_.begin(), size_, x.begin());
  return fits_float(x);
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
    kernels::gather_rows(fixed_.gathered(columns.subspan(first, rows)), panel_.data());
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

/// Woodbury's identity without dividing by weights that may be 0. With D = diag(diagonal),
/// S = diag(sqrt w) and Z = S Y D^-1/2:
///
///     A^-1 = D^-1/2 (I - Z' (I + Z Z')^-1 Z) D^-1/2
///
/// The difference cancels where weights are huge, so x is refined by its own residual b - A x.
bool RowSolver::solve_dual(std::span<const Index> columns, double* x) {
  if (!factor_dual(columns)) {
    return false;
  }
  const std::size_t entries = columns.size();
  std::ranges::fill(right_, 0.0);
  for (std::size_t j = 0; j < entries; ++j) {
    const double target = static_cast<double>(targets_[j]);
    const double* y = panel_.data() + j * stride_;
    for (std::size_t i = 0; i < stride_; ++i) {
      right_[i] += target * y[i];
    }
  }
  residual_.assign(right_.begin(), right_.end());
  std::fill_n(x, size_, 0.0);
  const double enough = refinement_tolerance * length_of(right_);
  for (int round = 0; round < most_refinements; ++round) {
    apply_dual(entries, residual_.data());
    for (std::size_t i = 0; i < size_; ++i) {
      x[i] += residual_[i];
    }
    for (std::size_t i = 0; i < stride_; ++i) {
      residual_[i] = i < size_ ? right_[i] - diagonal_[i] * x[i] : 0.0;
    }
    for (std::size_t j = 0; j < entries; ++j) {
      const double* y = panel_.data() + j * stride_;
      double product = 0;
      for (std::size_t i = 0; i < size_; ++i) {
        product += y[i] * x[i];
      }
      product *= static_cast<double>(weights_[j]);
      for (std::size_t i = 0; i < size_; ++i) {
        residual_[i] -= product * y[i];
      }
    }
    if (length_of(residual_) <= enough) {
      return true;
    }
  }
  return length_of(residual_) <= accepted_residual * length_of(right_);
}

/// Y into panel_, Z into scaled_, the Cholesky factor of I + Z Z' into dual_.
bool RowSolver::factor_dual(std::span<const Index> columns) {
  const std::size_t entries = columns.size();
  dual_stride_ = (entries + 15) / 16 * 16;
  panel_.resize(std::max(panel_.size(), entries * stride_));
  scaled_.resize(std::max(scaled_.size(), entries * stride_));
  dual_.resize(std::max(dual_.size(), dual_stride_ * entries));
  dual_side_.resize(std::max(dual_side_.size(), entries));
  kernels::gather_rows(fixed_.gathered(columns), panel_.data());
  for (std::size_t i = 0; i < stride_; ++i) {
    inverse_root_[i] = 1.0 / std::sqrt(diagonal_[i]);
  }
  for (std::size_t j = 0; j < entries; ++j) {
    const double scale = std::sqrt(static_cast<double>(weights_[j]));
    for (std::size_t i = 0; i < stride_; ++i) {
      scaled_[j * stride_ + i] = scale * inverse_root_[i] * panel_[j * stride_ + i];
    }
  }
  kernels::row_products(scaled_.data(), entries, stride_, dual_.data(), dual_stride_);
  for (std::size_t j = 0; j < entries; ++j) {
    dual_[j * dual_stride_ + j] += 1.0;
  }
  return kernels::cholesky(dual_.data(), entries, dual_stride_);
}

/// Replaces b by A^-1 b.
void RowSolver::apply_dual(std::size_t entries, double* b) {
  for (std::size_t i = 0; i < stride_; ++i) {
    b[i] *= inverse_root_[i];
  }
  for (std::size_t j = 0; j < entries; ++j) {
    dual_side_[j] = 0;
    for (std::size_t i = 0; i < stride_; ++i) {
      dual_side_[j] += scaled_[j * stride_ + i] * b[i];
    }
  }
  kernels::cholesky_solve(dual_.data(), entries, dual_stride_, dual_side_.data());
  for (std::size_t j = 0; j < entries; ++j) {
    for (std::size_t i = 0; i < stride_; ++i) {
      b[i] -= dual_side_[j] * scaled_[j * stride_ + i];
    }
  }
  for (std::size_t i = 0; i < stride_; ++i) {
    b[i] *= inverse_root_[i];
  }
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
