#include "alsace/evaluate.h"
#include "alsace/train.h"

#include "commands.h"
#include "data.h"
#include "demo_users.h"
#include "evaluation.h"
#include "option_groups.h"
#include "summary.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

struct DemoArguments {
  std::vector<std::string> files;
  std::optional<std::string> items;
  std::optional<std::string> save;
  ReadingOptions reading;
  CommonOptions common;
};

bool parse(Arguments arguments, DemoArguments& out) {
  CommandLine line("demo",
                   "Shows the whole way, from interactions to explained recommendations, on a "
                   "made-up film catalogue or on your file.",
                   "[FILE...] [options]");
  line.positionals("FILE...", out.files, "Your interactions in place of the made-up ones.", false);
  line.group("Demo");
  declare_items(line, out.items);
  line.text("--save", "DIR", out.save, "Also write the made-up plays.csv and titles.csv to DIR.");
  out.reading.declare(line);
  out.common.declare(line);
  line.example("  alsace demo");
  return line.parse(arguments);
}

/// Good in seconds on any data.
TrainOptions demo_options() {
  TrainOptions options = recommended_options();
  options.factors = 32;
  options.iterations = 10;
  return resolve(options);
}

/// What the demo runs on.
struct DemoData {
  Interactions interactions;
  Titles titles;
  std::optional<Catalogue> catalogue;  ///< Its interactions and titles have been moved out.
};

void save_catalogue(const Catalogue& catalogue, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path path(folder);
  check_output(path / "plays.csv", "--save");
  const Interactions& all = catalogue.interactions;
  OutputFile plays(path / "plays.csv");
  plays.write("user,item,value,time\n");
  for (std::size_t i = 0; i < all.triplets.users.size(); ++i) {
    plays.write(fmt::format("{},{},{},{:.0f}\n",
                            all.user_ids[all.triplets.users[i]],
                            all.item_ids[all.triplets.items[i]],
                            all.triplets.values[i],
                            all.triplets.times[i]));
  }
  OutputFile titles(path / "titles.csv");
  titles.write("item,title\n");
  for (Index item = 0; item < all.item_ids.size(); ++item) {
    const std::string& title = catalogue.titles[static_cast<std::size_t>(item)];
    titles.write(fmt::format("{},{}\n", all.item_ids[item], csv_field(title)));
  }
  plays.commit();
  titles.commit();
}

DemoData make_data(const DemoArguments& arguments, Log& log) {
  DemoData data;
  if (!arguments.files.empty()) {
    DataReport report;
    data.titles = Titles(arguments.items);
    data.interactions = read_data(
        to_paths(arguments.files), arguments.reading, Feedback::implicit_feedback, 0, log, report);
    return data;
  }
  data.catalogue = generate_catalogue();
  if (arguments.save) {
    save_catalogue(*data.catalogue, *arguments.save);
  }
  data.interactions = std::move(data.catalogue->interactions);
  data.titles =
      Titles(ItemTable{.ids = data.interactions.item_ids, .titles = data.catalogue->titles});
  return data;
}

/// Everything the demo found out.
struct DemoRun {
  SplitFacts facts;
  SplitMethod method = SplitMethod::random;
  std::vector<Metric> metrics;
  std::vector<Result> results;
  OpenModel open;
  double seconds = 0;
};

DemoRun train_and_test(const DemoData& data, Log& log) {
  const auto start = std::chrono::steady_clock::now();
  DemoRun run;
  run.metrics = parse_metrics("recall@10,ndcg@10");
  run.method =
      data.interactions.triplets.times.empty() ? SplitMethod::random : SplitMethod::leave_last_two;
  const Split split = alsace::split(data.interactions, {.method = run.method});
  run.facts = facts(split);
  TrainControl control;
  control.after_iteration = [&](const IterationReport& report) {
    log.status(fmt::format("training: iteration {}", report.iteration));
    return true;
  };
  Model model = train(split.train, demo_options(), control);
  log.clear_status();
  const double seconds =
      std::accumulate(model.summary.seconds.begin(), model.summary.seconds.end(), 0.0);
  run.open = {.path = "the demo's model", .model = std::make_shared<const Model>(std::move(model))};
  const EvaluateOptions options{.metrics = run.metrics};
  run.results.push_back(measure(als_scorer(run.open.model, split), split, options, seconds));
  run.results.push_back(measure(random_scorer(42), split, options));
  run.results.push_back(measure(popularity_scorer(split), split, options));
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return run;
}

std::string how_tested(SplitMethod method) {
  return method == SplitMethod::leave_last_two
             ? "Each user's last item was hidden from training, and is to be found again among all "
               "others:"
             : "A fifth of each user's items was hidden from training, and is to be found again "
               "among all others:";
}

void print_test(const DemoArguments& arguments, const DemoRun& run) {
  print(bold(arguments.files.empty() ? "1. A made-up film catalogue" : "1. Your data") + "\n");
  print(fmt::format("{}Trained and tested in {}.\n", facts_text(run.facts), duration(run.seconds)));
  print(how_tested(run.method) + "\n\n" + results_table(run.metrics, run.results));
  const double als = run.results[0].evaluation.values[0].mean;
  const double popularity = run.results[2].evaluation.values[0].mean;
  if (popularity > 0 && als > popularity) {
    print(
        fmt::format("\n  Alsace finds {:.1f} times what a list of the most popular items finds.\n",
                    als / popularity));
  } else if (popularity > 0) {
    print(
        "\n  On this data the most popular items are hard to beat: see 'alsace help evaluate' "
        "for options to try.\n");
  }
}

/// The demo's arguments that train and evaluate take as well, ready for a shell.
std::string reading_arguments(Arguments given) {
  std::string out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] == "--items") {
      ++i;
    } else if (given[i] != "--quiet" && !given[i].starts_with("--items=")) {
      const bool plain = given[i].find_first_of(" \t\\'\"$&|;<>()*?#~`!{}[]") == std::string::npos;
      out += plain ? " " + given[i] : " '" + given[i] + "'";
    }
  }
  return out;
}

void print_next(const DemoArguments& arguments, Arguments given, const std::string& user) {
  print("\n" + bold("3. What to try next") + "\n");
  if (!arguments.files.empty()) {
    const std::string data = reading_arguments(given);
    const std::string titles = arguments.items ? " --items " + *arguments.items : "";
    print(
        fmt::format("  alsace evaluate{0} --preset recommended --factors 128\n"
                    "  alsace train{0} --preset recommended --model my.alsace\n"
                    "  alsace recommend my.alsace --user '{1}'{2}\n"
                    "  alsace recommend my.alsace --all{2} --out lists.csv\n",
                    data,
                    user,
                    titles));
    return;
  }
  const std::string folder = arguments.save.value_or("films");
  if (!arguments.save) {
    print("  alsace demo --save films          (writes this catalogue to films/)\n");
  }
  print(
      fmt::format("  alsace train {0}/plays.csv --preset recommended --model {0}/films.alsace\n"
                  "  alsace recommend {0}/films.alsace --user {1} --items {0}/titles.csv\n"
                  "  alsace similar {0}/films.alsace --item film1 --items {0}/titles.csv\n"
                  "  alsace demo {0}/plays.csv --items {0}/titles.csv\n"
                  "The last one takes your own file as well: columns user,item and, if there "
                  "are, value,time.\n",
                  folder,
                  user));
}

}  // namespace

void demo_command(Arguments given) {
  DemoArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  if (!arguments.files.empty() && arguments.save) {
    refuse("--save writes the made-up catalogue: leave FILE out.");
  }
  if (arguments.files.empty() && arguments.items) {
    refuse("--items goes with a FILE of yours.");
  }
  check_inputs(to_paths(arguments.files));
  Log log(arguments.common.quiet);
  const DemoData data = make_data(arguments, log);
  const DemoRun run = train_and_test(data, log);
  const Recommender recommender(run.open.model);
  const std::vector<Index> users =
      data.catalogue
          ? users_of_genres(*data.catalogue, *run.open.model, "Science Fiction", "Romance")
          : different_users(*run.open.model);
  const DemoUsers shown(recommender, data.titles, data.catalogue ? &*data.catalogue : nullptr);
  if (arguments.common.json) {
    Json people = Json::array();
    for (const Index user : users) {
      people.push_back(shown.json(user));
    }
    print_json({{"data", facts_json(run.facts)},
                {"models", results_json(run.metrics, run.results)},
                {"users", std::move(people)},
                {"seconds", run.seconds}});
    return;
  }
  print_test(arguments, run);
  print("\n" + bold("2. Two users and what they should see next") + "\n");
  for (const Index user : users) {
    print(shown.text(user));
  }
  print_next(arguments, given, std::string(run.open.model->user_ids[users.front()]));
}

}  // namespace alsace::cli
