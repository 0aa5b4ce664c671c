#include "alsace/evaluate.h"

#include "baselines.h"
#include "commands.h"
#include "data.h"
#include "evaluate_arguments.h"
#include "evaluate_output.h"
#include "evaluate_run.h"
#include "evaluate_source.h"
#include "evaluation.h"
#include "summary.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {

void evaluate_command(Arguments given) {
  EvaluateArguments arguments;
  if (!parse_evaluate(given, arguments)) {
    return;
  }
  Log log(arguments.common.quiet);
  std::vector<OptionSet> sets = option_sets(arguments);
  const TrainOptions options = sets.front().options;
  Feedback feedback = options.feedback;
  if (!arguments.models.empty() && arguments.configs.empty()) {
    feedback = load_model(arguments.models.front()).options.feedback;
  }
  // Wrong names are refused before the data is read.
  const std::vector<Metric> metrics = metrics_of(arguments, feedback);
  const std::vector<std::string> baselines = baselines_of(arguments, metrics);
  check_baselines(baselines, arguments.of_baselines);
  check_metrics(arguments, metrics, baselines);
  const Source source(arguments, feedback, log);
  EvaluationRun run(arguments, std::move(sets), metrics, source, log);
  run.all_seeds();
  log.status("comparing");
  const std::vector<Comparison> differences = run.differences();
  log.clear_status();
  const Evaluation& reference = run.results()[run.reference()].evaluation;
  if (arguments.common.json) {
    Json out = {{"data", facts_json(run.facts())},
                {"split", source.name()},
                {"models", results_json(run.metrics(), run.results())},
                {"differences", differences_json(reference, differences)}};
    if (arguments.by_group) {
      out["groups"] = groups_json(reference);
    }
    if (arguments.trains()) {
      out["options"] = options_json(options);
    }
    out["read"] = data_json(source.report());
    print_json(out);
    return;
  }
  print(fmt::format("split {}: {}", source.name(), facts_text(run.facts())));
  print("\n" + results_table(run.metrics(), run.results()));
  if (arguments.by_group) {
    print("\n" + groups_text(reference) + "\n" + groups_table(run.results()));
  }
  if (!differences.empty()) {
    print("\n" + differences_table(reference, differences));
  }
}

}  // namespace alsace::cli
