#include "evaluate_run.h"

#include "alsace/train.h"

#include "baselines.h"
#include "config.h"
#include "summary.h"

#include <chrono>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {

std::vector<OptionSet> option_sets(const EvaluateArguments& arguments) {
  std::vector<OptionSet> sets;
  for (const std::string& file : arguments.configs) {
    const Config config = read_config(file);
    sets.push_back({.name = file, .options = arguments.training.resolved(nullptr, &config)});
  }
  if (sets.empty()) {
    sets.push_back({.name = "als", .options = arguments.training.resolved()});
  }
  for (const OptionSet& set : sets) {
    if (set.options.dislikes) {
      refuse(
          "--dislikes is for train: what to rank below others has no metric here. Leave it out, or "
          "evaluate a model of train with --model.");
    }
    if (set.options.feedback != sets.front().options.feedback) {
      refuse(fmt::format("{} is for {} feedback, {} for {}. Compare those of one kind.",
                         sets.front().name,
                         to_string(sets.front().options.feedback),
                         set.name,
                         to_string(set.options.feedback)));
    }
  }
  return sets;
}

EvaluationRun::EvaluationRun(const EvaluateArguments& arguments,
                             std::vector<OptionSet> sets,
                             std::vector<Metric> metrics,
                             const Source& source,
                             Log& log)
    : arguments_(arguments),
      sets_(std::move(sets)),
      source_(source),
      log_(log),
      metrics_(std::move(metrics)),
      baselines_(baselines_of(arguments, metrics_)) {}

void EvaluationRun::all_seeds() {
  const int repeats = arguments_.repeats.value_or(1);
  for (int i = 0; i < repeats; ++i) {
    if (repeats > 1) {
      log_.note(fmt::format(
          "seed {} ({} of {})", arguments_.seed() + static_cast<std::uint64_t>(i), i + 1, repeats));
    }
    one_seed(static_cast<std::uint64_t>(i));
  }
}

std::vector<Comparison> EvaluationRun::differences() const {
  std::vector<Evaluation> evaluations;
  for (const Result& result : results_) {
    evaluations.push_back(result.evaluation);
  }
  return compare(
      evaluations, reference(), {.seed = arguments_.seed(), .threads = arguments_.threads()});
}

std::size_t EvaluationRun::reference() const {
  std::vector<std::string> names;
  for (const Result& result : results_) {
    names.push_back(result.evaluation.name);
  }
  return arguments_.reference ? reference_place(*arguments_.reference, names).value_or(0) : 0;
}

void EvaluationRun::one_seed(std::uint64_t repeat) {
  const std::uint64_t seed = arguments_.seed() + repeat;
  const Split split = source_.split_with(seed);
  if (results_.empty()) {
    facts_ = alsace::facts(split);
  }
  place_ = 0;
  // Baselines first names mistakes before minutes of training; the table still starts with als.
  std::vector<Result> of_baselines;
  for (const std::string& name : baselines_) {
    of_baselines.push_back(of_baseline(name, split, seed));
  }
  if (arguments_.trains() || !arguments_.configs.empty()) {
    for (const OptionSet& set : sets_) {
      keep(trained(set, split, repeat));
    }
  }
  for (const std::string& path : arguments_.models) {
    Scorer scorer = als_scorer(load_model(path), split);
    scorer.name = path;
    keep(measured(scorer, split, 0));
  }
  if (arguments_.recommendations) {
    keep(measured(list_scorer(*arguments_.recommendations, source_.lists()), split, 0));
  }
  for (Result& result : of_baselines) {
    keep(std::move(result));
  }
}

Result EvaluationRun::of_baseline(const std::string& name, const Split& split, std::uint64_t seed) {
  log_.status("baseline " + name);
  const auto start = std::chrono::steady_clock::now();
  const Scorer scorer = baseline(name, split, arguments_.of_baselines, seed, arguments_.threads());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return measured(scorer, split, taken.count());
}

Result EvaluationRun::trained(const OptionSet& set, const Split& split, std::uint64_t repeat) {
  const bool of_file = !arguments_.configs.empty();
  TrainOptions options = set.options;
  options.seed += repeat;
  if (of_file) {
    log_.note(set.name + ":");
  }
  TrainControl control;
  control.before_training = [&](const TrainSummary& summary) {
    if (repeat > 0) {
      return;  // Said with the first seed.
    }
    note_confidence(summary, options, log_);
    for (const std::string& warning : summary.warnings) {
      log_.warn(warning);
    }
  };
  control.after_iteration = [&](const IterationReport& report) {
    log_.status(fmt::format("training: iteration {}/{}, {} left",
                            report.iteration,
                            options.iterations,
                            duration((options.iterations - report.iteration) * report.seconds)));
    return true;
  };
  Model model = train(split.train, options, control);
  const double seconds =
      std::accumulate(model.summary.seconds.begin(), model.summary.seconds.end(), 0.0);
  log_.note(fmt::format("trained: {}, objective {}, {}",
                        plural(std::ssize(model.summary.objective), "iteration"),
                        objective_text(model.summary.final_objective),
                        duration(seconds)));
  Scorer scorer = als_scorer(std::move(model), split);
  scorer.name = set.name;
  Result result = measured(scorer, split, seconds);
  if (of_file) {
    result.options = options_json(set.options);
  }
  return result;
}

Result EvaluationRun::measured(const Scorer& scorer, const Split& split, double seconds) {
  log_.status("evaluating " + scorer.name);
  const EvaluateOptions options{.metrics = metrics_,
                                .hide_low = arguments_.hide_low,
                                .by_group = arguments_.by_group,
                                .threads = arguments_.threads(),
                                .seed = arguments_.seed()};
  Result result = measure(scorer, split, options, seconds);
  log_.clear_status();
  return result;
}

void EvaluationRun::keep(Result result) {
  std::vector<double> means;
  for (const MetricValue& value : result.evaluation.values) {
    means.push_back(value.mean);
  }
  if (place_ == results_.size()) {
    results_.push_back(std::move(result));
  }
  if (arguments_.repeats) {
    results_[place_].by_seed.push_back(std::move(means));
  }
  ++place_;
}

}  // namespace alsace::cli
