#include "commands.h"
#include "lists.h"
#include "option_groups.h"

#include <optional>
#include <string>
#include <utility>

namespace alsace::cli {
namespace {

struct SimilarArguments {
  std::string model;
  std::optional<std::string> item;
  std::optional<std::string> user;
  std::optional<int> top_k;
  std::optional<std::string> items;
  CommonOptions common;
};

bool parse(Arguments arguments, SimilarArguments& out) {
  CommandLine line("similar",
                   "Lists the items (or users) most like one, by the cosine of their factors.",
                   "MODEL (--item ID | --user ID) [options]");
  line.positional("MODEL", out.model, "A model file.");
  line.group("Lists");
  line.text("--item", "ID", out.item, "Items like this one.");
  line.text("--user", "ID", out.user, "Users like this one.");
  declare_top_k(line, out.top_k);
  declare_items(line, out.items);
  out.common.declare(line);
  line.example("  alsace similar plays.alsace --item film1 --items titles.csv");
  return line.parse(arguments);
}

}  // namespace

void similar_command(Arguments given) {
  SimilarArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  if (arguments.item.has_value() == arguments.user.has_value()) {
    refuse("give one of --item ID and --user ID.");
  }
  const int top_k = checked_top_k(arguments.top_k);
  const OpenModel open = open_model(arguments.model);
  const Model& model = *open.model;
  const Recommender recommender(open.model);
  const bool of_items = arguments.item.has_value();
  const Titles titles = of_items ? Titles(arguments.items) : Titles();
  Log log(arguments.common.quiet);
  titles.note_strangers(model.item_ids, log);
  const auto list = of_items ? recommender.similar_items(find_item(open, *arguments.item), top_k)
                             : recommender.similar_users(find_user(open, *arguments.user), top_k);
  const IdTable& ids = of_items ? model.item_ids : model.user_ids;
  const std::string what = of_items ? "item" : "user";
  const std::string& id = of_items ? *arguments.item : *arguments.user;
  if (arguments.common.json) {
    print_json({{what, id}, {"similar", list_json(list, ids, titles, what)}});
    return;
  }
  print(bold("like " + what + " " + id + titles.after(id)) + "\n" +
        list_table(list, ids, titles, what, "cosine"));
}

}  // namespace alsace::cli
