#include "alsace/tune.h"

#include "alsace/error.h"

#include "base/thread_pool.h"
#include "base/threads.h"
#include "evaluate/tune_journal.h"
#include "evaluate/tune_options.h"
#include "evaluate/tune_search.h"
#include "evaluate/tune_space.h"
#include "evaluate/tune_trainer.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Above this many interactions candidates come one after the other, each with all threads: they
/// would compete for the caches, and memory holds only a few of them at a time.
constexpr std::int64_t most_at_once = 20'000'000;

/// The search, its journal, and how its jobs share the threads.
class Tuning {
 public:
  Tuning(const Split& seen, const TuneOptions& options, const TuneControl& control)
      : options_(options),
        control_(control),
        metric_(*options.metric),
        trainer_(seen, options, metric_, control.stop_requested),
        scale_(trainer_.set().user_counts(), trainer_.set().item_counts()),
        threads_(options.threads > 0 ? options.threads : available_threads()),
        journal_(control.journal, hash_of(seen, options), control.restart),
        search_(
            options,
            scale_,
            trainer_.set().all_ones(),
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
      result.model = trainer_.model_of(best, result.options);
    } else if (stopped != "interrupted") {
      const std::string& why = result.trials.front().failure;
      throw Error(ErrorCode::numerical_failure,
                  "tune: no candidate could be trained. The first: " + why);
    }
    return result;
  }

 private:
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
    trainer_.begin(jobs);
    std::vector<TuneMeasured> found(jobs.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (auto known = journal_.find(jobs[i])) {
        found[i] = std::move(*known);
        trainer_.note(found[i]);
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
      found[places[i]] = trainer_.run(job, threads);
      const std::scoped_lock lock(mutex_);
      journal_.add(job, found[places[i]], elapsed());
      trainer_.note(found[places[i]]);
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

  const TuneOptions options_;
  const TuneControl& control_;
  Metric metric_;
  TuneTrainer trainer_;
  RegularizationScale scale_;
  int threads_;
  TuneJournal journal_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<std::string> notes_;
  Search search_;
  std::int64_t entries_ = 0;
  std::mutex mutex_;
  int batches_ = 0;
  int trials_begun_ = 0;
  double cost_of_batch_ = 0;
  double cost_done_ = 0;
  double seconds_done_ = 0;
};

}  // namespace

TuneResult tune(const Split& seen, const TuneOptions& options, const TuneControl& control) {
  return Tuning(seen, resolve(options), control).run();
}

}  // namespace alsace
