#include "solve/fixed_side.h"

#include <algorithm>

namespace alsace {
namespace {

/// Mean squares by coordinate in fixed order; O(rows * coordinates).
std::vector<double> mean_squares(const FactorTable& table) {
  std::vector<double> sums(static_cast<std::size_t>(table.factors()), 0.0);
  for (Index row = 0; row < table.rows(); ++row) {
    const std::span<const float> y = table.row(row);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += static_cast<double>(y[i]) * static_cast<double>(y[i]);
    }
  }
  for (double& sum : sums) {
    sum /= std::max<Index>(1, table.rows());
  }
  return sums;
}

/// The factors with a last coordinate of 1.
FactorTable with_ones(FactorView factors) {
  FactorTable table(factors.rows, factors.factors + 1);
  for (Index row = 0; row < factors.rows; ++row) {
    std::ranges::copy(factors.row(row), table.row(row).begin());
    table.row(row).back() = 1.0F;
  }
  return table;
}

}  // namespace

FixedSide prepare_fixed_side(ConstSide fixed, const TrainOptions& options, ThreadPool& pool) {
  FixedSide side;
  side.biases = fixed.biases;
  if (options.feedback == Feedback::implicit_feedback) {
    side.coordinates = fixed.factors.factors;
    side.unobserved_weight = options.unobserved_weight;
    side.basis = eigenbasis(gram(fixed.factors, pool));
    side.table = rotate(fixed.factors, side.basis->into, pool);
    for (const double value : side.basis->values) {
      side.common.push_back(options.unobserved_weight * value);
      side.mean_square.push_back(value / std::max<Index>(1, fixed.factors.rows));
    }
    return side;
  }
  side.table = options.biases ? with_ones(fixed.factors) : FactorTable::copy_of(fixed.factors);
  side.coordinates = side.table.factors();
  side.common.assign(static_cast<std::size_t>(side.coordinates), 0.0);
  side.mean_square = mean_squares(side.table);
  return side;
}

}  // namespace alsace
