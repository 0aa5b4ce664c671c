#include "alsace/train.h"
#include "alsace/tune.h"

#include "commands.h"
#include "data.h"
#include "evaluate_source.h"
#include "evaluation.h"
#include "files.h"
#include "interrupt.h"
#include "summary.h"
#include "tune_arguments.h"
#include "tune_output.h"

#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

/// The best so far and the time left: a line that is rewritten, or one now and then.
class TuneNotes {
 public:
  TuneNotes(const TuneOptions& options, Log& log) : options_(options), log_(log) {}

  void attach(TuneControl& control) {
    control.progress = [this](const TuneProgress& progress) { show(progress); };
    control.note = [this](const std::string& sentence) { log_.note(sentence); };
    control.stop_requested = interrupted;
  }

 private:
  void show(const TuneProgress& progress) {
    std::string text = fmt::format(
        "tuning: {:.0f} %, {} left", 100 * progress.share, duration(progress.seconds_left));
    if (progress.best != nullptr) {
      text += fmt::format(", best so far {:.4f} (trial {}, with {} factors)",
                          progress.best->value,
                          progress.best->number,
                          progress.best->factors);
    }
    const auto now = std::chrono::steady_clock::now();
    if (stderr_is_terminal()) {
      log_.status(text);
    } else if (now - shown_ > std::chrono::seconds(10)) {
      shown_ = now;
      log_.note(text);
    }
  }

  const TuneOptions& options_;
  Log& log_;
  std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
};

/// How a validation part is made where the split has none.
SplitOptions validation_options(const EvaluateArguments& arguments, const Split& split) {
  const bool timed = !split.train.triplets.times.empty();
  SplitOptions how;
  how.method =
      arguments.given_split()
          ? (timed ? SplitMethod::leave_last_one : SplitMethod::random)
          : arguments.split.value_or(timed ? SplitMethod::leave_last_two : SplitMethod::random);
  how.test_fraction = arguments.test_fraction.value_or(how.test_fraction);
  how.seed = arguments.seed();
  return how;
}

class TuneRun {
 public:
  TuneRun(const TuneArguments& arguments, Log& log)
      : arguments_(arguments), options_(tune_options(arguments)), log_(log) {}

  void run() {
    const Source source(arguments_.data, options_.base.feedback, log_);
    split_name_ = source.name();
    report_ = source.report();
    split_ = source.split_with(arguments_.data.seed());
    search();
    if (result_.stopped == "interrupted") {
      end_early();
    }
    log_.status("testing");
    TuneTest test = tested();
    log_.clear_status();
    const Json document = to_json(test);
    write(document);
    print_result(document, test);
  }

 private:
  void search() {
    const SplitOptions how = validation_options(arguments_.data, split_);
    carved_ = split_.valid.size() == 0;
    Split seen = validation_split(split_, how);
    if (carved_) {
      log_.note(fmt::format(
          "validation: {} of {}, held out of the training part by {}",
          plural(seen.test.size(), "interaction"),
          plural(facts(seen).test_users, "user"),
          split_word(how.method == SplitMethod::leave_last_two ? SplitMethod::leave_last_one
                                                               : how.method)));
    }
    TuneControl control;
    control.journal = arguments_.journal();
    control.restart = arguments_.restart;
    TuneNotes notes(options_, log_);
    notes.attach(control);
    catch_interrupts("\nCtrl-C: ending after this half-step. Once more to end at once.\n");
    result_ = tune(seen, options_, control);
    log_.clear_status();
    if (carved_) {  // What was held out is validation from here on, as if the split had made it.
      split_.train.triplets = std::move(seen.train.triplets);
      carved_fold_in_ = std::move(seen.fold_in);
      split_.valid = std::move(seen.test);
    }
  }

  [[noreturn]] void end_early() {
    print(trials_table(result_));
    log_.warn(arguments_.out
                  ? fmt::format("interrupted: nothing is written but the journal '{}'. The same "
                                "command goes on where this ended.",
                                arguments_.journal())
                  : std::string("interrupted. With --out FILE the same command could go on where "
                                "this ended."));
    finish_output();
    throw Interrupted{};
  }

  /// The only look at the test part.
  TuneTest tested() {
    TuneTest test;
    test.metrics = test_metrics();
    test.trained = results_on(split_, result_.model, test.facts);
    result_.model.reset();
    Split whole = with_validation(split_);
    test.with_validation =
        results_on(whole_with_fold_in(std::move(whole)), nullptr, test.facts_with_validation);
    return test;
  }

  /// Users that were held out whole for validation are trained on whole.
  Split whole_with_fold_in(Split split) const {
    if (carved_fold_in_.size() == 0) {
      return split;
    }
    split.valid = carved_fold_in_;
    return with_validation(std::move(split));
  }

  [[nodiscard]] std::vector<Metric> test_metrics() const {
    std::vector<Metric> metrics = {result_.metric};
    const bool is_explicit = options_.base.feedback == Feedback::explicit_feedback;
    for (const Metric& metric : parse_metrics(is_explicit ? "rmse,mae" : "recall@10,ndcg@10")) {
      if (metric != result_.metric) {
        metrics.push_back(metric);
      }
    }
    return metrics;
  }

  /// `model`: where the search has trained it already.
  std::vector<Result> results_on(const Split& split,
                                 std::shared_ptr<const Model> model,
                                 SplitFacts& facts) {
    facts = alsace::facts(split);
    const EvaluateOptions how{.metrics = test_metrics(),
                              .hide_low = arguments_.data.hide_low,
                              .threads = options_.threads,
                              .seed = options_.seed};
    if (model == nullptr) {
      TrainControl control;
      control.store_interactions = false;
      control.stop_requested = interrupted;
      model = std::make_shared<const Model>(train(split.train, result_.options, control));
    }
    stop_if_interrupted();
    const auto& seconds = model->summary.seconds;
    const double taken = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    std::vector<Result> results = {measure(als_scorer(model, split), split, how, taken)};
    const bool is_explicit = options_.base.feedback == Feedback::explicit_feedback;
    results.push_back(
        measure(is_explicit ? item_mean_scorer(split) : popularity_scorer(split), split, how));
    return results;
  }

  void stop_if_interrupted() {
    if (interrupted()) {
      log_.clear_status();
      end_early();
    }
  }

  Json to_json(const TuneTest& test) const {
    Json out = {{"options", options_json(result_.options)},
                {"metric", result_.metric.to_string()},
                {"validation", value_json(result_.validation)},
                {"test", test_json(test)},
                {"search",
                 {{"method", options_.method == TuneMethod::grid ? "grid" : "halving"},
                  {"trials", result_.trials.size()},
                  {"seeds", options_.seeds},
                  {"seed", options_.seed},
                  {"split", split_name_},
                  {"validation", carved_ ? "held out of the training part" : "given by the split"},
                  {"stopped", result_.stopped},
                  {"seconds", result_.seconds}}},
                {"notes", result_.notes},
                {"trials", trials_json(result_)}};
    if (arguments_.model) {
      out["model"] = *arguments_.model;
    }
    out["read"] = data_json(report_);
    return out;
  }

  /// First the model and the plot: with the options there, all is there.
  void write(const Json& document) {
    if (arguments_.plot) {
      write_text(*arguments_.plot, trials_plot(result_));
    }
    if (arguments_.model) {
      log_.status("training the model");
      Split whole = whole_with_fold_in(with_validation(split_));
      TrainControl control;
      control.stop_requested = interrupted;
      const Model model = train(all_of(std::move(whole)), result_.options, control);
      stop_if_interrupted();
      save_model(model, *arguments_.model);
      log_.clear_status();
    }
    if (arguments_.out) {
      write_text(*arguments_.out, document.dump(1) + "\n");
      std::error_code gone;
      std::filesystem::remove(arguments_.journal(), gone);
    }
  }

  static void write_text(const std::string& path, const std::string& text) {
    OutputFile file(path);
    file.write(text);
    file.commit();
  }

  void print_result(const Json& document, const TuneTest& test) const {
    if (arguments_.data.common.json) {
      print_json(document);
      return;
    }
    print(trials_table(result_));
    print(fmt::format("\n{}validation {}: {} {}, mean of {}\n\n",
                      chosen_text(result_),
                      result_.metric.to_string(),
                      number_text(result_.validation.mean),
                      interval_text(result_.validation),
                      plural(options_.seeds, "seed")));
    print(test_text(test));
    for (const auto& [name, path] : {std::pair{"options", &arguments_.out},
                                     std::pair{"model", &arguments_.model},
                                     std::pair{"plot", &arguments_.plot}}) {
      if (*path) {
        print(fmt::format("{:<8} {}\n", name, **path));
      }
    }
  }

  const TuneArguments& arguments_;
  TuneOptions options_;
  Log& log_;
  std::string split_name_;
  DataReport report_;
  Split split_;
  Triplets carved_fold_in_;
  TuneResult result_;
  bool carved_ = false;
};

}  // namespace

void tune_command(Arguments given) {
  TuneArguments arguments;
  if (!parse_tune(given, arguments)) {
    return;
  }
  Log log(arguments.data.common.quiet);
  TuneRun(arguments, log).run();
}

}  // namespace alsace::cli
