#pragma once

#include "alsace/model.h"
#include "alsace/train.h"

namespace alsace {

/// Start values: items N(0, 0.1 / sqrt k) by (seed, item row, dimension), all positive for
/// nonnegative models; users, and rows without a training interaction, 0.
void draw_start(Model& model);

/// Rows of `model` that `start` has under the same id take its factors as they are.
/// @throws Error invalid_argument when the number of factors or the biases differ.
void take_start(const Model& start, Model& model);

/// Factors as given, where there are any; `side` is what errors call them.
/// @throws Error invalid_argument for another shape, and for values that are not finite or, where
///         the options say so, negative.
void take_factors(FactorView start,
                  const char* side,
                  const TrainOptions& options,
                  FactorTable& factors);

/// The state of a checkpoint.
/// @throws Error invalid_argument when it is of other data, of other options (but for iterations,
///         tolerance, threads), or of a finished model.
void take_checkpoint(const Model& checkpoint, Model& model);

}  // namespace alsace
