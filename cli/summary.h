#pragma once

#include "alsace/model.h"
#include "alsace/options.h"

#include "output.h"
#include "progress.h"

namespace alsace::cli {

/// Every option by its name in the library.
Json options_json(const TrainOptions& options);

/// The keys every user of train and info counts on: users, items, interactions, factors,
/// iterations, objective, seconds, threads, peak_memory_bytes, model_hash, final_objective.
Json training_json(const Model& model);

/// Median, 99 % and maximum of the confidence; nothing with explicit feedback.
void note_confidence(const TrainSummary& summary, const TrainOptions& options, Log& log);

/// Training interactions behind a model.
std::int64_t interactions_of(const Model& model);

}  // namespace alsace::cli
