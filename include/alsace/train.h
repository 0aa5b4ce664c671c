#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/interactions.h"
#include "alsace/model.h"
#include "alsace/options.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// What one iteration did.
struct IterationReport {
  int iteration = 0;     ///< Counted from 1.
  double seconds = 0;    ///< Wall time of this iteration alone.
  double objective = 0;  ///< Items just solved; within 1e-6 of itself, exact with Solver::exact.
};

/// Everything about a run that does not change the model it ends with, and where it starts from.
struct TrainControl {
  /// Called once with the data's facts and the warnings, before the first half-step.
  std::function<void(const TrainSummary&)> before_training = {};
  /// Called after each iteration; false ends training there.
  std::function<bool(const IterationReport&)> after_iteration = {};
  /// Asked after each half-step; true ends training there. The closing half-step still runs, so
  /// that the model is whole.
  std::function<bool()> stop_requested = {};

  /// Start factors: a model whose rows are matched by id (rows it lacks start as usual). Same
  /// number of factors, else invalid_argument.
  const Model* warm_start = nullptr;
  /// Start factors row by row as the interactions number them, used as they are; or no data. They
  /// exclude warm_start.
  FactorView start_users = {};
  FactorView start_items = {};
  /// A checkpoint to go on from. Other data or options (but for iterations, tolerance, threads)
  /// are refused with invalid_argument. Excludes any other start.
  const Model* resume = nullptr;

  std::filesystem::path checkpoint =
      {};                    ///< Written every checkpoint_every iterations when not empty.
  int checkpoint_every = 1;  ///< >= 1.
  /// Called with a sentence when a checkpoint cannot be written; training goes on. Unset: that ends
  /// it with io_error.
  std::function<void(const std::string&)> checkpoint_failed = {};
  bool store_interactions = true;  ///< Keep the interactions in the model.
  /// False leaves TrainSummary::final_objective 0, its confidence figures and warnings out, and
  /// Model::spectrum empty: some passes over the data less.
  bool summarize = true;
  /// The closing half-step as rough as those before: good enough to rank by, but fold-in of a
  /// user's own history then gives the stored row only nearly.
  bool close_roughly = false;

  /// Iteration counts, rising, after which `snapshot` gets the model with the factors that training
  /// would have ended with there, bit for bit. What `summarize` leaves out is left out.
  std::vector<int> snapshots = {};
  std::function<void(const Model&)> snapshot = {};

  /// Bytes that training may take; 0: the memory the system calls available, and what the control
  /// groups of the process leave it.
  std::uint64_t memory_limit = 0;
};

/// The most memory, in bytes, that training holds at a time, with the interactions it is given and
/// the model it makes. For n interactions, rows = users + items, t threads and k factors (padded: a
/// multiple of 16 floats):
///
///     16 MiB + id_bytes + 28 rows + max(20 n, 20 n + 4 k rows + 4 k max(users, items)
///                                             + 4 k items + 8 k^2 (21 + 5 t))
///
/// where n interactions are 12 n while they are sorted and 8 n afterwards if all_ones, and
/// afterwards 16 n with explicit feedback, 28 n with dislikes. Biases are one more factor.
/// `id_bytes` is IdTable::held_bytes() of both. Checkpoints and models to start from are not
/// counted: they are mapped files.
///
/// @param all_ones no values, or all of them 1.
/// @param options  resolved or not: factors, feedback, dislikes, biases and threads are used.
std::uint64_t training_memory(std::int64_t interactions,
                              bool all_ones,
                              Index users,
                              Index items,
                              std::uint64_t id_bytes,
                              const TrainOptions& options);

/// The same of these interactions, and low pairs as they are given.
std::uint64_t training_memory(const Interactions& interactions, const TrainOptions& options);

/// Factorizes the interactions by alternating least squares. Same data, options and seed give the
/// same model, bit for bit, for any number of threads.
///
/// Each iteration solves users from items, then items from users; at the end users are solved once
/// more to a backward error of 1e-6, so that fold-in of a user's own history gives the stored row.
/// Implicit feedback drops values of 0 and refuses negative ones, unless they are dislikes.
///
/// Memory: training_memory() where the interactions are given by std::move, which releases them on
/// the way; else they count besides.
///
/// @throws Error invalid_argument for a bad option, or before anything large is made when it would
///         take more memory than control.memory_limit or the machine allows; invalid_data for
///         values that are not finite, negative where they may not be, or nothing to train on;
///         numerical_failure naming the row that has no solution; io_error when a checkpoint
///         cannot be written and nobody is told.
Model train(const Interactions& interactions,
            const TrainOptions& options = {},
            const TrainControl& control = {});

Model train(Interactions&& interactions,
            const TrainOptions& options = {},
            const TrainControl& control = {});

/// The same model from the same interactions as a matrix.
Model train(CsrInteractions interactions,
            const TrainOptions& options = {},
            const TrainControl& control = {});

/// Interactions made ready for training once, for many models of them: sorted both ways, checked
/// and counted. Only what depends on the confidence is made for each model, 8 bytes an interaction,
/// and nothing where all values are 1.
class TrainingSet {
 public:
  /// Of `options` feedback and dislikes are used: models are of the same.
  /// @throws Error as train().
  explicit TrainingSet(const Interactions& interactions, const TrainOptions& options = {});
  ~TrainingSet();
  TrainingSet(TrainingSet&& other) noexcept;
  TrainingSet& operator=(TrainingSet&& other) noexcept;

  /// What train() makes of the same interactions, bit for bit. Several threads may do so at once.
  /// Low pairs go with the interactions (store_interactions). No memory limit is applied.
  /// @throws Error as train(), and invalid_argument for another feedback or dislikes.
  [[nodiscard]] Model train(const TrainOptions& options, const TrainControl& control = {}) const;

  /// Training interactions of each user and item.
  [[nodiscard]] std::span<const std::int64_t> user_counts() const noexcept;
  [[nodiscard]] std::span<const std::int64_t> item_counts() const noexcept;
  /// Every value is 1: all confidences but `log` and `scaled` are then one.
  [[nodiscard]] bool all_ones() const noexcept;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Solves `users` anew from their whole histories, with the items as they are, and puts them into
/// the model; users it lacks are added at its end. Then fold-in of a history gives the stored row.
/// Histories replace the stored interactions of these users, where interactions are stored. The
/// mean value and the summary stay those of training.
///
/// @param histories  [users x items of the model], columns strictly rising within a row.
/// @throws Error as train(), and leaves the model as it was. O(model + entries).
void partial_fit_users(Model& model,
                       const IdTable& users,
                       const CsrMatrix& histories,
                       int threads = 0);

/// The same for items, from the users that touched them: [items x users of the model].
void partial_fit_items(Model& model,
                       const IdTable& items,
                       const CsrMatrix& audiences,
                       int threads = 0);

}  // namespace alsace
