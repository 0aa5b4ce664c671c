#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/interactions.h"
#include "alsace/model.h"
#include "alsace/options.h"
#include "alsace/solve.h"

#include <cstdint>
#include <vector>

namespace alsace {

/// The interactions as the solver wants them, both ways, and what the model keeps of them.
struct TrainingData {
  CsrMatrix by_user;                   ///< Values as given.
  CsrMatrix by_item;                   ///< Values: confidence, or ratings with explicit feedback.
  std::vector<float> user_confidence;  ///< Of by_user's entries; empty when all are alike.
  float uniform_confidence = 1.0F;
  std::vector<std::int64_t> user_counts;
  std::vector<std::int64_t> item_counts;
  Index trained_users = 0;  ///< Users and items with a training interaction.
  Index trained_items = 0;
  double value_mean = 0;
  double value_min = 0;
  double value_max = 0;
  std::int64_t zeros_dropped = 0;
  std::uint64_t hash = 0;

  [[nodiscard]] Observations user_observations(const TrainOptions& options) const;
  [[nodiscard]] Observations item_observations(const TrainOptions& options) const;
};

/// Checks, drops zeros (implicit feedback), sorts both ways and turns values into confidence.
/// @throws Error invalid_data for values that training refuses, or nothing to train on.
TrainingData prepare_training(const Interactions& interactions, const TrainOptions& options);

/// The confidence figures of the summary, and the warnings that follow from data and options.
void describe(const TrainingData& data, const TrainOptions& options, TrainSummary& summary);

}  // namespace alsace
