#pragma once

#include "alsace/evaluate.h"
#include "alsace/interactions.h"
#include "alsace/model.h"
#include "alsace/options.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alsace {

/// What a search may choose an option from.
struct TuneValues {
  std::vector<double> values = {};  ///< Empty: the search's own range, which it may widen.
  bool is_range = false;            ///< values are {low, high}, and all between them.

  [[nodiscard]] bool given() const noexcept { return !values.empty(); }
};

/// What is searched. Options that are not given have ranges of the search's own; options that have
/// no use with the feedback must not be given.
struct TuneSpace {
  TuneValues factors = {};
  TuneValues regularization = {};           ///< Given: lambda itself, whatever the exponent.
  TuneValues regularization_exponent = {};  ///< Within 0 to 4.
  TuneValues iterations = {};
  TuneValues alpha = {};
  TuneValues unobserved_weight = {};
  std::vector<Confidence> confidences = {};
  std::vector<RegularizationCount> counts = {};
  std::vector<bool> biases = {};  ///< Explicit feedback.
};

/// How candidates are found.
enum class TuneMethod {
  halving,  ///< Random ones, of which the better third goes on, then others near the best.
  grid      ///< Every combination of the lists given.
};

struct TuneOptions {
  TrainOptions base = {};  ///< Feedback, and what is not searched: solver, tolerance, log_epsilon,
                           ///< dislikes, nonnegative. Its seed is that of the first start.
  std::optional<Metric> metric = {};  ///< A mean over users, or rmse, mae. Unset: ndcg@10, explicit
                                      ///< feedback rmse.
  TuneMethod method = TuneMethod::halving;
  int trials = 30;  ///< Candidates of TuneMethod::halving, >= 1.
  TuneSpace space = {};
  std::uint64_t seed = 42;  ///< Of the candidates that are drawn.
  int seeds = 3;            ///< Starts over which finalists are averaged, >= 1.
  int threads = 0;          ///< 0: all. Never changes the result.
  bool hide_low = false;    ///< As in EvaluateOptions.
  double time_limit = 0;    ///< Seconds after which no more candidates are tried; 0: none.
};

/// One candidate, and how far it came.
struct TuneTrial {
  int number = 0;             ///< From 0, in the order of trying.
  std::string origin = {};    ///< "default", "preset" ("biases" for ratings), "drawn",
                              ///< "near", "doubled", "widened", "grid".
  TrainOptions options = {};  ///< Resolved; its iterations are those found best, of finalists.
  double strength = 0;        ///< Mean l_u over users and items.
  int stage = -1;             ///< Measured in: 0, 1, 2 the rungs, 3 the final; -1: not at all.
  int factors = 0;            ///< Of that measurement.
  int iterations = 0;
  double value = 0;  ///< Of the metric; of finalists the mean over seeds.
  /// Of finalists: the first as evaluate() gives it, the others closed as roughly as a rung.
  std::vector<double> by_seed = {};
  std::string failure = {};  ///< Why it could not be trained.
  bool chosen = false;
};

/// What a search found.
struct TuneResult {
  TrainOptions options = {};  ///< Those chosen, resolved.
  Metric metric = {};
  bool smaller_is_better = false;
  MetricValue validation = {};  ///< Of the chosen ones, all three numbers averaged over seeds.
  std::vector<TuneTrial> trials = {};   ///< In the order of trying.
  std::vector<std::string> notes = {};  ///< Sentences: ranges that were widened, and the like.
  std::string stopped = {};  ///< "done", "time" (the limit came first) or "interrupted": then what
                             ///< is known so far, and options are those of the best trial so far.
  double seconds = 0;        ///< Of all runs that were resumed, too.
  /// The model of the chosen options on the training part, as train() makes it, but without
  /// interactions and figures of confidence; null where the search has none at hand.
  std::shared_ptr<const Model> model = {};
};

/// How far a search has come.
struct TuneProgress {
  double share = 0;  ///< Of the work, in [0, 1].
  double seconds_left = 0;
  int trials_begun = 0;
  const TuneTrial* best = nullptr;  ///< So far, or null. Valid during the call.
};

struct TuneControl {
  std::function<void(const TuneProgress&)> progress = {};  ///< After each training; by any thread,
                                                           ///< one at a time, as the next.
  std::function<void(const std::string&)> note = {};       ///< Gets TuneResult::notes as they come.
  std::function<bool()> stop_requested = {};  ///< Asked after each half-step, by several threads.
  /// What was measured is written here line by line, so that the same call goes on after a crash.
  /// Another call's journal is refused, unless `restart` lets it be overwritten.
  std::filesystem::path journal = {};
  bool restart = false;
};

/// The options with a metric: ndcg@10 where there is none, with explicit feedback rmse.
/// @throws Error invalid_argument for numbers out of range, values of the space included, and for a
///         metric that is no mean over users or not of this feedback.
TuneOptions resolve(TuneOptions options);

/// Searches the options that are best by the metric on a validation part, which is seen.test (and
/// seen.fold_in): nothing else is looked at. docs/adr/0017-tuning.md describes the search. The same
/// result for any number of threads, and after any number of interruptions, unless there is a time
/// limit.
/// @throws Error invalid_argument for options that make no sense, or another call's journal;
///         invalid_data as train() and evaluate(); io_error when the journal cannot be written.
TuneResult tune(const Split& seen,
                const TuneOptions& options = {},
                const TuneControl& control = {});

/// What tuning may see of a split: trained on split.train, measured on split.valid. Without a
/// validation part one is held out of the training part by the same method and a seed derived from
/// `how.seed`; split.test is not looked at.
Split validation_split(const Split& split, const SplitOptions& how);

/// The split with its validation part trained on: all but the test.
Split with_validation(Split split);

/// All of it, to train the model that is used.
Interactions all_of(Split split);

}  // namespace alsace
