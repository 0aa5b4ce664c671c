#include "alsace/train.h"

#include "alsace/error.h"

#include "base/process.h"
#include "base/thread_pool.h"
#include "matrix/csr.h"
#include "matrix/entries.h"
#include "solve/eigenbasis.h"
#include "solve/gram.h"
#include "solve/half_step.h"
#include "train/extrapolation.h"
#include "train/memory.h"
#include "train/run.h"
#include "train/start.h"
#include "train/training_data.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// What the model holds of the data but for its counts, and factors of 0.
void take_data(Model& model, const TrainingData& data) {
  const TrainOptions& options = model.options;
  model.user_factors = FactorTable(model.user_ids.size(), options.factors);
  model.item_factors = FactorTable(model.item_ids.size(), options.factors);
  if (options.biases) {
    model.user_biases.assign(at(model.user_ids.size()), 0.0F);
    model.item_biases.assign(at(model.item_ids.size()), 0.0F);
  }
  model.value_mean = data.value_mean;
  model.value_min = data.value_min;
  model.value_max = data.value_max;
  model.data_hash = data.hash;
  model.complete = false;
}

/// Rows too small to show in any score become 0. Items that only each other's users know can fall
/// towards 0 for ever; below float's normal range their users' systems could not be solved well.
void drop_vanished(FactorTable& factors) {
  constexpr float vanished = 1e-20F;
  for (Index row = 0; row < factors.rows(); ++row) {
    const std::span<float> values = factors.row(row);
    if (std::ranges::all_of(values, [](float value) { return std::abs(value) < vanished; })) {
      std::ranges::fill(values, 0.0F);
    }
  }
}

/// A run of hours is not lost to a full disk.
void save_checkpoint(const Model& model, const TrainControl& control) {
  try {
    save_model(model, control.checkpoint);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io_error || !control.checkpoint_failed) {
      throw;
    }
    control.checkpoint_failed(error.what());
  }
}

/// One run over the data: the loop of alternating half-steps, then the closing one.
class Training {
 public:
  Training(Model& model, const ObservedData& data, const TrainControl& control)
      : model_(model),
        data_(data),
        control_(control),
        pool_(model.options.threads),
        weights_(weights_of(data.by_item, model.options)) {}

  void run() {
    model_.summary.threads = pool_.workers();
    if (control_.before_training) {
      control_.before_training(model_.summary);
    }
    if (has_converged()) {
      model_.summary.stopped = "tolerance";  // A checkpoint of a run that was about to close.
    }
    while (model_.summary.stopped.empty() && iterations_done() < model_.options.iterations) {
      iterate();
    }
    if (model_.summary.stopped.empty()) {
      model_.summary.stopped = "iterations";
    }
    close();
  }

 private:
  [[nodiscard]] int iterations_done() const {
    return static_cast<int>(model_.summary.objective.size());
  }
  [[nodiscard]] Side users() {
    return {.factors = model_.user_factors.view(), .biases = model_.user_biases};
  }
  [[nodiscard]] Side items() {
    return {.factors = model_.item_factors.view(), .biases = model_.item_biases};
  }

  /// Solves all users; the objective without the items' regularization.
  double solve_users(Effort effort) {
    return half_step(data_.by_user,
                     items(),
                     users(),
                     model_.options,
                     data_.trained_items,
                     effort,
                     weights_,
                     pool_,
                     [this](Index row) { return fmt::format("user '{}'", model_.user_ids[row]); });
  }
  double solve_items(Effort effort) {
    const double value =
        half_step(data_.by_item,
                  users(),
                  items(),
                  model_.options,
                  data_.trained_users,
                  effort,
                  weights_,
                  pool_,
                  [this](Index row) { return fmt::format("item '{}'", model_.item_ids[row]); });
    drop_vanished(model_.item_factors);
    return value;
  }
  /// Of the factors as they are stored, in float64: a pass over the data of its own.
  double stored_objective() {
    return objective(data_.by_user, users(), items(), model_.options, pool_);
  }
  double user_penalty() {
    return penalty(users(), model_.user_counts, model_.options, data_.trained_items, pool_);
  }
  static double checked(double objective) {
    if (!std::isfinite(objective)) {
      throw Error(
          ErrorCode::numerical_failure,
          "train: the factors have grown beyond what float can hold. Raise regularization.");
    }
    return objective;
  }

  [[nodiscard]] bool stop_requested() const {
    return control_.stop_requested && control_.stop_requested();
  }

  /// All users, then all items; says in the summary when training is to end.
  void iterate() {
    const Stopwatch clock;
    const Effort effort = model_.options.solver == Solver::exact ? Effort::exact : Effort::rough;
    start_beyond();
    solve_users(effort);
    if (stop_requested()) {
      // Half an iteration: the closing half-step makes users fit the items again, as solved.
      if (model_.previous_item_factors.rows() > 0) {
        model_.item_factors = std::move(model_.previous_item_factors);
      }
      model_.summary.stopped = "interrupted";
      return;
    }
    const double rows = solve_items(effort);
    const double value = checked(rows + user_penalty());
    model_.summary.objective.push_back(value);
    model_.summary.seconds.push_back(clock.seconds());
    write_checkpoint();
    give_snapshot();
    const IterationReport report{.iteration = iterations_done(),
                                 .seconds = model_.summary.seconds.back(),
                                 .objective = value};
    const bool go_on = !control_.after_iteration || control_.after_iteration(report);
    const bool more = iterations_done() < model_.options.iterations;
    if (has_converged()) {
      model_.summary.stopped = "tolerance";
    } else if (!go_on || (more && stop_requested())) {
      model_.summary.stopped = "interrupted";
    }
  }

  /// Item factors move on as the last iteration moved them; the objective then takes about a third
  /// fewer iterations to the same value (docs/adr/0009-extrapolation.md).
  void start_beyond() {
    if (!extrapolates(model_.options)) {
      return;
    }
    if (model_.previous_item_factors.rows() > 0) {
      extrapolate(model_.item_factors,
                  model_.previous_item_factors,
                  momentum(model_.summary.objective),
                  pool_);
    } else {
      model_.previous_item_factors = model_.item_factors;
    }
  }

  /// Did the last iteration lower the objective by less than the tolerance?
  [[nodiscard]] bool has_converged() const {
    const auto& objective = model_.summary.objective;
    if (model_.options.tolerance == 0 || objective.size() < 2) {
      return false;
    }
    const double before = objective[objective.size() - 2];
    return before - objective.back() < model_.options.tolerance * before;
  }

  void write_checkpoint() {
    if (!control_.checkpoint.empty() && iterations_done() % control_.checkpoint_every == 0) {
      save_checkpoint(model_, control_);
    }
  }

  /// The model as it would be closed here; then back to what iterations go on from.
  void give_snapshot() {
    if (!std::ranges::binary_search(control_.snapshots, iterations_done())) {
      return;
    }
    const FactorTable users = model_.user_factors;
    const std::vector<float> biases = model_.user_biases;
    FactorTable previous = std::exchange(model_.previous_item_factors, {});
    close_users();
    model_.complete = true;
    control_.snapshot(model_);
    model_.complete = false;
    model_.user_factors = users;
    model_.user_biases = biases;
    model_.previous_item_factors = std::move(previous);
  }

  /// Users once more, closely: then fold-in of a user's own history gives the stored row.
  void close_users() {
    solve_users(model_.options.solver == Solver::exact ? Effort::exact
                : control_.close_roughly               ? Effort::rough
                                                       : Effort::closing);
  }

  void close() {
    model_.previous_item_factors = FactorTable();
    close_users();
    if (control_.summarize) {
      model_.spectrum = eigenvalues(gram(model_.item_factors, pool_));
      model_.summary.final_objective = checked(stored_objective());
    }
    model_.summary.peak_memory_bytes = peak_memory_bytes();
    model_.complete = true;
  }

  Model& model_;
  const ObservedData& data_;
  const TrainControl& control_;
  ThreadPool pool_;
  Weights weights_;
};

void check_control(const TrainControl& control) {
  const bool starts = control.start_users.data != nullptr || control.start_items.data != nullptr;
  if ((control.resume != nullptr) + (control.warm_start != nullptr) + (starts ? 1 : 0) > 1) {
    throw Error(ErrorCode::invalid_argument,
                "train: a run resumes a checkpoint, starts from a model or from given factors. "
                "Give one.");
  }
  if (control.checkpoint_every < 1) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("train: checkpoint_every is {}, it must be 1 or more.",
                            control.checkpoint_every));
  }
  if (!control.snapshots.empty() &&
      (!control.snapshot || !std::ranges::is_sorted(control.snapshots))) {
    throw Error(ErrorCode::invalid_argument,
                "train: snapshots are iteration counts that rise, and go with snapshot().");
  }
}

}  // namespace

Model new_model(const TrainOptions& options, const TrainControl& control) {
  Model model;
  model.options = resolve(options);
  check_control(control);
  return model;
}

void run_training(Model& model,
                  const TrainingData& data,
                  const ObservedData& observed,
                  const TrainControl& control) {
  take_data(model, data);
  if (control.resume != nullptr) {
    take_checkpoint(*control.resume, model);
  } else {
    draw_start(model);
    if (control.warm_start != nullptr) {
      take_start(*control.warm_start, model);
    }
    take_factors(control.start_users, "users", model.options, model.user_factors);
    take_factors(control.start_items, "items", model.options, model.item_factors);
  }
  if (control.summarize) {
    describe(data, observed.by_user, model.options, model.summary);
  }
  Training(model, observed, control).run();
}

namespace {

/// The rest of train(), on a model that has options, ids and low pairs.
Model train_on(Model model, TrainingData data, const TrainControl& control) {
  model.user_counts = std::move(data.user_counts);
  model.item_counts = std::move(data.item_counts);
  run_training(model, data, observed(data, model.options), control);
  if (control.store_interactions) {
    model.interactions = take_interactions(data);
  }
  return model;
}

/// train(); what is given by && is moved from, and released as soon as it is not needed.
template <class Given>
Model train_triplets(Given&& given, const TrainOptions& options, const TrainControl& control) {
  Model model = new_model(options, control);
  constexpr bool kept = std::is_lvalue_reference_v<Given>;
  check_memory(given_data(given), kept, model.options, control.memory_limit);
  model.user_ids = std::forward<Given>(given).user_ids;
  model.item_ids = std::forward<Given>(given).item_ids;
  if (!given.low.users.empty()) {
    model.low =
        to_csr(std::forward<Given>(given).low, model.user_ids.size(), model.item_ids.size());
    release(model.low.values);
  }
  TrainingData data = prepare_training(
      std::forward<Given>(given).triplets, model.user_ids, model.item_ids, model.options);
  return train_on(std::move(model), std::move(data), control);
}

/// Ids as given, or row numbers where there are none.
IdTable named_rows(IdTable&& ids, Index rows) {
  return ids.empty() ? IdTable::numbered(rows) : std::move(ids);
}

}  // namespace

Model train(const Interactions& interactions,
            const TrainOptions& options,
            const TrainControl& control) {
  return train_triplets(interactions, options, control);
}

Model train(Interactions&& interactions, const TrainOptions& options, const TrainControl& control) {
  return train_triplets(std::move(interactions), options, control);
}

Model train(CsrInteractions interactions,
            const TrainOptions& options,
            const TrainControl& control) {
  Model model = new_model(options, control);
  check_memory(given_data(interactions), false, model.options, control.memory_limit);
  model.user_ids = named_rows(std::move(interactions.user_ids), interactions.matrix.rows);
  model.item_ids = named_rows(std::move(interactions.item_ids), interactions.matrix.columns);
  model.low = std::move(interactions.low);
  TrainingData data = prepare_training(
      std::move(interactions.matrix), model.user_ids, model.item_ids, model.options);
  return train_on(std::move(model), std::move(data), control);
}

}  // namespace alsace
