#include "alsace/evaluate.h"
#include "alsace/train.h"

#include "commands.h"
#include "data.h"
#include "evaluate_arguments.h"
#include "evaluation.h"
#include "lists.h"
#include "summary.h"

#include <array>
#include <fstream>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

/// The data, and how to split it for a seed.
class Source {
 public:
  Source(const EvaluateArguments& arguments, Feedback feedback, int threads, Log& log)
      : arguments_(arguments), feedback_(feedback), threads_(threads), log_(log) {
    if (arguments.given_split()) {
      read_parts();
    } else {
      whole_ =
          read_data(to_paths(arguments.files), arguments.reading, feedback, threads, log, report_);
      choose_split();
    }
    if (arguments.recommendations) {
      read_lists();
    }
  }

  [[nodiscard]] Split split_with(std::uint64_t seed) const {
    if (arguments_.given_split()) {
      return given_;
    }
    SplitOptions options = options_;
    options.seed = seed;
    return split(whole_, options);
  }

  /// A split made elsewhere is the same for every seed.
  [[nodiscard]] std::string name() const {
    return arguments_.given_split() ? "given" : split_word(options_.method);
  }
  [[nodiscard]] const Triplets& lists() const noexcept { return lists_; }
  [[nodiscard]] const DataReport& report() const noexcept { return report_; }

 private:
  void choose_split() {
    const bool timed = !whole_.triplets.times.empty();
    options_.method =
        arguments_.split.value_or(timed ? SplitMethod::leave_last_two : SplitMethod::random);
    options_.test_fraction = arguments_.test_fraction.value_or(options_.test_fraction);
  }

  void read_parts() {
    const PrepareOptions prepare_options = arguments_.reading.prepare_options(feedback_);
    Interactions& train = given_.train;
    std::array<Triplets, 3> parts;
    const std::array files = {&arguments_.train, &arguments_.valid, &arguments_.test};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!files[i]->empty()) {
        parts[i] = read_with_progress(to_paths(*files[i]),
                                      arguments_.reading.read_options(feedback_, threads_),
                                      train.user_ids,
                                      train.item_ids,
                                      log_,
                                      report_);
      }
    }
    train.low = prepare(parts, train.user_ids, train.item_ids, prepare_options, &report_.prepared);
    train.triplets = std::move(parts[0]);
    given_.valid = std::move(parts[1]);
    given_.test = std::move(parts[2]);
  }

  /// Items that only the lists name join the catalogue: they take a place in a list and miss.
  /// Users that only the lists name have nothing to be tested on.
  void read_lists() {
    ReadOptions options = arguments_.reading.read_options(Feedback::explicit_feedback, threads_);
    options.columns = list_columns();
    IdTable user_ids = given_.train.user_ids;
    const Triplets read = read_with_progress(Paths{*arguments_.recommendations},
                                             options,
                                             user_ids,
                                             given_.train.item_ids,
                                             log_,
                                             report_);
    for (std::size_t i = 0; i < read.users.size(); ++i) {
      if (read.users[i] < given_.train.user_ids.size()) {
        lists_.users.push_back(read.users[i]);
        lists_.items.push_back(read.items[i]);
        if (!read.values.empty()) {
          lists_.values.push_back(read.values[i]);
        }
      }
    }
  }

  /// As `recommend --out` writes them, by name; else positions.
  [[nodiscard]] std::vector<std::string> list_columns() const {
    std::ifstream file(*arguments_.recommendations);
    std::string header;
    std::getline(file, header);
    const auto has = [&](std::string_view name) { return header.find(name) != std::string::npos; };
    return has("user") && has("item") && has("score")
               ? std::vector<std::string>{"user", "item", "score"}
               : std::vector<std::string>{};
  }

  const EvaluateArguments& arguments_;
  Feedback feedback_;
  int threads_;
  Log& log_;
  Interactions whole_;
  SplitOptions options_;
  Split given_;
  Triplets lists_;
  DataReport report_;
};

/// Evaluates everything asked for, once per seed.
class Run {
 public:
  Run(const EvaluateArguments& arguments,
      const TrainOptions& options,
      const Source& source,
      Log& log)
      : arguments_(arguments),
        options_(options),
        source_(source),
        log_(log),
        metrics_(metrics_of(arguments, options_.feedback)),
        baselines_(baselines_of(arguments, metrics_)) {}

  void all_seeds() {
    const int repeats = arguments_.repeats.value_or(1);
    for (int i = 0; i < repeats; ++i) {
      const std::uint64_t seed = options_.seed + static_cast<std::uint64_t>(i);
      if (repeats > 1) {
        log_.note(fmt::format("seed {} ({} of {})", seed, i + 1, repeats));
      }
      one_seed(seed);
    }
  }

  [[nodiscard]] const std::vector<Metric>& metrics() const noexcept { return metrics_; }
  [[nodiscard]] const std::vector<Result>& results() const noexcept { return results_; }
  [[nodiscard]] const SplitFacts& facts() const noexcept { return facts_; }

 private:
  void one_seed(std::uint64_t seed) {
    const Split split = source_.split_with(seed);
    if (results_.empty()) {
      facts_ = alsace::facts(split);
    }
    place_ = 0;
    // Baselines first names mistakes before minutes of training; the table still starts with als.
    std::vector<Result> of_baselines;
    for (const std::string& name : baselines_) {
      of_baselines.push_back(measured(baseline(name, split, seed), split, 0));
    }
    if (arguments_.trains()) {
      keep(trained(split, seed));
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

  Result trained(const Split& split, std::uint64_t seed) {
    TrainOptions options = options_;
    options.seed = seed;
    TrainControl control;
    control.before_training = [&](const TrainSummary& summary) {
      if (!results_.empty()) {
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
    return measured(als_scorer(std::move(model), split), split, seconds);
  }

  Result measured(const Scorer& scorer, const Split& split, double seconds) {
    log_.status("evaluating " + scorer.name);
    const EvaluateOptions options{.metrics = metrics_,
                                  .hide_low = arguments_.hide_low,
                                  .threads = options_.threads,
                                  .seed = options_.seed};
    Result result = measure(scorer, split, options, seconds);
    log_.clear_status();
    return result;
  }

  /// The first seed makes the line of the table, every seed (if there are several) adds to it.
  void keep(Result result) {
    std::vector<double> means;
    for (const MetricValue& value : result.values) {
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

  const EvaluateArguments& arguments_;
  TrainOptions options_;
  const Source& source_;
  Log& log_;
  std::vector<Metric> metrics_;
  std::vector<std::string> baselines_;
  SplitFacts facts_;
  std::vector<Result> results_;
  std::size_t place_ = 0;  ///< Where the next result goes.
};

}  // namespace

void evaluate_command(Arguments given) {
  EvaluateArguments arguments;
  if (!parse_evaluate(given, arguments)) {
    return;
  }
  Log log(arguments.common.quiet);
  TrainOptions options = arguments.training.resolved();
  if (options.dislikes) {
    refuse(
        "--dislikes is for train: what to rank below others has no metric here. Leave it out, or "
        "evaluate a model of train with --model.");
  }
  if (!arguments.models.empty()) {
    options.feedback = load_model(arguments.models.front()).options.feedback;
  }
  // Wrong names are refused before the data is read.
  check_baselines(baselines_of(arguments, metrics_of(arguments, options.feedback)));
  const Source source(arguments, options.feedback, options.threads, log);
  Run run(arguments, options, source, log);
  run.all_seeds();
  if (arguments.common.json) {
    Json out = {{"data", facts_json(run.facts())},
                {"split", source.name()},
                {"models", results_json(run.metrics(), run.results())}};
    if (arguments.trains()) {
      out["options"] = options_json(options);
    }
    out["read"] = data_json(source.report());
    print_json(out);
    return;
  }
  print(fmt::format("split {}: {}", source.name(), facts_text(run.facts())));
  print("\n" + results_table(run.metrics(), run.results()));
}

}  // namespace alsace::cli
