#include "commands.h"
#include "lists.h"
#include "option_groups.h"

#include <optional>
#include <string>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

struct ExplainArguments {
  std::string model;
  std::optional<std::string> user;
  std::optional<std::string> item;
  std::optional<int> top_k;
  std::optional<std::string> items;
  CommonOptions common;
};

bool parse(Arguments arguments, ExplainArguments& out) {
  CommandLine line("explain",
                   "Says which items of a user's history make the score of an item, and how much.",
                   "MODEL --user ID --item ID [options]");
  line.positional("MODEL", out.model, "A model file that holds its interactions.");
  line.group("Explanation");
  line.text("--user", "ID", out.user, "Whose score.");
  line.text("--item", "ID", out.item, "The score of which item.");
  line.number("--top-k", "N", out.top_k, "Contributions shown, the largest (default 10).");
  declare_items(line, out.items);
  out.common.declare(line);
  line.example("  alsace explain plays.alsace --user alice --item film1 --items titles.csv");
  return line.parse(arguments);
}

}  // namespace

void explain_command(Arguments given) {
  ExplainArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  if (!arguments.user || !arguments.item) {
    refuse(fmt::format("{} is missing. Usage: alsace explain MODEL --user ID --item ID",
                       arguments.user ? "--item ID" : "--user ID"));
  }
  const int top_k = checked_top_k(arguments.top_k);
  const OpenModel open = open_model(arguments.model);
  const Titles titles(arguments.items);
  Log log(arguments.common.quiet);
  titles.note_strangers(open.model->item_ids, log);
  const Recommender recommender(open.model);
  const Explanation explanation =
      recommender.explain(find_user(open, *arguments.user), find_item(open, *arguments.item));
  if (arguments.common.json) {
    Json out = {{"user", *arguments.user}, {"item", *arguments.item}};
    out.update(explanation_json(explanation, *open.model, titles));
    print_json(out);
    return;
  }
  print(bold(fmt::format("why user {} gets item {}{}",
                         *arguments.user,
                         *arguments.item,
                         titles.after(*arguments.item))) +
        "\n" + explanation_text(explanation, *open.model, titles, static_cast<std::size_t>(top_k)));
}

}  // namespace alsace::cli
