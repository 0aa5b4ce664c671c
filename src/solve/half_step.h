#pragma once

#include "alsace/solve.h"

#include "base/thread_pool.h"
#include "solve/fixed_side.h"

#include <functional>
#include <span>
#include <string>

namespace alsace {

/// The entries of row `row`.
struct RowEntries row_entries(const Observations& observations, Index row);

/// What errors call a row: "user 'anna'".
using RowName = std::function<std::string(Index row)>;

/// half_step() with the caller's threads.
void half_step(const Observations& observations,
               ConstSide fixed,
               Side solved,
               const TrainOptions& options,
               Index counterparts,
               ThreadPool& pool,
               const RowName& name);

/// The same against a fixed side that is already prepared.
void half_step(const Observations& observations,
               const FixedSide& fixed,
               Side solved,
               const TrainOptions& options,
               Index counterparts,
               ThreadPool& pool,
               const RowName& name);

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
