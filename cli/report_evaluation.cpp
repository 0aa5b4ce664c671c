#include "report_evaluation.h"

#include "alsace/evaluate.h"

#include "baselines.h"
#include "data.h"
#include "evaluation.h"
#include "files.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

Triplets to_triplets(const CsrMatrix& matrix) {
  Triplets out;
  for (Index user = 0; user < matrix.rows; ++user) {
    out.users.insert(out.users.end(), matrix.row(user).size(), user);
  }
  out.items = matrix.indices;
  out.values = matrix.values;
  return out;
}

/// Entries with their rows named by `from` as rows of `to`, which grows by ids that are new.
void rename(std::vector<Index>& rows, const IdTable& from, IdTable& to) {
  std::vector<Index> names;
  for (Index row = 0; row < from.size(); ++row) {
    names.push_back(to.find_or_add(from[row]));
  }
  for (Index& row : rows) {
    row = names[static_cast<std::size_t>(row)];
  }
}

/// What the model was trained on, and the files read as held out from it.
Split split_of(
    const ReportTest& files, const Model& model, int threads, Log& log, DataReport& report) {
  Split split;
  split.train.user_ids = model.user_ids;
  split.train.item_ids = model.item_ids;
  split.train.triplets = to_triplets(model.interactions);
  split.train.low = to_triplets(model.low);
  IdTable user_ids;
  IdTable item_ids;
  std::array<Triplets, 2> parts;
  const std::array names = {&files.valid, &files.test};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!names[i]->empty()) {
      parts[i] = read_with_progress(to_paths(*names[i]),
                                    files.reading.read_options(model.options.feedback, threads),
                                    user_ids,
                                    item_ids,
                                    log,
                                    report);
    }
  }
  const Triplets low = prepare(parts,
                               user_ids,
                               item_ids,
                               files.reading.prepare_options(model.options.feedback),
                               &report.prepared);
  for (Triplets& part : parts) {
    rename(part.users, user_ids, split.train.user_ids);
    rename(part.items, item_ids, split.train.item_ids);
  }
  split.valid = std::move(parts[0]);
  split.test = std::move(parts[1]);
  return split;
}

}  // namespace

void ReportTest::check() const {
  if (test.empty() && (!valid.empty() || metrics)) {
    refuse("--valid and --metrics go with --test FILE: what is to be found?");
  }
  if (reading.min_per_user || reading.min_per_item) {
    refuse("--min-per-user and --min-per-item are for training, not for a test file.");
  }
  if (metrics) {
    parse_metrics(*metrics);
  }
}

std::vector<std::string> ReportTest::inputs() const {
  std::vector<std::string> files = test;
  files.insert(files.end(), valid.begin(), valid.end());
  return files;
}

std::string ReportTest::evaluate(const OpenModel& open, int threads, Log& log) const {
  const Model& model = *open.model;
  if (!model.has_interactions()) {
    refuse(
        "--test: the model holds no interactions, so what it was trained on is not known. Train "
        "without --no-interactions, or give what 'alsace evaluate --json' prints as --evaluation.");
  }
  const bool is_explicit = model.options.feedback == Feedback::explicit_feedback;
  DataReport report;
  const Split split = split_of(*this, model, threads, log, report);
  const EvaluateOptions options{
      .metrics = parse_metrics(metrics.value_or(is_explicit ? "rmse,mae" : "recall@10,ndcg@10")),
      .threads = threads,
      .seed = model.options.seed};
  const bool rates = std::ranges::any_of(options.metrics, [](const Metric& metric) {
    return metric.name == "rmse" || metric.name == "mae";
  });
  std::vector<Scorer> scorers = {als_scorer(open.model, split)};
  for (const char* name : {rates ? "mean" : "random", rates ? "item-mean" : "popularity"}) {
    scorers.push_back(baseline(name, split, {}, model.options.seed, threads));
  }
  std::vector<Result> results;
  for (const Scorer& scorer : scorers) {
    log.status("evaluating " + scorer.name);
    results.push_back(measure(scorer, split, options));
  }
  const Json out = {{"data", facts_json(facts(split))},
                    {"split", "given"},
                    {"models", results_json(options.metrics, results)}};
  return out.dump();
}

}  // namespace alsace::cli
