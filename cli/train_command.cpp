#include "alsace/train.h"

#include "byte_size.h"
#include "commands.h"
#include "config.h"
#include "data.h"
#include "interrupt.h"
#include "summary.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

struct TrainArguments {
  std::vector<std::string> files;
  std::optional<std::string> model;
  std::optional<std::string> checkpoint;
  std::optional<int> checkpoint_every;
  std::optional<std::string> resume;
  std::optional<std::string> warm_start;
  std::optional<std::string> config;
  bool no_interactions = false;
  std::optional<std::uint64_t> memory_limit;
  TrainingOptions training;
  ReadingOptions reading;
  CommonOptions common;
};

bool parse(Arguments arguments, TrainArguments& out) {
  CommandLine line("train",
                   "Trains a model on files of interactions and writes it to a file.",
                   "FILE... --model OUT [options]");
  line.positionals("FILE...",
                   out.files,
                   "Text (CSV, TSV, ::, blanks), gzip or Matrix Market; - is standard input.");
  line.group("Model");
  line.text("--model", "OUT", out.model, "The model file to write.");
  line.text("--checkpoint", "FILE", out.checkpoint, "Write the state to FILE as training goes on.");
  line.number(
      "--checkpoint-every", "N", out.checkpoint_every, "After every N iterations (default 1).");
  line.text("--resume",
            "FILE",
            out.resume,
            "Go on from a checkpoint, on the same data; its options are the defaults.");
  line.text(
      "--warm-start", "MODEL", out.warm_start, "Start from a model's factors, rows matched by id.");
  line.text("--config",
            "FILE",
            out.config,
            "Training options from a JSON file, as tune writes it; options given beside it win.");
  line.flag("--no-interactions",
            out.no_interactions,
            "Do not store the interactions: a smaller file, but recommend then needs "
            "--include-seen or --history.");
  line.word(
      "--memory-limit",
      "SIZE",
      out.memory_limit,
      [](const std::string& text) { return parse_byte_size(text, "--memory-limit"); },
      "Refuse to begin when more memory is needed, for example 500M, 8G or 8GiB (default: what the "
      "machine has).");
  out.training.declare(line);
  out.reading.declare(line);
  out.common.declare(line);
  line.example(
      "  alsace train plays.csv --model plays.alsace --preset recommended\n"
      "  alsace recommend plays.alsace --user alice");
  return line.parse(arguments);
}

/// Whatever can be known to be wrong before the data is read.
void check(const TrainArguments& arguments) {
  if (!arguments.model) {
    refuse("--model is missing: where is the model to be written? For example --model my.alsace");
  }
  if (arguments.checkpoint_every && (*arguments.checkpoint_every < 1 || !arguments.checkpoint)) {
    refuse("--checkpoint-every must be 1 or more and goes with --checkpoint FILE.");
  }
  if (arguments.checkpoint && same_file(*arguments.checkpoint, *arguments.model)) {
    refuse("--checkpoint and --model name one file. Choose another for the checkpoint.");
  }
  if (arguments.resume && arguments.warm_start) {
    refuse(
        "--resume and --warm-start exclude each other. --resume goes on with a checkpoint, "
        "--warm-start begins anew from a model's factors.");
  }
  check_file_output(*arguments.model, "--model");
  if (arguments.checkpoint) {
    check_file_output(*arguments.checkpoint, "--checkpoint");
  }
  Paths inputs = to_paths(arguments.files);
  check_inputs(inputs);
  if (arguments.config) {
    inputs.emplace_back(*arguments.config);
  }
  // A model or checkpoint may be replaced by what continues it, data may not.
  check_not_input(*arguments.model, "--model", inputs);
  if (arguments.checkpoint) {
    if (arguments.warm_start) {
      inputs.emplace_back(*arguments.warm_start);
    }
    check_not_input(*arguments.checkpoint, "--checkpoint", inputs);
  }
}

/// Prints the data's facts, then each iteration with the time left.
class TrainingNotes {
 public:
  TrainingNotes(const TrainOptions& options, Log& log) : options_(options), log_(log) {}

  void attach(TrainControl& control) {
    control.before_training = [this](const TrainSummary& summary) { begin(summary); };
    control.after_iteration = [this](const IterationReport& report) {
      iteration(report);
      return true;
    };
    control.stop_requested = interrupted;
    control.checkpoint_failed = [this](const std::string& message) {
      log_.warn("training goes on without this checkpoint. " + message);
    };
  }

 private:
  void begin(const TrainSummary& summary) {
    note_confidence(summary, options_, log_);
    for (const std::string& warning : summary.warnings) {
      log_.warn(warning);
    }
    log_.note(fmt::format("training: {} factors, {}, {}",
                          options_.factors,
                          plural(options_.iterations, "iteration"),
                          plural(summary.threads, "thread")));
  }

  void iteration(const IterationReport& report) {
    seconds_ += report.seconds;
    ++done_;
    const int left = options_.iterations - report.iteration;
    const std::string text = fmt::format("iteration {:>{}}/{}  objective {}  {}",
                                         report.iteration,
                                         std::to_string(options_.iterations).size(),
                                         options_.iterations,
                                         objective_text(report.objective),
                                         duration(report.seconds));
    if (!stderr_is_terminal()) {
      log_.note(text);
    } else {
      log_.status(left == 0 ? text : text + ", " + duration(left * seconds_ / done_) + " left");
    }
  }

  const TrainOptions& options_;
  Log& log_;
  double seconds_ = 0;
  int done_ = 0;
};

void note_memory(std::uint64_t needed, std::optional<std::uint64_t> limit, Log& log) {
  const auto text = [](std::uint64_t bytes) {
    return byte_count(static_cast<std::int64_t>(bytes));
  };
  log.note(fmt::format(
      "memory: training needs at most {}{}", text(needed), limit ? ", limit " + text(*limit) : ""));
}

/// What a run took, but for what the model says itself.
struct RunFigures {
  DataReport data;
  std::uint64_t memory_needed_bytes = 0;  ///< As estimated before training.
  double train_seconds = 0;               ///< Of training as a whole, without reading and writing.
};

Json result_json(const TrainArguments& arguments, const Model& model, const RunFigures& run) {
  Json out = training_json(model);
  out["memory_needed_bytes"] = run.memory_needed_bytes;
  out["train_seconds"] = run.train_seconds;
  out["model"] = *arguments.model;
  out["model_bytes"] = std::filesystem::file_size(*arguments.model);
  out["options"] = options_json(model.options);
  out["low"] = model.low.entries();
  out["data"] = data_json(run.data);
  return out;
}

void print_result(const TrainArguments& arguments, const Model& model) {
  const TrainSummary& summary = model.summary;
  double seconds = 0;
  for (const double iteration : summary.seconds) {
    seconds += iteration;
  }
  print(fmt::format("objective   {} after {} in {}{}\n",
                    objective_text(summary.final_objective),
                    plural(static_cast<std::int64_t>(summary.objective.size()), "iteration"),
                    duration(seconds),
                    summary.stopped == "iterations" ? "" : " (stopped: " + summary.stopped + ")"));
  print(fmt::format("model hash  {}\n", model_hash(model)));
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(*arguments.model));
  print(fmt::format("model       {} ({})\n", *arguments.model, byte_count(bytes)));
}

}  // namespace

void train_command(Arguments given) {
  TrainArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  check(arguments);
  Log log(arguments.common.quiet);
  std::optional<Config> config;
  if (arguments.config) {
    config = read_config(*arguments.config);
  }
  std::optional<Model> start;
  if (arguments.resume || arguments.warm_start) {
    start = load_model(arguments.resume ? *arguments.resume : *arguments.warm_start);
  }
  const TrainOptions options = arguments.training.resolved(
      arguments.resume ? &start->options : nullptr, config ? &*config : nullptr);

  RunFigures run;
  arguments.reading.splits_by_time = false;
  arguments.reading.dislikes = options.dislikes;
  arguments.reading.memory_limit = arguments.memory_limit.value_or(0);
  Interactions interactions = read_data(to_paths(arguments.files),
                                        arguments.reading,
                                        options.feedback,
                                        options.threads,
                                        log,
                                        run.data);

  run.memory_needed_bytes = training_memory(interactions, options);
  note_memory(run.memory_needed_bytes, arguments.memory_limit, log);

  TrainControl control;
  control.memory_limit = arguments.memory_limit.value_or(0);
  (arguments.resume ? control.resume : control.warm_start) = start ? &*start : nullptr;
  control.checkpoint = arguments.checkpoint.value_or("");
  control.checkpoint_every = arguments.checkpoint_every.value_or(1);
  control.store_interactions = !arguments.no_interactions;
  TrainingNotes notes(options, log);
  notes.attach(control);
  catch_interrupts(
      "\nCtrl-C: ending after this half-step, then writing the model. Once more to "
      "end at once.\n");
  const auto start_time = std::chrono::steady_clock::now();
  const Model model = train(std::move(interactions), options, control);
  run.train_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_time).count();
  log.clear_status();
  save_model(model, *arguments.model);
  if (model.summary.stopped == "interrupted") {
    log.note("interrupted: the model is whole, and written.");
  }
  if (arguments.common.json) {
    print_json(result_json(arguments, model, run));
  } else {
    print_result(arguments, model);
  }
}

}  // namespace alsace::cli
