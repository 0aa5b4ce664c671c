#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/interactions.h"
#include "alsace/model.h"
#include "alsace/options.h"
#include "alsace/solve.h"

#include <cstdint>
#include <span>
#include <vector>

namespace alsace {

/// The interactions as the solver wants them, both ways, and what the model keeps of them.
struct TrainingData {
  CsrMatrix by_user;                    ///< Values as given.
  CsrMatrix by_item;                    ///< Values: confidence, or ratings with explicit feedback.
  std::vector<float> user_confidence;   ///< Of by_user's entries; empty when all are alike.
  std::vector<float> user_preferences;  ///< Of by_user's entries, by_item's likewise; empty when
  std::vector<float> item_preferences;  ///< all are 1.
  float uniform_confidence = 1.0F;
  std::vector<std::int64_t> user_counts;
  std::vector<std::int64_t> item_counts;
  Index trained_users = 0;  ///< Users and items with a training interaction.
  Index trained_items = 0;
  double value_mean = 0;
  double value_min = 0;
  double value_max = 0;
  std::int64_t zeros_dropped = 0;
  bool ones_released = false;  ///< There were values, all 1; by_user does not hold them.
  std::uint64_t hash = 0;

  [[nodiscard]] Observations user_observations(const TrainOptions& options) const;
  [[nodiscard]] Observations item_observations(const TrainOptions& options) const;
};

/// What half-steps take of the data.
struct ObservedData {
  Observations by_user;
  Observations by_item;
  Index trained_users = 0;
  Index trained_items = 0;
};
ObservedData observed(const TrainingData& data, const TrainOptions& options);

/// Checks, drops zeros (implicit feedback), sorts both ways and turns values into confidence. The
/// triplets given by && are released as soon as they are sorted.
/// @throws Error invalid_data for values that training refuses, or nothing to train on;
///         invalid_argument for columns of different lengths or rows without an id.
TrainingData prepare_training(const Triplets& triplets,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              const TrainOptions& options);
TrainingData prepare_training(Triplets&& triplets,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              const TrainOptions& options);

/// The same of rows by user: columns strictly rising within a row.
TrainingData prepare_training(CsrMatrix by_user,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              const TrainOptions& options);

/// Confidence of every entry, and its preference where one is 0.
struct EntryWeights {
  std::vector<float> confidence;
  std::vector<float> preferences;
};

/// What implicit feedback makes of values. @throws Error invalid_data when a confidence is beyond
/// what float can hold.
EntryWeights weigh(std::span<const float> values, const TrainOptions& options, double mean);

/// Confidence of each value by its size. @throws Error as weigh().
std::vector<float> confidences(std::span<const float> values,
                               const TrainOptions& options,
                               double mean);

/// @throws Error invalid_argument unless the rows are what the rest relies on: shaped as the ids
///         say, columns strictly rising within a row.
void check_rows(const CsrMatrix& by_user, const IdTable& user_ids, const IdTable& item_ids);

/// The entries with a value other than 0.
CsrMatrix without_zeros(const CsrMatrix& matrix);

/// @throws Error invalid_data naming the pair for a value that training refuses.
void check_values(const CsrMatrix& by_user,
                  const IdTable& user_ids,
                  const IdTable& item_ids,
                  const TrainOptions& options);

/// The interactions by user as the model keeps them; leaves nothing in `data`.
CsrMatrix take_interactions(TrainingData& data);

/// The confidence figures of the summary, and the warnings that follow from data and options.
/// `confidence`: of the entries by user, or empty where it is the data's uniform one.
void describe(const TrainingData& data,
              const Observations& by_user,
              const TrainOptions& options,
              TrainSummary& summary);

}  // namespace alsace
