#include "solve/fixed_side.h"

#include "kernels/dense.h"

#include <algorithm>
#include <cmath>

namespace alsace {
namespace {

constexpr std::size_t rows_per_task = 64;
/// Smaller tables stay in a core's cache in single precision too.
constexpr std::size_t least_half_bytes = std::size_t{1} << 20;

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

bool wants_halves(const FixedSide& side) {
  const std::size_t floats = static_cast<std::size_t>(side.rows) * side.stride();
  return side.weights == Weights::mild && floats * sizeof(float) >= least_half_bytes;
}

/// Rows [begin, end) of the factors, padded.
void copy_rows(FactorView factors, std::size_t begin, std::size_t end, float* out) {
  const std::size_t stride = FactorTable::stride_of(factors.factors);
  for (std::size_t r = begin; r < end; ++r) {
    std::ranges::copy(factors.row(static_cast<Index>(r)), out + (r - begin) * stride);
  }
}

/// The table in the basis, in floats or halves, with the arithmetic of a rough half-step.
void rotate_roughly(FactorView factors, FixedSide& side, ThreadPool& pool) {
  const std::size_t stride = side.stride();
  const auto rows = static_cast<std::size_t>(side.rows);
  if (side.halves == nullptr) {
    side.table = FactorTable(side.rows, side.coordinates);
  }
  parallel_blocks(pool, rows, rows_per_task, [&](std::size_t begin, std::size_t end, int) {
    AlignedVector<float> own(rows_per_task * stride, 0.0F);
    AlignedVector<float> turned(rows_per_task * stride);
    copy_rows(factors, begin, end, own.data());
    if (side.halves == nullptr) {
      kernels::multiply(
          own.data(), end - begin, stride, side.into.data(), side.table.data() + begin * stride);
    } else {
      kernels::multiply(own.data(), end - begin, stride, side.into.data(), turned.data());
      kernels::to_half(turned.data(), end - begin, stride, side.halves.get() + begin * stride);
    }
  });
}

/// The table in the basis in which the Gram matrix is diagonal.
void turn(FactorView factors, FixedSide& side, Effort effort, ThreadPool& pool) {
  const GramSums sums = effort == Effort::rough ? GramSums::floats : GramSums::doubles;
  side.basis = eigenbasis(gram(factors, pool, sums), pool);
  for (std::size_t i = 0; i < side.common.size(); ++i) {
    side.common[i] = side.unobserved_weight * side.basis->values[i];
    side.mean_square[i] = static_cast<float>(side.basis->values[i] / std::max<Index>(1, side.rows));
  }
  if (effort != Effort::rough) {
    side.table = rotate(factors, side.basis->into, pool);
    return;
  }
  side.into.assign(side.basis->into.values.begin(), side.basis->into.values.end());
  side.back.assign(side.basis->back.values.begin(), side.basis->back.values.end());
  if (wants_halves(side)) {
    side.halves = make_aligned<kernels::Half>(static_cast<std::size_t>(side.rows) * side.stride());
  }
  rotate_roughly(factors, side, pool);
}

}  // namespace

FixedSide prepare_fixed_side(ConstSide fixed,
                             const TrainOptions& options,
                             ThreadPool& pool,
                             Effort effort,
                             Weights weights) {
  FixedSide side;
  side.biases = fixed.biases;
  side.weights = weights;
  side.rows = fixed.factors.rows;
  side.factors = fixed.factors.factors;
  side.coordinates = fixed.factors.factors + (options.biases ? 1 : 0);
  const auto coordinates = static_cast<std::size_t>(side.coordinates);
  side.common.assign(coordinates, 0.0);
  side.common_floats.assign(side.stride(), 1.0F);
  side.mean_square.assign(side.stride(), 0.0F);
  const FactorTable extended = options.biases ? with_ones(fixed.factors) : FactorTable();
  const FactorView factors = options.biases ? FactorView(extended) : fixed.factors;
  const bool is_implicit = options.feedback == Feedback::implicit_feedback;
  if (is_implicit || (effort != Effort::exact && !options.nonnegative)) {
    side.unobserved_weight = is_implicit ? options.unobserved_weight : 0.0;
    turn(factors, side, effort, pool);
  } else {
    side.table = FactorTable::copy_of(factors);
    std::ranges::transform(mean_squares(side.table), side.mean_square.begin(), [](double value) {
      return static_cast<float>(value);
    });
  }
  std::ranges::transform(side.common, side.common_floats.begin(), [](double value) {
    return static_cast<float>(value);
  });
  return side;
}

}  // namespace alsace
