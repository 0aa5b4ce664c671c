#include "tune.h"

#include "alsace/error.h"
#include "alsace/tune.h"

#include "options.h"

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace alsace::python {
namespace {

/// Looks for Ctrl-C on the calling thread, the only one on which Python's handlers run, and keeps
/// what they or a callback raise: then the search ends.
class Watcher {
 public:
  bool stop_requested() {
    if (!stopped_ && std::this_thread::get_id() == caller_) {
      const nb::gil_scoped_acquire locked;
      if (PyErr_CheckSignals() != 0) {
        keep(nb::python_error());
      }
    }
    return stopped_;
  }

  template <class Call>
  void guarded(Call call) {
    const nb::gil_scoped_acquire locked;
    if (stopped_) {
      return;
    }
    try {
      call();
    } catch (nb::python_error& error) {
      keep(std::move(error));
    }
  }

  nb::object raised() { return raised_ ? nb::borrow(raised_->value()) : nb::none(); }

 private:
  void keep(nb::python_error error) {
    raised_.emplace(std::move(error));
    stopped_ = true;
  }

  std::thread::id caller_ = std::this_thread::get_id();
  std::optional<nb::python_error> raised_;
  std::atomic<bool> stopped_ = false;
};

/// (numbers, whether they are the ends of a range)
TuneValues values_of(const nb::dict& given, const char* name) {
  TuneValues values;
  if (given.contains(name)) {
    const auto pair = nb::cast<nb::tuple>(given[name]);
    values.values = nb::cast<std::vector<double>>(pair[0]);
    values.is_range = nb::cast<bool>(pair[1]);
  }
  return values;
}

template <class Enum>
std::vector<Enum> words_of(const nb::dict& given, const char* name) {
  std::vector<Enum> words;
  if (given.contains(name)) {
    for (const std::string& word : nb::cast<std::vector<std::string>>(given[name])) {
      words.push_back(parse<Enum>(word));
    }
  }
  return words;
}

TuneOptions tune_options(const nb::dict& given) {
  TuneOptions options{.base = train_options(nb::cast<nb::dict>(given["base"]))};
  if (!given["metric"].is_none()) {
    const auto metrics = parse_metrics(nb::cast<std::string>(given["metric"]));
    if (metrics.size() != 1) {
      throw Error(ErrorCode::invalid_argument, "tune: metric must be one, for example ndcg@10.");
    }
    options.metric = metrics.front();
  }
  options.method =
      nb::cast<std::string>(given["method"]) == "grid" ? TuneMethod::grid : TuneMethod::halving;
  options.trials = nb::cast<int>(given["trials"]);
  options.seeds = nb::cast<int>(given["seeds"]);
  options.seed = options.base.seed;
  options.threads = options.base.threads;
  options.hide_low = nb::cast<bool>(given["hide_low"]);
  options.time_limit = nb::cast<double>(given["time_limit"]);
  const auto space = nb::cast<nb::dict>(given["space"]);
  options.space = {.factors = values_of(space, "factors"),
                   .regularization = values_of(space, "regularization"),
                   .regularization_exponent = values_of(space, "regularization_exponent"),
                   .iterations = values_of(space, "iterations"),
                   .alpha = values_of(space, "alpha"),
                   .unobserved_weight = values_of(space, "unobserved_weight"),
                   .confidences = words_of<Confidence>(space, "confidence"),
                   .counts = words_of<RegularizationCount>(space, "regularization_count"),
                   .biases = {}};
  if (space.contains("biases")) {
    options.space.biases = nb::cast<std::vector<bool>>(space["biases"]);
  }
  return options;
}

nb::dict trial_dict(const TuneTrial& trial) {
  nb::dict out;
  out["trial"] = trial.number;
  out["origin"] = trial.origin;
  out["options"] = options_dict(trial.options);
  out["strength"] = trial.strength;
  out["stage"] = trial.stage;
  out["value"] = trial.value;
  out["measured_factors"] = trial.factors;
  out["measured_iterations"] = trial.iterations;
  out["by_seed"] = trial.by_seed;
  out["failure"] = trial.failure;
  out["chosen"] = trial.chosen;
  return out;
}

nb::dict result_dict(const TuneResult& result) {
  nb::list trials;
  for (const TuneTrial& trial : result.trials) {
    trials.append(trial_dict(trial));
  }
  nb::dict out;
  out["options"] = options_dict(result.options);
  out["metric"] = result.metric.to_string();
  out["smaller_is_better"] = result.smaller_is_better;
  out["validation"] =
      nb::make_tuple(result.validation.mean, result.validation.low, result.validation.high);
  out["trials"] = std::move(trials);
  out["notes"] = result.notes;
  out["stopped"] = result.stopped;
  out["seconds"] = result.seconds;
  return out;
}

}  // namespace

nb::tuple tune_on(const Split& seen, const nb::dict& given, const nb::dict& given_control) {
  const TuneOptions options = tune_options(given);
  const nb::object progress = given_control["progress"];
  const nb::object note = given_control["note"];
  Watcher watcher;
  TuneControl control;
  control.stop_requested = [&] { return watcher.stop_requested(); };
  control.journal = nb::cast<std::string>(given_control["journal"]);
  control.restart = nb::cast<bool>(given_control["restart"]);
  if (!progress.is_none()) {
    control.progress = [&](const TuneProgress& now) {
      watcher.guarded([&] {
        progress(now.share, now.seconds_left, now.best == nullptr ? -1.0 : now.best->value);
      });
    };
    control.note = [&](const std::string& sentence) { watcher.guarded([&] { note(sentence); }); };
  }
  TuneResult result;
  {
    const nb::gil_scoped_release unlocked;
    result = tune(seen, options, control);
  }
  return nb::make_tuple(result_dict(result), watcher.raised());
}

}  // namespace alsace::python
