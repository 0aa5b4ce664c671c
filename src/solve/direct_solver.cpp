#include "solve/direct_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace alsace {
namespace {

/// Gathered rows that the second pass over them finds in cache.
constexpr std::size_t panel_rows = 64;
constexpr int most_refinements = 3;
/// The square of |b - A x| over that of |b|, before the last step.
constexpr double accepted_residual = 1e-11;
/// What the last step took off the objective, relative to it.
constexpr double accepted_fall = 1e-8;
/// Its inverse is well within float.
constexpr float least_dual_weight = 1e-10F;

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
      stride_(fixed.stride()),
      diagonal_(stride_, 1.0),
      rounded_(stride_, 1.0F) {}

void DirectSolver::load(const RowEntries& row) {
  const std::size_t entries = row.columns.size();
  weights_.resize(entries);
  targets_.resize(entries);
  dots_.resize(std::max(panel_rows, entries));
  constant_ = 0;
  least_weight_ = std::numeric_limits<float>::max();
  const bool has_equal_targets = row.targets.empty() && fixed_.biases.empty();
  if (row.confidence.empty() && has_equal_targets && entries > 0) {
    constant_ = static_cast<double>(entries) * load_entry(row, 0);
    std::ranges::fill(weights_, weights_[0]);
    std::ranges::fill(targets_, targets_[0]);
  } else {
    for (std::size_t j = 0; j < entries; ++j) {
      constant_ += load_entry(row, j);
    }
  }
  is_uniform_ = row.confidence.empty() && least_weight_ >= least_dual_weight;
  regularization_ = row_regularization(options_, static_cast<double>(entries), more_count_);
  for (std::size_t i = 0; i < size_; ++i) {
    diagonal_[i] = fixed_.common[i] + regularization_;
  }
}

/// Gives the entry's part of the constant.
double DirectSolver::load_entry(const RowEntries& row, std::size_t j) {
  const SystemEntry entry = row.system_entry(j, fixed_.biases, fixed_.unobserved_weight);
  weights_[j] = static_cast<float>(entry.weight);
  targets_[j] = entry.target;
  least_weight_ = std::min(least_weight_, weights_[j]);
  return entry.constant;
}

std::optional<double> DirectSolver::solve(const RowEntries& row, float* x) {
  load(row);
  if (regularization_ == 0) {
    return std::nullopt;
  }
  const kernels::Gathered rows = fixed_.gathered(row.columns);
  std::optional<double> objective;
  if (suits_entries(rows.count)) {
    objective = solve_by_entries(rows);
  }
  if (!objective) {
    objective = solve_by_factors(rows);
  }
  if (objective) {
    std::ranges::transform(solution_, x, [](double value) { return static_cast<float>(value); });
  }
  return objective;
}

/// A, factorized, and step_ = b = sum_j t_j y_j. Of equal weights w it is A / w, b / w: then the
/// sum needs no scaled copy of the rows.
bool DirectSolver::factorize_by_factors(const kernels::Gathered& rows) {
  const double scale = is_uniform_ ? static_cast<double>(weights_[0]) : 1.0;
  for (std::size_t i = 0; i < size_; ++i) {
    rounded_[i] = static_cast<float>(diagonal_[i] / scale);
  }
  std::fill(rounded_.begin() + static_cast<std::ptrdiff_t>(size_), rounded_.end(), 1.0F);
  matrix_.resize(std::max(matrix_.size(), stride_ * stride_));
  scratch_.resize(std::max(scratch_.size(), kernels::gram_panel * stride_));
  step_.resize(stride_);
  kernels::gram_of_factors(rows,
                           is_uniform_ ? nullptr : weights_.data(),
                           targets_.data(),
                           rounded_.data(),
                           scratch_.data(),
                           matrix_.data(),
                           step_.data());
  return kernels::factorize(matrix_.data(), stride_);
}

/// residual_ = b - A x, in double; gives x'Ax - 2 b'x.
double DirectSolver::residual_at(const kernels::Gathered& rows) {
  double objective = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    residual_[i] = -diagonal_[i] * solution_[i];
    objective -= residual_[i] * solution_[i];
  }
  for (std::size_t first = 0; first < rows.count; first += panel_rows) {
    const auto panel = rows.part(first, std::min(panel_rows, rows.count - first));
    kernels::gather_dots(panel, solution_.data(), dots_.data());
    for (std::size_t j = 0; j < panel.count; ++j) {
      const double product = static_cast<double>(weights_[first + j]) * dots_[j];
      const double target = static_cast<double>(targets_[first + j]);
      objective += (product - 2 * target) * dots_[j];
      dots_[j] = target - product;
    }
    kernels::gather_sum(panel, dots_.data(), residual_.data());
  }
  return objective;
}

std::optional<double> DirectSolver::solve_by_factors(const kernels::Gathered& rows) {
  if (!factorize_by_factors(rows)) {
    return std::nullopt;
  }
  const double right = square_of(step_);
  solution_.assign(stride_, 0.0);
  residual_.assign(step_.begin(), step_.end());
  add_step();
  for (int round = 0; round < most_refinements; ++round) {
    double objective = residual_at(rows);
    const double left = square_of(residual_);
    if (!std::isfinite(static_cast<float>(left))) {
      return std::nullopt;
    }
    const double fall = add_step();
    objective += constant_ - fall;
    // What the factor's rounding leaves of the error is less than the last step took: small where
    // that was. The residual alone is blind to errors along weak directions.
    if (left <= accepted_residual * right && fall <= accepted_fall * objective) {
      return objective;
    }
  }
  return std::nullopt;
}

/// solution_ += A^-1 residual_; gives what that takes off the objective.
double DirectSolver::add_step() {
  const double scale = is_uniform_ ? 1 / static_cast<double>(weights_[0]) : 1.0;
  std::ranges::transform(residual_, step_.begin(), [scale](double value) {
    return static_cast<float>(value * scale);
  });
  kernels::solve_factored(matrix_.data(), stride_, step_.data());
  double fall = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const double step = static_cast<double>(step_[i]);
    fall += step * residual_[i];
    solution_[i] += step;
  }
  return fall;
}

bool DirectSolver::suits_entries(std::size_t entries) const {
  return 4 * entries <= 3 * stride_ && least_weight_ >= least_dual_weight;
}

/// W^-1 + Y D^-1 Y', factorized.
bool DirectSolver::factorize_by_entries(const kernels::Gathered& rows) {
  const std::size_t padded = (rows.count + 15) / 16 * 16;
  matrix_.resize(std::max(matrix_.size(), padded * padded));
  scratch_.resize(std::max(scratch_.size(), padded * stride_));
  entry_diagonal_.resize(padded);
  for (std::size_t j = 0; j < rows.count; ++j) {
    entry_diagonal_[j] = 1 / weights_[j];
  }
  std::ranges::transform(
      diagonal_, rounded_.begin(), [](double value) { return static_cast<float>(1 / value); });
  kernels::gram_of_entries(
      rows, rounded_.data(), entry_diagonal_.data(), scratch_.data(), matrix_.data());
  step_.assign(padded, 0.0F);
  return kernels::factorize(matrix_.data(), padded);
}

/// x = D^-1 Y'u where (W^-1 + Y D^-1 Y') u = W^-1 t solves the row's system: no difference that
/// could cancel. With r = W^-1 (t - u) - Y x what is left of that, x is b - A x = Y'W r away, and
/// r'W r bounds what the objective is above its least, since A >= Y'W Y.
std::optional<double> DirectSolver::solve_by_entries(const kernels::Gathered& rows) {
  if (!factorize_by_entries(rows)) {
    return std::nullopt;
  }
  dual_.assign(rows.count, 0.0);
  residual_.resize(rows.count);
  for (std::size_t j = 0; j < rows.count; ++j) {
    residual_[j] = static_cast<double>(targets_[j]) / static_cast<double>(weights_[j]);
  }
  add_dual_step(rows);
  for (int round = 0; round < most_refinements; ++round) {
    double quadratic = 0;  // x'Ax
    double linear = 0;     // b'x
    double gap = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      quadratic += diagonal_[i] * solution_[i] * solution_[i];
    }
    kernels::gather_dots(rows, solution_.data(), dots_.data());
    for (std::size_t j = 0; j < rows.count; ++j) {
      const double weight = static_cast<double>(weights_[j]);
      const double target = static_cast<double>(targets_[j]);
      residual_[j] = (target - dual_[j]) / weight - dots_[j];
      gap += weight * residual_[j] * residual_[j];
      quadratic += weight * dots_[j] * dots_[j];
      linear += target * dots_[j];
    }
    if (!std::isfinite(static_cast<float>(gap))) {
      return std::nullopt;
    }
    add_dual_step(rows);
    const double objective = constant_ + quadratic - 2 * linear;
    // The square of the backward error is at most gap / x'Ax, since |A| |x|^2 >= x'Ax.
    if (gap <= accepted_residual * quadratic && gap <= accepted_fall * objective) {
      return objective;
    }
  }
  return std::nullopt;
}

/// Adds the step from residual_ to u, and makes x = D^-1 Y'u.
void DirectSolver::add_dual_step(const kernels::Gathered& rows) {
  std::ranges::fill(step_, 0.0F);
  std::ranges::transform(
      residual_, step_.begin(), [](double value) { return static_cast<float>(value); });
  kernels::solve_factored(matrix_.data(), step_.size(), step_.data());
  for (std::size_t j = 0; j < rows.count; ++j) {
    dual_[j] += static_cast<double>(step_[j]);
  }
  solution_.assign(stride_, 0.0);
  kernels::gather_sum(rows, dual_.data(), solution_.data());
  for (std::size_t i = 0; i < size_; ++i) {
    solution_[i] /= diagonal_[i];
  }
}

}  // namespace alsace
