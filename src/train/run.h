#pragma once

#include "alsace/model.h"
#include "alsace/train.h"

#include "train/training_data.h"

namespace alsace {

/// A model of nothing yet, once options and control are found good.
/// @throws Error invalid_argument.
Model new_model(const TrainOptions& options, const TrainControl& control);

/// Trains a model that has options, ids and counts. `observed`: of `data`, or with a confidence of
/// its own.
void run_training(Model& model,
                  const TrainingData& data,
                  const ObservedData& observed,
                  const TrainControl& control);

}  // namespace alsace
