#include "alsace/recommend.h"

#include "commands.h"
#include "interrupt.h"
#include "list_output.h"
#include "option_groups.h"
#include "progress.h"

#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

struct RecommendArguments {
  std::string model;
  std::vector<std::string> user;
  std::optional<std::string> users;
  bool all = false;
  std::vector<std::string> history;
  std::optional<int> top_k;
  bool include_seen = false;
  std::optional<std::string> allow;
  std::optional<std::string> deny;
  std::optional<std::string> items;
  std::optional<std::string> out;
  std::optional<int> threads;
  CommonOptions common;
};

bool parse(Arguments arguments, RecommendArguments& out) {
  CommandLine line("recommend",
                   "Lists the best items for users of a model, or for a history it has not seen.",
                   "MODEL (--user ID... | --users FILE | --all | --history ITEM[=VALUE]...) "
                   "[options]");
  line.positional("MODEL", out.model, "A model file.");
  line.group("For whom");
  line.texts("--user", "ID", out.user, "These users.");
  line.text(
      "--users", "FILE", out.users, "The users of a file, one id a line; - is standard input.");
  line.flag("--all", out.all, "Every user of the model.");
  line.texts("--history",
             "ITEM[=VALUE]",
             out.history,
             "Somebody new who has these items; without a value 1.");
  line.group("Lists");
  declare_top_k(line, out.top_k);
  line.flag("--include-seen", out.include_seen, "Also items of the user's history.");
  line.text("--allow", "FILE", out.allow, "Only the items of a file, one id a line.");
  line.text("--deny", "FILE", out.deny, "None of the items of a file, one id a line.");
  declare_items(line, out.items);
  line.number("--threads", "N", out.threads, "0: all (the default).");
  line.group("Output");
  line.text("--out",
            "FILE",
            out.out,
            "Write CSV (user,item,score,title) here, with --json one JSON document a line. "
            "Default: a table, for --users and --all CSV on standard output.");
  out.common.declare(line);
  line.example(
      "  alsace recommend plays.alsace --user alice --items titles.csv\n"
      "  alsace recommend plays.alsace --history film1=3 film2 --top-k 5\n"
      "  alsace recommend plays.alsace --all --out lists.csv");
  return line.parse(arguments);
}

void check(const RecommendArguments& arguments) {
  const int ways = int{!arguments.user.empty()} + int{arguments.users.has_value()} +
                   int{arguments.all} + int{!arguments.history.empty()};
  if (ways != 1) {
    refuse("give exactly one of --user ID, --users FILE, --all and --history ITEM.");
  }
  if (arguments.threads && *arguments.threads < 0) {
    refuse(fmt::format("--threads is {}, it must be 0 (all) or more.", *arguments.threads));
  }
  if (arguments.out) {
    check_output(*arguments.out, "--out");
  }
  Paths inputs = {arguments.model};
  for (const auto& file : {arguments.users, arguments.allow, arguments.deny, arguments.items}) {
    if (file) {
      check_inputs(Paths{*file});
      inputs.emplace_back(*file);
    }
  }
  if (arguments.out) {
    check_not_input(*arguments.out, "--out", inputs);
  }
}

/// Rows of the items of an allow or deny list; those the model does not know are counted.
std::vector<Index> read_item_rows(const std::optional<std::string>& file,
                                  const OpenModel& open,
                                  Log& log) {
  std::vector<Index> rows;
  if (!file) {
    return rows;
  }
  const std::vector<std::string> ids = read_ids(*file);
  for (const std::string& id : ids) {
    if (const auto row = open.model->item_ids.find(id)) {
      rows.push_back(*row);
    }
  }
  if (rows.size() < ids.size()) {
    log.warn(fmt::format("{}: {} of {} ids are not items of {}",
                         *file,
                         grouped(std::ssize(ids) - std::ssize(rows)),
                         grouped(std::ssize(ids)),
                         open.path));
  }
  return rows;
}

std::vector<Index> find_users(const RecommendArguments& arguments, const OpenModel& open) {
  std::vector<Index> rows;
  if (arguments.all) {
    rows.resize(static_cast<std::size_t>(open.model->user_ids.size()));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }
  for (const std::string& id : arguments.users ? read_ids(*arguments.users) : arguments.user) {
    rows.push_back(find_user(open, id));
  }
  return rows;
}

/// "ITEM" or "ITEM=VALUE"; an id that holds '=' itself is found first.
ItemValue parse_history(const std::string& text, const OpenModel& open) {
  const bool is_explicit = open.model->options.feedback == Feedback::explicit_feedback;
  const std::size_t equals = text.rfind('=');
  const bool whole = open.model->item_ids.find(text).has_value() || equals == std::string::npos;
  if (whole && is_explicit) {
    refuse(fmt::format(
        "--history '{}' has no value, but the model is of ratings. Write {}=4, say.", text, text));
  }
  if (whole) {
    return {.item = find_item(open, text), .value = 1.0F};
  }
  ItemValue entry{.item = find_item(open, text.substr(0, equals)), .value = 0.0F};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, entry.value);
  if (stop != end || error != std::errc() || !std::isfinite(entry.value)) {
    refuse(fmt::format("--history '{}': value '{}' is not a number. Write ITEM=VALUE.",
                       text,
                       text.substr(equals + 1)));
  }
  return entry;
}

void recommend_for_history(const RecommendArguments& arguments,
                           const OpenModel& open,
                           const ListOptions& options,
                           ListOutput& output) {
  std::vector<ItemValue> history;
  for (const std::string& text : arguments.history) {
    history.push_back(parse_history(text, open));
  }
  output.add(std::nullopt, Recommender(open.model).recommend_for(history, options));
}

void recommend_for_users(const RecommendArguments& arguments,
                         const OpenModel& open,
                         const ListOptions& options,
                         ListOutput& output,
                         Log& log) {
  const std::vector<Index> users = find_users(arguments, open);
  Progress progress(log, "recommending", "users");
  catch_interrupts("\nCtrl-C: ending, nothing is written to --out.\n");
  Recommender(open.model)
      .recommend_many(users,
                      options,
                      arguments.threads.value_or(0),
                      [&](std::size_t place, std::vector<Scored>&& list) {
                        output.add(users[place], list);
                        progress.update(static_cast<double>(place + 1),
                                        static_cast<double>(users.size()));
                        return !interrupted();
                      });
  if (interrupted()) {
    throw Interrupted();
  }
}

ListForm form_of(const RecommendArguments& arguments) {
  if (arguments.common.json) {
    return arguments.out ? ListForm::json_lines : ListForm::json_array;
  }
  const bool many = arguments.all || arguments.users;
  return arguments.out || many ? ListForm::csv : ListForm::table;
}

}  // namespace

void recommend_command(Arguments given) {
  RecommendArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  check(arguments);
  Log log(arguments.common.quiet);
  const OpenModel open = open_model(arguments.model);
  const Titles titles(arguments.items);
  titles.note_strangers(open.model->item_ids, log);
  const std::vector<Index> allow = read_item_rows(arguments.allow, open, log);
  const std::vector<Index> deny = read_item_rows(arguments.deny, open, log);
  if (arguments.allow && allow.empty()) {
    throw Error(ErrorCode::unknown_id,
                fmt::format("--allow {}: none of its ids is an item of {}. Check the ids.",
                            *arguments.allow,
                            open.path));
  }
  const ListOptions options{.top_k = checked_top_k(arguments.top_k),
                            .include_seen = arguments.include_seen,
                            .allow = allow,
                            .deny = deny};
  ListOutput output(form_of(arguments), arguments.out.value_or("-"), *open.model, titles);
  if (arguments.history.empty()) {
    recommend_for_users(arguments, open, options, output, log);
  } else {
    recommend_for_history(arguments, open, options, output);
  }
  output.finish();
  if (arguments.out) {
    log.note(fmt::format("wrote {} to {}", plural(output.lists(), "list"), *arguments.out));
    if (arguments.common.json) {
      print_json({{"out", *arguments.out}, {"lists", output.lists()}});
    }
  }
}

}  // namespace alsace::cli
