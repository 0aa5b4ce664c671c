#pragma once

#include "alsace/solve.h"

#include "base/thread_pool.h"
#include "solve/fixed_side.h"

#include <functional>
#include <span>
#include <string>

namespace alsace {

/// What errors call a row: "user 'anna'".
using RowName = std::function<std::string(Index row)>;

/// half_step() with the caller's threads. Gives the objective of all rows together: with the
/// regularization of the fixed side added, that of the whole model.
double half_step(const Observations& observations,
                 ConstSide fixed,
                 Side solved,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort,
                 Weights weights,
                 ThreadPool& pool,
                 const RowName& name);

/// The same against a fixed side that is already prepared.
double half_step(const Observations& observations,
                 const FixedSide& fixed,
                 Side solved,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort,
                 ThreadPool& pool,
                 const RowName& name);

/// Mild unless an entry's confidence is so large that the rounding of factors to half precision,
/// 2^-8, would make a digit of its part of the objective, or below w0; heavy without
/// regularization and for targets beyond a million. O(entries).
Weights weights_of(const Observations& observations, const TrainOptions& options);

/// sum_u l_u (|x_u|^2 + b_u^2) of one side, whose rows have `counts` entries; `counterparts` as in
/// half_step().
double penalty(ConstSide side,
               std::span<const std::int64_t> counts,
               const TrainOptions& options,
               Index counterparts,
               ThreadPool& pool);

/// objective() with the caller's threads.
double objective(const Observations& by_user,
                 ConstSide users,
                 ConstSide items,
                 const TrainOptions& options,
                 ThreadPool& pool);

/// @throws Error invalid_argument when the sides do not fit the observations or the options.
void check_sides(const Observations& observations,
                 ConstSide fixed,
                 ConstSide solved,
                 const TrainOptions& options);

/// @throws Error invalid_argument when a shape or row number does not fit.
void check_observations(const Observations& observations, Index columns);

}  // namespace alsace
