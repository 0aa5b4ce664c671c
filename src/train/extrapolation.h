#pragma once

#include "alsace/factors.h"
#include "alsace/options.h"

#include "base/thread_pool.h"

#include <span>

namespace alsace {

/// Whether iterations start beyond the item factors that the last one found, in the direction it
/// moved them. The exact solver does not: its objective never rises. Nor do nonnegative factors,
/// which could leave their range, and biases, which are no factors.
bool extrapolates(const TrainOptions& options);

/// How far: 0, then 1/4, 2/5 and then half of the last move, and from 0 again after the
/// objective rose (Nesterov's method with restarts, O'Donoghue and Candes 2015). `objective` holds
/// the values of the iterations so far.
float momentum(std::span<const double> objective);

/// items += momentum * (items - before); `before` becomes what items were.
void extrapolate(FactorTable& items, FactorTable& before, float momentum, ThreadPool& pool);

}  // namespace alsace
