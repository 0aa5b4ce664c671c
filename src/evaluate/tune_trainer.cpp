#include "evaluate/tune_trainer.h"

#include "alsace/error.h"

#include "base/random.h"
#include "evaluate/tune_options.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>

namespace alsace {
namespace {

/// More factors: those there are, and new ones small and random for items, 0 for users.
FactorTable grown(const FactorTable& from, int factors, std::optional<std::uint64_t> seed) {
  FactorTable table(from.rows(), factors);
  const double deviation = 0.1 / std::sqrt(static_cast<double>(factors));
  for (Index row = 0; row < from.rows(); ++row) {
    const std::span<const float> old = from.row(row);
    const std::span<float> values = table.row(row);
    std::ranges::copy(old, values.begin());
    const bool trained = std::ranges::any_of(old, [](float value) { return value != 0; });
    for (std::size_t i = old.size(); seed && trained && i < values.size(); ++i) {
      values[i] =
          static_cast<float>(deviation * random_normal(*seed, static_cast<std::uint64_t>(row), i));
    }
  }
  return table;
}

TrainOptions options_at(const TuneJob& job, std::size_t step, int threads) {
  TrainOptions options = job.options;
  options.factors = job.steps[step].factors;
  options.iterations = job.steps[step].iterations;
  options.threads = threads;
  return options;
}

}  // namespace

TuneTrainer::TuneTrainer(const Split& seen,
                         const TuneOptions& options,
                         const Metric& metric,
                         std::function<bool()> stop_requested)
    : options_(options),
      metric_(metric),
      stop_requested_(std::move(stop_requested)),
      users_(seen, options.hide_low, options.seed),
      set_(seen.train, options.base) {}

void TuneTrainer::begin(std::span<const TuneJob> jobs) {
  users_.take_sample(jobs.front().sampled);
  gains_.clear();
  // Those of other trials are never asked for again.
  std::erase_if(states_, [&](const auto& held) {
    return std::ranges::none_of(jobs, [&](const TuneJob& job) { return job.trial == held.first; });
  });
  if (jobs.front().steps.size() == 1) {
    states_.clear();
  }
}

void TuneTrainer::note(const TuneMeasured& measured) {
  const std::scoped_lock lock(mutex_);
  if (!measured.at.empty()) {
    gains_.push_back(measured.at.back().gain);
  }
}

TuneMeasured TuneTrainer::run(const TuneJob& job, int threads) {
  try {
    State start = start_of(job, threads);
    return train_and_measure(job, start, threads);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::numerical_failure && error.code() != ErrorCode::invalid_data) {
      throw;
    }
    return {.at = {}, .failure = error.what()};  // Others may still be good.
  }
}

std::shared_ptr<const Model> TuneTrainer::model_of(int trial, TrainOptions options) const {
  const auto found = finalists_.find(trial);
  if (found == finalists_.end()) {
    return nullptr;
  }
  options.threads = found->second->options.threads;
  return found->second->options == options ? found->second : nullptr;
}

/// What the step before left; made again where it was not kept.
TuneTrainer::State TuneTrainer::start_of(const TuneJob& job, int threads) {
  State state;
  if (job.steps.size() == 1) {
    return state;
  }
  {
    const std::scoped_lock lock(mutex_);
    const auto kept = states_.find(job.trial);
    if (kept != states_.end()) {
      state = std::move(kept->second);
      states_.erase(kept);
      return state;
    }
  }
  for (std::size_t step = 0; step + 1 < job.steps.size(); ++step) {
    Model model = set_.train(options_at(job, step, threads), control_from(job, step, state));
    stop_if_asked();
    state = {std::move(model.user_factors), std::move(model.item_factors)};
  }
  return state;
}

/// Begins with the factors of `state`, grown to as many as the step has.
TrainControl TuneTrainer::control_from(const TuneJob& job, std::size_t step, State& state) const {
  TrainControl control;
  control.store_interactions = false;
  control.summarize = false;
  control.close_roughly = job.stage < final_stage || !is_first_seed(job);
  control.stop_requested = stop_requested_;
  control.memory_limit = 0;
  if (state.items.rows() > 0) {
    const int factors = job.steps[step].factors;
    if (factors > state.items.factors()) {
      state.items = grown(state.items, factors, job.options.seed);
      state.users = grown(state.users, factors, {});
    }
    control.start_items = state.items;
    control.start_users = state.users;
  }
  return control;
}

TuneMeasured TuneTrainer::train_and_measure(const TuneJob& job, State& start, int threads) {
  TuneMeasured measured;
  const std::size_t step = job.steps.size() - 1;
  TrainControl control = control_from(job, step, start);
  control.snapshots.assign(job.counts.begin(), job.counts.end() - 1);
  control.snapshot = [&](const Model& model) {
    const std::shared_ptr<const Model> seen(std::shared_ptr<const void>(), &model);
    measured.at.push_back(measurement(seen, job, threads));
    measured.at.back().iterations = static_cast<int>(model.summary.objective.size());
  };
  const auto model = std::make_shared<Model>(set_.train(options_at(job, step, threads), control));
  stop_if_asked();
  measured.at.push_back(measurement(model, job, threads));
  measured.at.back().iterations = job.counts.back();
  stop_if_asked();
  const double gain = measured.at.back().gain;
  if (job.goes_on > 0) {
    keep(job, gain, {std::move(model->user_factors), std::move(model->item_factors)});
  } else if (job.stage == final_stage && is_first_seed(job)) {
    const std::scoped_lock lock(mutex_);
    finalists_.insert_or_assign(job.trial, model);
  }
  return measured;
}

bool TuneTrainer::is_first_seed(const TuneJob& job) const {
  return job.options.seed == options_.base.seed;
}

TuneMeasurement TuneTrainer::measurement(const std::shared_ptr<const Model>& model,
                                         const TuneJob& job,
                                         int threads) const {
  const Split& split = users_.split();
  Evaluation found =
      evaluate_on(users_.set(),
                  als_scorer(model, split),
                  split,
                  {.metrics = {metric_}, .hide_low = options_.hide_low, .threads = threads});
  const MetricValue& value = found.values.front();
  TuneMeasurement one{.value = value.mean,
                      .low = value.low.value_or(value.mean),
                      .high = value.high.value_or(value.mean),
                      .by_user = std::move(found.by_user.front())};
  if (is_error(metric_)) {
    users_.weigh_errors(found.rated_users, one.by_user);
  }
  one.gain = std::accumulate(one.by_user.begin(), one.by_user.end(), 0.0) /
             static_cast<double>(one.by_user.size());
  if (job.stage < final_stage) {
    one.by_user.clear();
  }
  return one;
}

void TuneTrainer::stop_if_asked() const {
  if (stop_requested_ && stop_requested_()) {
    throw Stopped{};
  }
}

/// Only states that may still go on are held: those of as many best ones as will.
void TuneTrainer::keep(const TuneJob& job, double gain, State state) {
  const std::scoped_lock lock(mutex_);
  const auto better = std::ranges::count_if(gains_, [&](double other) { return other > gain; });
  if (better >= job.goes_on) {
    return;
  }
  states_[job.trial] = std::move(state);
  state_gains_[job.trial] = gain;
  if (static_cast<int>(states_.size()) > job.goes_on) {
    const auto worst = std::ranges::min_element(
        states_, {}, [&](const auto& held) { return state_gains_[held.first]; });
    states_.erase(worst);
  }
}

}  // namespace alsace
