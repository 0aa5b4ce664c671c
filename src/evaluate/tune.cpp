#include "alsace/tune.h"

#include "alsace/error.h"
#include "alsace/train.h"

#include "base/hash.h"
#include "base/random.h"
#include "base/thread_pool.h"
#include "base/threads.h"
#include "evaluate/metrics.h"
#include "evaluate/tune_journal.h"
#include "evaluate/tune_search.h"
#include "evaluate/tune_space.h"
#include "evaluate/tune_users.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Above this many interactions candidates come one after the other, each with all threads: they
/// would compete for the caches, and memory holds only a few of them at a time.
constexpr std::int64_t most_at_once = 20'000'000;

/// Thrown by measuring when a stop was requested.
struct Stopped {};

/// The factors a step begins with.
struct State {
  FactorTable users;
  FactorTable items;
};

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

/// Trains and measures what the search asks for.
class Tuning {
 public:
  Tuning(const Split& seen, const TuneOptions& options, const TuneControl& control)
      : options_(options),
        control_(control),
        metric_(metric_of(options)),
        users_(seen, options.hide_low, options.seed),
        set_(seen.train, options.base),
        scale_(set_.user_counts(), set_.item_counts()),
        threads_(options.threads > 0 ? options.threads : available_threads()),
        journal_(control.journal, hash_of(seen, options), control.restart),
        search_(
            options,
            scale_,
            set_.all_ones(),
            [this](std::span<const TuneJob> jobs) { return measure(jobs); },
            [this] { return out_of_time(); },
            [this](const std::string& sentence) { note(sentence); }) {
    entries_ = seen.train.triplets.size();
    if (journal_.resumed()) {
      note(fmt::format("going on with the journal '{}'", control.journal.string()));
      notes_.clear();  // The result does not depend on it.
    }
  }

  TuneResult run() {
    std::string stopped;
    try {
      search_.run();
      stopped = search_.ended_early() ? "time" : "done";
    } catch (const Stopped&) {
      stopped = "interrupted";
    }
    TuneResult result{.metric = metric_,
                      .smaller_is_better = is_error(metric_),
                      .validation = search_.validation(),
                      .trials = search_.trials(),
                      .notes = notes_,
                      .stopped = stopped,
                      .seconds = elapsed(),
                      .model = {}};
    const int best = search_.best();
    if (best >= 0) {
      result.options = result.trials[static_cast<std::size_t>(best)].options;
      result.options.threads = options_.threads;
      result.model = model_of(best, result.options);
    } else if (stopped != "interrupted") {
      const std::string& why = result.trials.front().failure;
      throw Error(ErrorCode::numerical_failure,
                  "tune: no candidate could be trained. The first: " + why);
    }
    return result;
  }

 private:
  static bool is_error(const Metric& metric) {
    const MetricKind kind = kind_of(metric);
    return kind == MetricKind::rmse || kind == MetricKind::mae;
  }

  static Metric metric_of(const TuneOptions& options) {
    const bool is_explicit = options.base.feedback == Feedback::explicit_feedback;
    const Metric metric = options.metric.value_or(is_explicit ? Metric{.name = "rmse"}
                                                              : Metric{.name = "ndcg", .k = 10});
    const MetricKind kind = kind_of(metric);
    if (is_sampled(metric)) {
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("tune: {} ranks among candidates that a validation part does not have. "
                      "Choose for example ndcg@10.",
                      metric.to_string()));
    }
    if (kind == MetricKind::coverage || kind == MetricKind::personalization) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("tune: {} is a property of all lists together, the metric must be a "
                              "mean over users. Choose for example ndcg@10 or recall@20.",
                              metric.to_string()));
    }
    if (is_error(metric) && !is_explicit) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("tune: {} is for explicit feedback. Choose for example ndcg@10, or "
                              "tune --explicit.",
                              metric.to_string()));
    }
    return metric;
  }

  /// All that results depend on.
  static std::string hash_of(const Split& seen, const TuneOptions& options) {
    Hasher hasher;
    for (const IdTable* ids : {&seen.train.user_ids, &seen.train.item_ids}) {
      hasher.add(ids->bytes()).add(ids->offsets());
    }
    for (const Triplets* part :
         {&seen.train.triplets, &seen.train.low, &seen.test, &seen.fold_in}) {
      hasher.add(std::span<const Index>(part->users)).add(std::span<const Index>(part->items));
      hasher.add(std::span<const float>(part->values));
      hasher.add(fmt::format("|{}|", part->size()));
    }
    TrainOptions base = resolve(options.base);
    hasher.add(fmt::format("{} {} {} {} {} {} {} {} {} {}",
                           to_string(base.feedback),
                           to_string(base.solver),
                           base.tolerance,
                           base.log_epsilon,
                           base.dislikes,
                           base.nonnegative,
                           base.biases,
                           base.seed,
                           base.iterations,
                           base.factors));
    const TuneSpace& space = options.space;
    for (const TuneValues* values : {&space.factors,
                                     &space.regularization,
                                     &space.regularization_exponent,
                                     &space.iterations,
                                     &space.alpha,
                                     &space.unobserved_weight}) {
      hasher.add(fmt::format("|{}:", values->is_range));
      hasher.add(std::span<const double>(values->values));
    }
    std::string words;
    for (const Confidence word : space.confidences) {
      words += std::string(to_string(word)) + " ";
    }
    for (const RegularizationCount word : space.counts) {
      words += std::string(to_string(word)) + " ";
    }
    for (const bool word : space.biases) {
      words += word ? "yes " : "no ";
    }
    hasher.add(fmt::format("{}|{}|{}|{}|{}|{}|{}",
                           words,
                           metric_of(options).to_string(),
                           options.method == TuneMethod::grid ? "grid" : "halving",
                           options.trials,
                           options.seed,
                           options.seeds,
                           options.hide_low));
    return hex(hasher.digest());
  }

  [[nodiscard]] double elapsed() const {
    const std::chrono::duration<double> now = std::chrono::steady_clock::now() - start_;
    return journal_.elapsed() + now.count();
  }

  void note(const std::string& sentence) {
    notes_.push_back(sentence);
    if (control_.note) {
      control_.note(sentence);
    }
  }

  /// A resumed run decides as the first one did.
  bool out_of_time() {
    if (options_.time_limit <= 0) {
      return false;
    }
    const auto known = journal_.time_up(batches_);
    const bool up = known.value_or(elapsed() + seconds_of_final() > options_.time_limit);
    if (!known) {
      journal_.add_time_up(batches_, up, elapsed());
    }
    return up;
  }

  /// What the final would take at the pace so far: a third of all time is kept for it at least.
  [[nodiscard]] double seconds_of_final() const {
    return std::max(options_.time_limit / 3, pace() * search_.cost_of_final());
  }
  /// Seconds of a unit of cost.
  [[nodiscard]] double pace() const { return cost_done_ > 0 ? seconds_done_ / cost_done_ : 0; }

  std::vector<TuneMeasured> measure(std::span<const TuneJob> jobs) {
    ++batches_;
    keep_states_of(jobs);
    users_.take_sample(jobs.front().sampled);
    std::vector<TuneMeasured> found(jobs.size());
    std::vector<std::size_t> open;
    gains_.clear();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (auto known = journal_.find(jobs[i])) {
        found[i] = std::move(*known);
        note_gain(found[i]);
      } else {
        open.push_back(i);
      }
    }
    cost_of_batch_ = 0;
    for (const std::size_t i : open) {
      cost_of_batch_ += job_cost(jobs[i]);
    }
    // Long ones first, so that no thread ends long after the others.
    std::ranges::stable_sort(
        open, std::greater<>{}, [&](std::size_t i) { return job_cost(jobs[i]); });
    const std::size_t together = at_once(open.size());
    run(jobs, std::span(open).first(together), found, 1);
    run(jobs, std::span(open).subspan(together), found, threads_);
    return found;
  }

  /// How many of the jobs run side by side with one thread each; the rest follow with all threads.
  [[nodiscard]] std::size_t at_once(std::size_t jobs) const {
    const auto threads = static_cast<std::size_t>(threads_);
    return threads == 1 || entries_ > most_at_once ? 0 : jobs / threads * threads;
  }

  void run(std::span<const TuneJob> jobs,
           std::span<const std::size_t> places,
           std::vector<TuneMeasured>& found,
           int threads) {
    if (places.empty()) {
      return;
    }
    const int side_by_side = threads == 1 ? std::min(threads_, static_cast<int>(places.size())) : 1;
    const auto begin = std::chrono::steady_clock::now();
    double cost = 0;
    ThreadPool pool(side_by_side);
    pool.run(places.size(), [&](std::size_t i, int) {
      const TuneJob& job = jobs[places[i]];
      found[places[i]] = run_job(job, threads);
      const std::scoped_lock lock(mutex_);
      journal_.add(job, found[places[i]], elapsed());
      note_gain(found[places[i]]);
      cost += job_cost(job);
      cost_of_batch_ -= job_cost(job);
      report(begin, cost, job.trial);
    });
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    seconds_done_ += taken.count();
    cost_done_ += cost;
  }

  void report(std::chrono::steady_clock::time_point begin, double cost, int trial) {
    trials_begun_ = std::max(trials_begun_, trial + 1);
    if (!control_.progress) {
      return;
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    const double done = cost_done_ + cost;
    const double left = cost_of_batch_ + search_.cost_ahead();
    const int best = search_.best();
    control_.progress(
        {.share = done / (done + left),
         .seconds_left = left * (seconds_done_ + taken.count()) / done,
         .trials_begun = trials_begun_,
         .best = best < 0 ? nullptr : &search_.trials()[static_cast<std::size_t>(best)]});
  }

  TuneMeasured run_job(const TuneJob& job, int threads) {
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

  /// What the step before left; made again where it was not kept.
  State start_of(const TuneJob& job, int threads) {
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

  static TrainOptions options_at(const TuneJob& job, std::size_t step, int threads) {
    TrainOptions options = job.options;
    options.factors = job.steps[step].factors;
    options.iterations = job.steps[step].iterations;
    options.threads = threads;
    return options;
  }

  /// Begins with the factors of `state`, grown to as many as the step has.
  TrainControl control_from(const TuneJob& job, std::size_t step, State& state) const {
    TrainControl control;
    control.store_interactions = false;
    control.summarize = false;
    control.close_roughly = job.stage < final_stage || !is_first_seed(job);
    control.stop_requested = control_.stop_requested;
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

  TuneMeasured train_and_measure(const TuneJob& job, State& start, int threads) {
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

  [[nodiscard]] bool is_first_seed(const TuneJob& job) const {
    return job.options.seed == options_.base.seed;
  }

  /// The finalist's, unless fewer iterations of it were chosen.
  [[nodiscard]] std::shared_ptr<const Model> model_of(int trial, TrainOptions options) const {
    const auto found = finalists_.find(trial);
    if (found == finalists_.end()) {
      return nullptr;
    }
    options.threads = found->second->options.threads;
    return found->second->options == options ? found->second : nullptr;
  }

  TuneMeasurement measurement(const std::shared_ptr<const Model>& model,
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
    if (job.stage < 3) {
      one.by_user.clear();
    }
    return one;
  }

  void stop_if_asked() const {
    if (control_.stop_requested && control_.stop_requested()) {
      throw Stopped{};
    }
  }

  void note_gain(const TuneMeasured& measured) {
    if (!measured.at.empty()) {
      gains_.push_back(measured.at.back().gain);
    }
  }

  /// Only states that may still go on are held: those of as many best ones as will.
  void keep(const TuneJob& job, double gain, State state) {
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

  /// Those of other trials are never asked for again.
  void keep_states_of(std::span<const TuneJob> jobs) {
    std::erase_if(states_, [&](const auto& held) {
      return std::ranges::none_of(jobs,
                                  [&](const TuneJob& job) { return job.trial == held.first; });
    });
    if (jobs.front().steps.size() == 1) {
      states_.clear();
    }
  }

  const TuneOptions options_;
  const TuneControl& control_;
  Metric metric_;
  TuneUsers users_;
  TrainingSet set_;
  RegularizationScale scale_;
  int threads_;
  TuneJournal journal_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<std::string> notes_;
  Search search_;
  std::int64_t entries_ = 0;
  std::mutex mutex_;
  std::map<int, State> states_;  ///< By trial.
  std::map<int, double> state_gains_;
  std::map<int, std::shared_ptr<const Model>> finalists_;  ///< By trial, of the first seed.
  std::vector<double> gains_;                              ///< Of the batch.
  int batches_ = 0;
  int trials_begun_ = 0;
  double cost_of_batch_ = 0;
  double cost_done_ = 0;
  double seconds_done_ = 0;
};

void check(const TuneOptions& options) {
  const auto refuse = [](const std::string& message) {
    throw Error(ErrorCode::invalid_argument, "tune: " + message);
  };
  if (options.trials < 1 || options.trials > 100'000) {
    refuse(fmt::format("trials is {}, it must be 1 to 100,000. Start with 30.", options.trials));
  }
  if (options.seeds < 1 || options.seeds > 1000) {
    refuse(fmt::format("seeds is {}, it must be 1 to 1000. Start with 3.", options.seeds));
  }
  if (!std::isfinite(options.time_limit) || options.time_limit < 0) {
    refuse(
        fmt::format("time_limit is {}, it must be 0 (none) or more seconds.", options.time_limit));
  }
  if (options.threads < 0 || options.threads > ThreadPool::most_threads) {
    refuse(fmt::format(
        "threads is {}, it must be 0 (all) to {}.", options.threads, ThreadPool::most_threads));
  }
}

}  // namespace

TuneResult tune(const Split& seen, const TuneOptions& options, const TuneControl& control) {
  check(options);
  return Tuning(seen, options, control).run();
}

}  // namespace alsace
