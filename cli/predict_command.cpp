#include "alsace/recommend.h"

#include "commands.h"
#include "data.h"
#include "interrupt.h"
#include "lists.h"

#include <optional>
#include <string>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

struct PredictArguments {
  std::string model;
  std::vector<std::string> files;
  std::optional<std::string> out;
  ReadingOptions reading;
  CommonOptions common;
};

bool parse(Arguments arguments, PredictArguments& out) {
  CommandLine line("predict",
                   "Gives each user,item line of a file its score, in the order of the file.",
                   "MODEL FILE [options]");
  line.positional("MODEL", out.model, "A model file.");
  line.positionals("FILE", out.files, "Lines of user and item; - is standard input.");
  line.group("Output");
  line.text("--out", "FILE", out.out, "Write the CSV here (default: standard output).");
  out.common.declare(line);
  out.reading.declare_columns(line);
  line.example("  alsace predict plays.alsace pairs.csv");
  return line.parse(arguments);
}

/// Scores of pairs, counting those with an id the model does not know.
class PairScores {
 public:
  explicit PairScores(const OpenModel& open) : model_(*open.model), recommender_(open.model) {}

  double operator()(Index user, Index item) {
    const auto known = [](Index row, const IdTable& ids) {
      return row < ids.size() ? std::optional(row) : std::nullopt;
    };
    const auto user_row = known(user, model_.user_ids);
    const auto item_row = known(item, model_.item_ids);
    unknown_ += user_row && item_row ? 0 : 1;
    return recommender_.predict(user_row, item_row);
  }

  [[nodiscard]] std::int64_t unknown() const noexcept { return unknown_; }

 private:
  const Model& model_;
  Recommender recommender_;
  std::int64_t unknown_ = 0;
};

}  // namespace

void predict_command(Arguments given) {
  PredictArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  const Paths files = to_paths(arguments.files);
  check_inputs(files);
  if (arguments.out) {
    check_output(*arguments.out, "--out");
    Paths inputs = files;
    inputs.emplace_back(arguments.model);
    check_not_input(*arguments.out, "--out", inputs);
  }
  Log log(arguments.common.quiet);
  const OpenModel open = open_model(arguments.model);
  // Ids that are new get rows behind those of the model.
  IdTable user_ids = open.model->user_ids;
  IdTable item_ids = open.model->item_ids;
  DataReport report;
  ReadOptions read_options = arguments.reading.read_options(Feedback::explicit_feedback, 0);
  read_options.ids_only = true;
  const Triplets pairs = read_with_progress(files, read_options, user_ids, item_ids, log, report);
  PairScores score(open);
  Json rows = Json::array();
  catch_interrupts("\nCtrl-C: ending, nothing is written to --out.\n");
  OutputFile out(arguments.out.value_or("-"));
  const bool to_json = arguments.common.json && !arguments.out;
  if (!to_json) {
    out.write("user,item,score\n");
  }
  for (std::size_t i = 0; i < pairs.users.size() && !interrupted(); ++i) {
    const std::string_view user = user_ids[pairs.users[i]];
    const std::string_view item = item_ids[pairs.items[i]];
    const auto value = static_cast<float>(score(pairs.users[i], pairs.items[i]));
    if (to_json) {
      rows.push_back({{"user", user}, {"item", item}, {"score", float_json(value)}});
    } else {
      out.write(csv_field(user) + "," + csv_field(item) + "," + float_text(value) + "\n");
    }
  }
  if (interrupted()) {
    throw Interrupted();
  }
  out.commit();
  if (score.unknown() > 0) {
    log.note(fmt::format("{} of {} lines name a user or item the model does not know: they get {}",
                         grouped(score.unknown()),
                         grouped(pairs.size()),
                         open.model->options.feedback == Feedback::explicit_feedback
                             ? "the mean and the bias that is known"
                             : "0"));
  }
  if (to_json) {
    print_json(rows);
  } else if (arguments.common.json) {
    print_json({{"out", *arguments.out}, {"lines", pairs.size()}, {"unknown", score.unknown()}});
  }
}

}  // namespace alsace::cli
