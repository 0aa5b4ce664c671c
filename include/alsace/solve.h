#pragma once

#include "alsace/factors.h"
#include "alsace/interactions.h"
#include "alsace/options.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace alsace {

/// The observed entries of one side's rows in compressed rows (CSR), on the caller's own arrays.
/// Row r owns entries offsets[r] to offsets[r + 1]. Both feedbacks are one system: entry j has
/// confidence c and target p; explicit feedback is c = 1, p = value - target_offset.
struct Observations {
  std::span<const std::int64_t> offsets = {};  ///< [rows + 1], rising from 0.
  std::span<const Index> columns = {};         ///< [entries] Row of the other side.
  std::span<const float> confidence = {};  ///< [entries] >= 0, or empty: all uniform_confidence.
  std::span<const float> targets = {};     ///< [entries] preferences or ratings, or empty: all 1.
  float uniform_confidence = 1.0F;
  double target_offset = 0.0;  ///< Subtracted from every target: the mean, with biases.

  [[nodiscard]] Index rows() const noexcept { return static_cast<Index>(offsets.size()) - 1; }
};

/// The factors of one side, and its biases where the model has them.
struct ConstSide {
  FactorView factors = {};
  std::span<const float> biases = {};  ///< [rows], or empty.
};
struct Side {
  MutableFactorView factors = {};
  std::span<float> biases = {};                                      ///< [rows], or empty.
  operator ConstSide() const noexcept { return {factors, biases}; }  // NOLINT
};

/// Solves every row of one side given the other: for row u with entries j, w_j = c_j - w0,
///
///     (w0 Y'Y + l_u I + sum_j w_j y_j y_j') x_u = sum_j c_j p_j y_j
///
/// (w0 = 0 for explicit feedback; with biases y_j has one more coordinate 1 and p_j is less the
/// fixed side's bias). Rows without entries become 0. Values in `solved` are the start of the
/// iterative solver. The same result, bit for bit, for any number of threads.
///
/// @param options      resolved; regularization, its exponent and count, unobserved_weight, solver,
///                     nonnegative and threads are used.
/// @param counterparts rows of the fixed side that count in RegularizationCount::all.
/// @throws Error invalid_argument when shapes differ or a column is out of range;
///         numerical_failure naming the row when its system is not positive definite.
/// Cost O(entries * factors * steps + rows * factors^2) with Solver::automatic, up to
/// O(entries * factors^2 + rows * factors^3) with exact or nonnegative; memory a copy of the fixed
/// side.
void half_step(const Observations& observations,
               ConstSide fixed,
               Side solved,
               const TrainOptions& options,
               Index counterparts);

/// The objective of docs/algorithm.md in float64, all pairs and both regularizations, by users.
/// O(entries * factors + (users + items) * factors^2).
double objective(const Observations& by_user,
                 ConstSide users,
                 ConstSide items,
                 const TrainOptions& options);

/// Threads this process may really use: the smaller of its affinity mask and its cgroup CPU quota.
int available_threads() noexcept;

}  // namespace alsace
