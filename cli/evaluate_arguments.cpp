#include "evaluate_arguments.h"

#include "files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace alsace::cli {
namespace {

constexpr std::array<std::pair<std::string_view, SplitMethod>, 5> split_words = {
    {{"leave-last-one", SplitMethod::leave_last_one},
     {"leave-last-two", SplitMethod::leave_last_two},
     {"random", SplitMethod::random},
     {"temporal", SplitMethod::temporal},
     {"new-users", SplitMethod::new_users}}};

SplitMethod parse_split(const std::string& word) {
  std::string known;
  for (const auto& [name, method] : split_words) {
    if (word == name) {
      return method;
    }
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(fmt::format("--split '{}' is not known. Choose one of {}.", word, known));
}

void declare(CommandLine& line, EvaluateArguments& out) {
  line.positionals("FILE...", out.files, "Interactions to split here; - is standard input.", false);
  line.group("Data");
  out.declare_split(line);
  line.group("What is evaluated");
  line.texts("--config",
             "FILE",
             out.configs,
             "Option sets as train --config reads them: each is trained, and named by its file.");
  line.texts("--model", "MODEL", out.models, "Saved models; then none is trained.");
  line.text("--recommendations",
            "LISTS",
            out.recommendations,
            "Lists made elsewhere: user,item[,score] lines; goes with --test.");
  line.text("--baselines",
            "NAMES",
            out.baselines,
            "Of random, popularity, knn-cosine, knn-bm25, ease, mean, item-mean, or none (default "
            "random,popularity; for rmse and mae mean,item-mean).");
  line.number("--neighbors",
              "N",
              out.of_baselines.neighbors,
              "Of each item, for knn-cosine and knn-bm25 (default 100).");
  line.number("--ease-regularization", "X", out.of_baselines.ease_regularization, "Default 500.");
  line.text("--reference",
            "NAME",
            out.reference,
            "What the others are compared with (default the first of the table).");
  line.group("How");
  line.text("--metrics",
            "NAMES",
            out.metrics,
            "For example recall@10,ndcg@10 (the default; with --explicit rmse,mae).");
  line.text("--candidates",
            "FILE",
            out.candidates,
            "user,item lines: what sampled_ metrics rank each user's test items among.");
  line.flag("--by-group", out.by_group, "Also for cold, medium and heavy users apart.");
  line.flag("--hide-low", out.hide_low, "Also hide items below --min-value from ranking.");
  line.number("--repeats", "N", out.repeats, "Mean and spread over N seeds, from --seed on.");
  out.training.declare(line);
  out.reading.declare(line);
  out.common.declare(line);
  line.example(
      "  alsace evaluate plays.csv --preset recommended\n"
      "  alsace evaluate plays.csv --split random --metrics recall@20,ndcg@20,coverage@20\n"
      "  alsace evaluate plays.csv --baselines popularity,knn-bm25,ease --by-group");
}

void check_sources(const EvaluateArguments& arguments) {
  const bool parts =
      !arguments.train.empty() || !arguments.valid.empty() || arguments.given_split();
  if (arguments.files.empty() == !parts) {
    refuse("give either FILE..., to be split here, or --train FILE and --test FILE.");
  }
  if (parts && !arguments.given_split()) {
    refuse("--test FILE is missing: what is to be found?");
  }
  if (parts && arguments.train.empty() && !arguments.recommendations) {
    refuse("--train FILE is missing. Only --recommendations can do without it.");
  }
  if (parts && (arguments.split || arguments.test_fraction)) {
    refuse("--split and --test-fraction are for FILE..., not for a split made elsewhere.");
  }
  if (arguments.recommendations && !arguments.given_split()) {
    refuse("--recommendations goes with --test FILE: what is to be found in the lists?");
  }
  if (parts && (arguments.reading.min_per_user || arguments.reading.min_per_item)) {
    refuse("--min-per-user and --min-per-item are for FILE..., not for a split made elsewhere.");
  }
}

/// They are named by their files.
void check_distinct(const std::vector<std::string>& configs) {
  for (std::size_t i = 0; i < configs.size(); ++i) {
    if (std::find(configs.begin(), configs.begin() + static_cast<std::ptrdiff_t>(i), configs[i]) !=
        configs.begin() + static_cast<std::ptrdiff_t>(i)) {
      refuse(fmt::format("--config '{}' is given twice. Leave one out.", configs[i]));
    }
  }
}

/// The names of the table, in its order.
std::vector<std::string> evaluated_names(const EvaluateArguments& arguments,
                                         const std::vector<std::string>& baselines) {
  std::vector<std::string> names;
  if (arguments.trains()) {
    names.emplace_back("als");
  }
  for (const auto* more : {&arguments.configs, &arguments.models}) {
    names.insert(names.end(), more->begin(), more->end());
  }
  if (arguments.recommendations) {
    names.push_back(*arguments.recommendations);
  }
  names.insert(names.end(), baselines.begin(), baselines.end());
  return names;
}

void check(const EvaluateArguments& arguments) {
  check_sources(arguments);
  if (arguments.test_fraction && !(*arguments.test_fraction > 0 && *arguments.test_fraction < 1)) {
    refuse(fmt::format("--test-fraction is {}, it must be above 0 and below 1. Start with 0.2.",
                       *arguments.test_fraction));
  }
  if (arguments.repeats && *arguments.repeats < 1) {
    refuse(fmt::format("--repeats is {}, it must be 1 or more.", *arguments.repeats));
  }
  std::vector<std::string> inputs = arguments.files;
  for (const auto* more : {&arguments.train,
                           &arguments.valid,
                           &arguments.test,
                           &arguments.configs,
                           &arguments.models}) {
    inputs.insert(inputs.end(), more->begin(), more->end());
  }
  for (const auto* more : {&arguments.recommendations, &arguments.candidates}) {
    if (*more) {
      inputs.push_back(**more);
    }
  }
  check_inputs(to_paths(inputs));
  check_distinct(arguments.configs);
}

}  // namespace

void EvaluateArguments::declare_split(CommandLine& line) {
  line.word("--split",
            "METHOD",
            split,
            parse_split,
            "leave-last-one, leave-last-two, random, temporal or new-users (default: "
            "leave-last-two where there are times, else random).");
  line.number(
      "--test-fraction", "X", test_fraction, "Of random, temporal and new-users (default 0.2).");
  line.texts("--train", "FILE", train, "A split made elsewhere: what is trained on,");
  line.texts("--valid", "FILE", valid, "neither trained on nor hidden,");
  line.texts("--test", "FILE", test, "and what is to be found.");
}

void check_split(const EvaluateArguments& arguments) {
  check(arguments);
}

bool parse_evaluate(Arguments arguments, EvaluateArguments& out) {
  CommandLine line("evaluate",
                   "Splits, trains, and ranks the whole catalogue for every test user; beside it "
                   "the baselines.",
                   "(FILE... | --train FILE --test FILE) [options]");
  declare(line, out);
  if (!line.parse(arguments)) {
    return false;
  }
  check(out);
  return true;
}

std::vector<Metric> metrics_of(const EvaluateArguments& arguments, Feedback feedback) {
  const bool is_explicit = feedback == Feedback::explicit_feedback;
  return parse_metrics(arguments.metrics.value_or(is_explicit ? "rmse,mae" : "recall@10,ndcg@10"));
}

std::vector<std::string> baselines_of(const EvaluateArguments& arguments,
                                      const std::vector<Metric>& metrics) {
  const bool errors = std::any_of(metrics.begin(), metrics.end(), [](const Metric& metric) {
    return metric.name == "rmse" || metric.name == "mae";
  });
  const std::string text =
      arguments.baselines.value_or(errors ? "mean,item-mean" : "random,popularity");
  if (text == "none") {
    return {};
  }
  std::vector<std::string> names(1);
  for (const char c : text) {
    if (c == ',') {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

void check_metrics(const EvaluateArguments& arguments,
                   const std::vector<Metric>& metrics,
                   const std::vector<std::string>& baselines) {
  const bool sampled = std::any_of(metrics.begin(), metrics.end(), is_sampled);
  if (sampled && !arguments.candidates) {
    refuse(
        "sampled_ metrics need --candidates FILE: what is each test item ranked among? Leave out "
        "sampled_ to rank the whole catalogue.");
  }
  if (arguments.candidates && !sampled) {
    refuse(
        "--candidates is for sampled_ metrics, and none is asked for. Add one, for example "
        "--metrics sampled_hit_rate@10,sampled_ndcg@10.");
  }
  const std::vector<std::string> names = evaluated_names(arguments, baselines);
  if (arguments.reference && !reference_place(*arguments.reference, names)) {
    refuse(fmt::format("--reference: nothing called '{}' is evaluated.{} There is {}.",
                       *arguments.reference,
                       did_you_mean(*arguments.reference, names),
                       fmt::join(names, ", ")));
  }
}

std::optional<std::size_t> reference_place(const std::string& name,
                                           std::span<const std::string> names) {
  for (std::size_t place = 0; place < names.size(); ++place) {
    if (names[place] == name || dashed(names[place]) == dashed(name)) {
      return place;
    }
  }
  return std::nullopt;
}

std::string split_word(SplitMethod method) {
  for (const auto& [name, known] : split_words) {
    if (known == method) {
      return std::string(name);
    }
  }
  return "?";
}

}  // namespace alsace::cli
