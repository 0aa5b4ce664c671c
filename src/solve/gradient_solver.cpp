#include "solve/gradient_solver.h"

#include "kernels/gradients.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace alsace {
namespace {

/// Relative residual of a rough solution: below, the objective after some iterations does not
/// change in its fourth digit, above it does (docs/algorithm.md).
constexpr float rough_tolerance = 3e-2F;
/// The residual in the preconditioner's norm bounds the backward error from above.
constexpr float closing_tolerance = 3e-7F;
constexpr float closing_accepted = 8e-7F;
constexpr int most_closing_steps = 60;
constexpr int most_closings = 3;

/// Multiply-adds of a direct solve over those of a step: after as many steps it would have been
/// cheaper, so that at most twice the best choice is ever paid.
int most_rough_steps(std::size_t entries, std::size_t size) {
  const auto n = static_cast<double>(entries);
  const auto k = static_cast<double>(size);
  const double direct = n < k ? n * n * k + n * n * n / 3 : n * k * k + k * k * k / 3;
  return static_cast<int>(std::clamp(direct / (2 * n * k), 10.0, 100.0));
}

}  // namespace

GradientSolver::GradientSolver(const FixedSide& fixed,
                               const TrainOptions& options,
                               Index counterparts,
                               Effort effort)
    : fixed_(fixed),
      options_(options),
      more_count_(more_count(options, counterparts)),
      effort_(effort),
      work_(kernels::gradient_work(fixed.stride()), 0.0F) {}

/// Weights and targets of entries that are all alike: they stay from row to row.
void GradientSolver::load_uniform(const RowEntries& row) {
  const double confidence = static_cast<double>(row.uniform_confidence);
  const double weight = confidence - fixed_.unobserved_weight;
  const std::size_t entries = row.columns.size();
  if (entries > uniform_) {
    const auto scale = static_cast<double>(fixed_.half_scale);
    weights_.resize(entries, static_cast<float>(weight / (scale * scale)));
    targets_.resize(entries, static_cast<float>(confidence / scale));
    uniform_ = entries;
  }
  weight_sum_ = std::max(0.0, weight) * static_cast<double>(entries);
  constant_ = confidence * static_cast<double>(entries);
}

/// The table holds scale * y, so the weights are divided by its square and the targets by it.
void GradientSolver::load(const RowEntries& row) {
  if (row.confidence.empty() && row.targets.empty() && row.target_offset == 0) {
    load_uniform(row);
    return;
  }
  const std::size_t entries = row.columns.size();
  const auto scale = static_cast<double>(fixed_.half_scale);
  weights_.resize(std::max(weights_.size(), entries));
  targets_.resize(std::max(targets_.size(), entries));
  weight_sum_ = 0;
  constant_ = 0;
  for (std::size_t j = 0; j < entries; ++j) {
    const double confidence = row.confidence_at(j);
    const double target = row.target_at(j, fixed_.biases);
    const double weight = confidence - fixed_.unobserved_weight;
    weights_[j] = static_cast<float>(weight / (scale * scale));
    targets_[j] = static_cast<float>(confidence * target / scale);
    weight_sum_ += std::max(0.0, weight);
    constant_ += confidence * target * target;
  }
}

/// What keeps the diagonal above 0 without regularization.
double GradientSolver::floor() const {
  return *std::ranges::max_element(fixed_.common) *
         static_cast<double>(std::numeric_limits<float>::epsilon());
}

std::optional<double> GradientSolver::solve(const RowEntries& row, float* x) {
  if (row.columns.empty()) {
    std::fill_n(x, fixed_.stride(), 0.0F);
    return 0.0;
  }
  load(row);
  const std::size_t entries = row.columns.size();
  double regularization =
      row_regularization(options_, static_cast<double>(entries), more_count_);
  if (regularization == 0) {
    regularization = floor();
  }
  const kernels::GatheredEntries system{
      .table = fixed_.halves == nullptr ? fixed_.table.data() : nullptr,
      .half_table = fixed_.halves.get(),
      .stride = fixed_.stride(),
      .columns = row.columns.data(),
      .entries = entries,
      .weights = weights_.data(),
      .targets = targets_.data()};
  const kernels::GradientDiagonal diagonal{
      .common = fixed_.common_floats.data(),
      .mean_square = fixed_.mean_square.data(),
      .regularization = static_cast<float>(regularization),
      .weight_sum = static_cast<float>(weight_sum_)};
  if (!(diagonal.regularization > 0)) {
    return std::nullopt;
  }
  if (effort_ == Effort::rough) {
    const int most_steps =
        most_rough_steps(entries, static_cast<std::size_t>(fixed_.coordinates));
    const auto result = kernels::conjugate_gradients(
        system, diagonal, {.tolerance = rough_tolerance, .most_steps = most_steps}, x, work_.data());
    return result.converged ? std::optional(result.objective + constant_) : std::nullopt;
  }
  // Each run starts from the residual itself, not from what the steps before made of it.
  kernels::GradientLimits limits{
      .tolerance = closing_tolerance, .most_steps = most_closing_steps, .rough = false};
  for (int run = 0; run < most_closings; ++run) {
    const auto result = kernels::conjugate_gradients(system, diagonal, limits, x, work_.data());
    if (!result.converged) {
      break;
    }
    if (run > 0 && result.steps == 0) {
      return result.objective + constant_;
    }
    limits.tolerance = closing_accepted;
  }
  return std::nullopt;
}

}  // namespace alsace
