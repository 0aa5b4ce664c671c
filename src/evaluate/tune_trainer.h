#pragma once

#include "alsace/factors.h"
#include "alsace/model.h"
#include "alsace/train.h"
#include "alsace/tune.h"

#include "evaluate/tune_schedule.h"
#include "evaluate/tune_users.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace alsace {

/// Thrown by measuring when a stop was requested.
struct Stopped {};

/// Trains what a job asks for and measures it; keeps the factors that a later job goes on from.
/// Jobs of one batch may run on several threads.
class TuneTrainer {
 public:
  TuneTrainer(const Split& seen,
              const TuneOptions& options,
              const Metric& metric,
              std::function<bool()> stop_requested);

  [[nodiscard]] const TrainingSet& set() const noexcept { return set_; }

  /// Before the jobs of a batch.
  void begin(std::span<const TuneJob> jobs);
  /// What a job of the batch gave: it decides which factors are kept.
  void note(const TuneMeasured& measured);
  /// @throws Stopped; Error, but for what is the candidate's own failure.
  TuneMeasured run(const TuneJob& job, int threads);

  /// The finalist's, of the first seed, unless fewer iterations of it were chosen; or null.
  [[nodiscard]] std::shared_ptr<const Model> model_of(int trial, TrainOptions options) const;

 private:
  /// The factors a step begins with.
  struct State {
    FactorTable users;
    FactorTable items;
  };

  State start_of(const TuneJob& job, int threads);
  TrainControl control_from(const TuneJob& job, std::size_t step, State& state) const;
  TuneMeasured train_and_measure(const TuneJob& job, State& start, int threads);
  TuneMeasurement measurement(const std::shared_ptr<const Model>& model,
                              const TuneJob& job,
                              int threads) const;
  void keep(const TuneJob& job, double gain, State state);
  [[nodiscard]] bool is_first_seed(const TuneJob& job) const;
  void stop_if_asked() const;

  const TuneOptions options_;
  Metric metric_;
  std::function<bool()> stop_requested_;
  TuneUsers users_;
  TrainingSet set_;
  std::mutex mutex_;
  std::map<int, State> states_;  ///< By trial.
  std::map<int, double> state_gains_;
  std::map<int, std::shared_ptr<const Model>> finalists_;  ///< By trial, of the first seed.
  std::vector<double> gains_;                              ///< Of the batch.
};

}  // namespace alsace
