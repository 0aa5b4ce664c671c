#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/factors.h"
#include "alsace/interactions.h"
#include "alsace/options.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// What training did and saw.
struct TrainSummary {
  std::vector<double> objective = {};  ///< After each iteration (items just solved).
  std::vector<double> seconds = {};    ///< Of each iteration alone.
  double final_objective = 0;          ///< Of the factors as stored.
  std::string stopped = {};            ///< "iterations", "tolerance" or "interrupted".
  std::int64_t zeros_dropped = 0;      ///< Entries of value 0, which implicit feedback leaves out.
  double confidence_median = 0;  ///< Of the confidence c over training entries; implicit only,
  double confidence_p99 = 0;     ///< as the next two.
  double confidence_max = 0;
  double mean_alpha_value = 0;             ///< Mean of alpha r.
  std::vector<std::string> warnings = {};  ///< Sentences that name what to change.
  int threads = 0;                         ///< Used. Not part of the model hash, as the next.
  std::int64_t peak_memory_bytes = 0;      ///< Peak resident memory of the process.

  bool operator==(const TrainSummary&) const = default;
};

/// What training produces and a file holds. Plain data: it computes nothing.
///
/// A checkpoint is a model with complete = false: the state before the closing half-step.
struct Model {
  TrainOptions options = {};      ///< Resolved. Fold-in needs them.
  FactorTable user_factors = {};  ///< [users x factors]
  FactorTable item_factors = {};  ///< [items x factors]
  /// Those of the iteration before, in a checkpoint of a run that extrapolates; else empty.
  FactorTable previous_item_factors = {};
  std::vector<float> user_biases = {};  ///< [users], or empty without options.biases.
  std::vector<float> item_biases = {};  ///< [items], or empty.
  IdTable user_ids = {};
  IdTable item_ids = {};
  std::vector<std::int64_t> user_counts = {};  ///< Training interactions of each user. [users]
  std::vector<std::int64_t> item_counts = {};  ///< Of each item: its popularity. [items]
  std::vector<double> spectrum = {};  ///< Eigenvalues of the item factors' Gram, falling. [factors]
  double value_mean = 0;  ///< Mean training value: mu of explicit, scale of relative confidence.
  double value_min = 0;   ///< Range of the training values: explicit predictions are clipped to it.
  double value_max = 0;
  CsrMatrix interactions = {};  ///< Training interactions by user; 0 rows when they are not stored.
  CsrMatrix low = {};           ///< Seen pairs below min_value by user; 0 rows when there are none.
  std::uint64_t data_hash = 0;  ///< XXH3 of the training data: resume refuses another.
  bool complete = true;         ///< False: a checkpoint.
  TrainSummary summary = {};

  [[nodiscard]] bool has_interactions() const noexcept { return interactions.rows > 0; }
};

/// Writes to a temporary file beside `path`, syncs and renames, so that a reader sees the old file
/// or the new one. Layout: docs/model_format.md.
/// @throws Error io_error when the file cannot be written (the temporary file is removed);
///         invalid_argument when the model's parts do not fit together.
void save_model(const Model& model, const std::filesystem::path& path);

/// Maps the file and checks header, ranges and every checksum.
/// @throws Error io_error when it cannot be read, incompatible_model when it is not a model file,
///         damaged, or of a newer format.
Model load_model(const std::filesystem::path& path);

/// What save_model() writes, in memory, and the model in such bytes.
/// @throws Error as those two.
std::vector<std::byte> to_bytes(const Model& model);
Model from_bytes(std::span<const std::byte> bytes);

/// XXH3 over ids and the bytes of all tensors: not over time, threads or paths. 16 hex digits.
std::string model_hash(const Model& model);

}  // namespace alsace
