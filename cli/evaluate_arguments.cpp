#include "evaluate_arguments.h"

#include "files.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

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
  line.word("--split",
            "METHOD",
            out.split,
            parse_split,
            "leave-last-one, leave-last-two, random, temporal or new-users (default: "
            "leave-last-two where there are times, else random).");
  line.number("--test-fraction",
              "X",
              out.test_fraction,
              "Of random, temporal and new-users (default 0.2).");
  line.texts("--train", "FILE", out.train, "A split made elsewhere: what is trained on,");
  line.texts("--valid", "FILE", out.valid, "neither trained on nor hidden,");
  line.texts("--test", "FILE", out.test, "and what is to be found.");
  line.group("What is evaluated");
  line.texts("--model", "MODEL", out.models, "Saved models; then none is trained.");
  line.text("--recommendations",
            "LISTS",
            out.recommendations,
            "Lists made elsewhere: user,item[,score] lines; goes with --test.");
  line.text("--baselines",
            "NAMES",
            out.baselines,
            "Of random, popularity, mean, item-mean, or none (default random,popularity; for rmse "
            "and mae mean,item-mean).");
  line.group("How");
  line.text("--metrics",
            "NAMES",
            out.metrics,
            "For example recall@10,ndcg@10 (the default; with --explicit rmse,mae).");
  line.flag("--hide-low", out.hide_low, "Also hide items below --min-value from ranking.");
  line.number("--repeats", "N", out.repeats, "Mean and spread over N seeds, from --seed on.");
  out.training.declare(line);
  out.reading.declare(line);
  out.common.declare(line);
  line.example(
      "  alsace evaluate plays.csv --preset recommended\n"
      "  alsace evaluate plays.csv --split random --metrics recall@20,ndcg@20,coverage@20");
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
  for (const auto* more :
       {&arguments.train, &arguments.valid, &arguments.test, &arguments.models}) {
    inputs.insert(inputs.end(), more->begin(), more->end());
  }
  if (arguments.recommendations) {
    inputs.push_back(*arguments.recommendations);
  }
  check_inputs(to_paths(inputs));
}

}  // namespace

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

std::string split_word(SplitMethod method) {
  for (const auto& [name, known] : split_words) {
    if (known == method) {
      return std::string(name);
    }
  }
  return "?";
}

}  // namespace alsace::cli
