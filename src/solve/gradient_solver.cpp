#include "solve/gradient_solver.h"

#include "kernels/gradients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace alsace {
namespace {

/// Relative residuals of a rough solution (docs/adr/0009-extrapolation.md measures the first);
/// where weights are heavy the residual says less.
constexpr float mild_tolerance = 5e-2F;
constexpr float heavy_tolerance = 1e-2F;
/// Backward errors: what the steps aim at, and what the residual of the rounded solution may be.
constexpr float closing_tolerance = 1.5e-7F;
constexpr float closing_accepted = 4e-7F;
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

constexpr std::size_t readable_beyond = 4;  // What the kernels read past the last entry.

}  // namespace

GradientSolver::GradientSolver(const FixedSide& fixed,
                               const TrainOptions& options,
                               Index counterparts,
                               Effort effort)
    : fixed_(fixed),
      options_(options),
      more_count_(more_count(options, counterparts)),
      effort_(effort),
      table_{.floats = fixed.halves == nullptr ? fixed.table.data() : nullptr,
             .halves = fixed.halves.get(),
             .stride = fixed.stride()},
      diagonal_{.common = fixed.common_floats.data(), .mean_square = fixed.mean_square.data()},
      work_(kernels::gradient_vectors * fixed.stride()) {}

void GradientSolver::clear() {
  added_.clear();
  systems_.clear();
  places_.clear();
  used_ = 0;
}

/// Weights and targets of entries that are all alike: they stay from batch to batch.
void GradientSolver::load_uniform(const RowEntries& row) {
  const double confidence = static_cast<double>(row.uniform_confidence);
  const double weight = confidence - fixed_.unobserved_weight;
  const std::size_t entries = row.columns.size();
  if (entries > uniform_) {
    weights_.resize(entries + readable_beyond, static_cast<float>(weight));
    targets_.resize(entries + readable_beyond, static_cast<float>(confidence));
    uniform_ = entries;
  }
  places_.push_back(0);
  weight_sum_ = std::max(0.0, weight) * static_cast<double>(entries);
  constant_ = static_cast<double>(entries) *
              constant_of(weights_[0], targets_[0], fixed_.unobserved_weight);
}

void GradientSolver::load(const RowEntries& row) {
  if (row.confidence.empty() && row.targets.empty() && row.target_offset == 0 &&
      fixed_.biases.empty()) {
    load_uniform(row);
    return;
  }
  const std::size_t entries = row.columns.size();
  const std::size_t needed = used_ + entries + readable_beyond;
  weights_.resize(std::max(weights_.size(), needed));
  targets_.resize(std::max(targets_.size(), needed));
  weight_sum_ = 0;
  constant_ = 0;
  for (std::size_t j = 0; j < entries; ++j) {
    const SystemEntry entry = row.system_entry(j, fixed_.biases, fixed_.unobserved_weight);
    weights_[used_ + j] = static_cast<float>(entry.weight);
    targets_[used_ + j] = entry.target;
    weight_sum_ += std::max(0.0, entry.weight);
    constant_ += entry.constant;
  }
  places_.push_back(used_);
  used_ += entries;
}

/// What keeps the diagonal above 0 without regularization.
double GradientSolver::floor() const {
  return *std::ranges::max_element(fixed_.common) *
         static_cast<double>(std::numeric_limits<float>::epsilon());
}

void GradientSolver::add(const RowEntries& row, float* x) {
  const std::size_t entries = row.columns.size();
  if (entries == 0) {
    std::fill_n(x, table_.stride, 0.0F);
    added_.push_back(Added());
    return;
  }
  double regularization = row_regularization(options_, static_cast<double>(entries), more_count_);
  if (regularization == 0) {
    regularization = floor();
  }
  if (!(static_cast<float>(regularization) > 0)) {
    added_.push_back({.system = {}, .solved = false});
    return;
  }
  load(row);
  added_.push_back({.system = systems_.size(), .constant = constant_});
  systems_.push_back(
      {.columns = row.columns.data(),
       .entries = entries,
       .regularization = static_cast<float>(regularization),
       .weight_sum = static_cast<float>(weight_sum_),
       .most_steps = effort_ == Effort::rough
                         ? most_rough_steps(entries, static_cast<std::size_t>(fixed_.coordinates))
                         : most_closing_steps,
       .x = x});
}

void GradientSolver::run() {
  for (std::size_t s = 0; s < systems_.size(); ++s) {
    systems_[s].weights = weights_.data() + places_[s];
    systems_[s].targets = targets_.data() + places_[s];
  }
  if (effort_ == Effort::rough) {
    const bool is_mild = fixed_.weights == Weights::mild;
    const kernels::GradientLimits limits{.kind = is_mild ? kernels::GradientLimits::Kind::rough
                                                         : kernels::GradientLimits::Kind::usual,
                                         .tolerance = is_mild ? mild_tolerance : heavy_tolerance};
    kernels::conjugate_gradients(
        table_, diagonal_, limits, systems_.data(), systems_.size(), work_.data());
  } else {
    run_closely();
  }
}

/// Each run starts from the residual itself, not from what the steps before made of it; a row is
/// done when it needs no step more.
void GradientSolver::run_closely() {
  kernels::GradientLimits limits{.kind = kernels::GradientLimits::Kind::backward,
                                 .tolerance = closing_tolerance};
  std::vector<std::size_t> left(systems_.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (int run = 0; run < most_closings && !left.empty(); ++run) {
    closing_.clear();
    for (const std::size_t s : left) {
      closing_.push_back(systems_[s]);
    }
    kernels::conjugate_gradients(
        table_, diagonal_, limits, closing_.data(), closing_.size(), work_.data());
    std::vector<std::size_t> unsure;
    for (std::size_t c = 0; c < left.size(); ++c) {
      kernels::GradientRow& system = systems_[left[c]];
      system = closing_[c];
      if (system.steps > 0) {
        system.converged = false;
        unsure.push_back(left[c]);
      }
    }
    left.swap(unsure);
    limits.tolerance = closing_accepted;
  }
}

std::optional<double> GradientSolver::objective(std::size_t r) const {
  const Added& added = added_[r];
  if (!added.system) {
    return added.solved ? std::optional(0.0) : std::nullopt;
  }
  const kernels::GradientRow& system = systems_[*added.system];
  return system.converged ? std::optional(system.objective + added.constant) : std::nullopt;
}

}  // namespace alsace
