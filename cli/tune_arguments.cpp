#include "tune_arguments.h"

#include "files.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// "32:256" is a range, "32,64,128" a list, "64" itself.
TuneValues parse_values(const std::string& name, const std::string& text) {
  TuneValues values{.is_range = text.find(':') != std::string::npos};
  for (const std::string& part : parts_of(text, values.is_range ? ':' : ',')) {
    double number = 0;
    const char* end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, number);
    if (part.empty() || stop != end || error != std::errc() || !std::isfinite(number)) {
      refuse(
          fmt::format("{} is '{}', it must be a range such as 32:256, a list such as 32,64,128, "
                      "or one number.",
                      name,
                      text));
    }
    values.values.push_back(number);
  }
  if (values.is_range && (values.values.size() != 2 || values.values[0] > values.values[1])) {
    refuse(fmt::format(
        "{} is '{}', a range must go from its smaller end to its larger one.", name, text));
  }
  return values;
}

template <class Enum>
std::vector<Enum> parse_words(const std::string& text) {
  std::vector<Enum> words;
  for (const std::string& word : parts_of(text, ',')) {
    words.push_back(parse<Enum>(word));
  }
  return words;
}

std::vector<bool> parse_biases(const std::string& text) {
  std::vector<bool> words;
  for (const std::string& word : parts_of(text, ',')) {
    if (word != "yes" && word != "no") {
      refuse(fmt::format("--biases is '{}', it must be yes, no or yes,no.", text));
    }
    words.push_back(word == "yes");
  }
  return words;
}

TuneMethod parse_method(const std::string& word) {
  if (word == "halving") {
    return TuneMethod::halving;
  }
  if (word == "grid") {
    return TuneMethod::grid;
  }
  refuse(fmt::format("--search '{}' is not known. Choose one of halving, grid.", word));
}

Metric parse_metric(const std::string& text) {
  const std::vector<Metric> metrics = parse_metrics(text);
  if (metrics.size() != 1) {
    refuse(fmt::format("--metric is '{}', it must be one metric, for example ndcg@10.", text));
  }
  return metrics.front();
}

/// The texts of options that are searched, until they are values.
struct SpaceTexts {
  std::optional<TuneValues> factors, regularization, exponent, iterations, alpha, weight;
  std::optional<std::vector<Confidence>> confidences;
  std::optional<std::vector<RegularizationCount>> counts;
  std::optional<std::vector<bool>> biases;

  void declare(CommandLine& line) {
    line.group("What is searched: a range LOW:HIGH, a list A,B,C, or one value");
    const auto values = [&](const std::string& name, auto& option, const std::string& help) {
      line.word(
          name,
          "VALUES",
          option,
          [name](const std::string& text) { return parse_values(name, text); },
          help);
    };
    values("--factors", factors, "Default 32:128, with --explicit 8:128.");
    values("--regularization",
           regularization,
           "Default: 0.001 to 0.1 and up to four times the preset's, all at the same mean strength "
           "whatever the exponent.");
    values("--regularization-exponent", exponent, "Default 0:1.");
    values("--iterations", iterations, "Default 15:30, or fewer where more do not help.");
    values("--alpha", alpha, "Default 1:40.");
    values("--unobserved-weight", weight, "Default 0.1:1; 1 where all values are 1.");
    line.word("--confidence",
              "WORDS",
              confidences,
              parse_words<Confidence>,
              "Default relative,log,linear; linear where all values are 1.");
    line.word("--regularization-count",
              "WORDS",
              counts,
              parse_words<RegularizationCount>,
              "Default observed.");
    line.word(
        "--biases", "yes|no|yes,no", biases, parse_biases, "With --explicit; default yes,no.");
  }

  void take_into(TuneSpace& space) const {
    const auto take = [](const auto& given, auto& to) {
      if (given) {
        to = *given;
      }
    };
    take(factors, space.factors);
    take(regularization, space.regularization);
    take(exponent, space.regularization_exponent);
    take(iterations, space.iterations);
    take(alpha, space.alpha);
    take(weight, space.unobserved_weight);
    take(confidences, space.confidences);
    take(counts, space.counts);
    take(biases, space.biases);
  }
};

void declare_data(CommandLine& line, TuneArguments& out) {
  line.positionals(
      "FILE...", out.data.files, "Interactions to split here; - is standard input.", false);
  line.group("Data");
  out.data.declare_split(line);
}

void declare(CommandLine& line, TuneArguments& out, SpaceTexts& space) {
  declare_data(line, out);
  line.group("Search");
  line.word("--metric",
            "NAME",
            out.metric,
            parse_metric,
            "What is to be best on the validation part: a mean over users (default ndcg@10; with "
            "--explicit rmse).");
  line.word("--search",
            "halving|grid",
            out.method,
            parse_method,
            "halving: random candidates, of which the better third goes on, then others near the "
            "best (the default). grid: all combinations of the lists given.");
  line.number("--trials", "N", out.trials, "Candidates of halving (default 30).");
  line.number("--seeds", "N", out.seeds, "Starts over which finalists are averaged (default 3).");
  line.number("--time-limit", "SECONDS", out.time_limit, "Then no more candidates are begun.");
  line.flag("--hide-low", out.data.hide_low, "Also hide items below --min-value from ranking.");
  space.declare(line);
  TrainingOptions& training = out.data.training;
  line.group("Training");
  line.flag(
      "--implicit", training.implicit_feedback, "Values are counts, plays, clicks (default).");
  line.flag("--explicit", training.explicit_feedback, "Values are ratings, to be predicted.");
  line.number("--tolerance", "X", training.tolerance, "As in train.");
  line.word("--solver", "auto|exact", training.solver, parse<Solver>, "As in train.");
  line.number("--log-epsilon", "X", training.log_epsilon, "As in train.");
  line.flag("--nonnegative", training.nonnegative, "As in train.");
  line.number("--seed", "N", training.seed, "Of splits, candidates and starts (default 42).");
  line.number(
      "--threads", "N", training.threads, "0: all (the default). Never changes the result.");
  line.group("Output");
  line.text("--out",
            "FILE",
            out.out,
            "Options chosen and all trials, as JSON for train --config. A journal beside it lets "
            "the same command go on after a crash.");
  line.text("--model", "OUT", out.model, "A model of all the data with the options chosen.");
  line.text("--plot", "FILE.svg", out.plot, "The metric against each option searched.");
  line.flag("--restart", out.restart, "Begin anew though there is a journal.");
  out.data.reading.declare(line);
  out.data.common.declare(line);
  line.example(
      "  alsace tune plays.csv --out tuned.json --model plays.alsace\n"
      "  alsace tune plays.csv --metric recall@20 --factors 32:64 --trials 12 --out tuned.json");
}

void check(const TuneArguments& arguments) {
  const std::array outputs = {std::pair{"--out", &arguments.out},
                              std::pair{"--model", &arguments.model},
                              std::pair{"--plot", &arguments.plot}};
  Paths inputs = to_paths(arguments.data.files);
  for (const auto* more : {&arguments.data.train, &arguments.data.valid, &arguments.data.test}) {
    inputs.insert(inputs.end(), more->begin(), more->end());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [name, path] = outputs[i];
    if (!*path) {
      continue;
    }
    check_file_output(**path, name);
    check_not_input(**path, name, inputs);
    for (std::size_t j = 0; j < i; ++j) {
      const auto& [other_name, other] = outputs[j];
      if (*other && same_file(**path, **other)) {
        refuse(fmt::format(
            "{} and {} name one file. Choose another for one of them.", other_name, name));
      }
    }
  }
  if (arguments.restart && !arguments.out) {
    refuse("--restart is about the journal beside --out FILE, which is not given.");
  }
  if (arguments.method == TuneMethod::grid && arguments.trials) {
    refuse("--trials is for --search halving: a grid has as many as its lists make.");
  }
}

}  // namespace

bool parse_tune(Arguments arguments, TuneArguments& out) {
  CommandLine line("tune",
                   "Searches the options that rank a validation part best, then tests them once.",
                   "(FILE... | --train FILE [--valid FILE] --test FILE) [options]");
  SpaceTexts space;
  declare(line, out, space);
  if (!line.parse(arguments)) {
    return false;
  }
  space.take_into(out.space);
  check_split(out.data);
  check(out);
  return true;
}

TuneOptions tune_options(const TuneArguments& arguments) {
  TuneOptions options{.base = arguments.data.training.resolved(),
                      .metric = arguments.metric,
                      .method = arguments.method.value_or(TuneMethod::halving),
                      .space = arguments.space,
                      .hide_low = arguments.data.hide_low,
                      .time_limit = arguments.time_limit.value_or(0)};
  options.trials = arguments.trials.value_or(options.trials);
  options.seeds = arguments.seeds.value_or(options.seeds);
  options.seed = options.base.seed;
  options.threads = options.base.threads;
  return resolve(std::move(options));  // What will not do is refused before any work.
}

}  // namespace alsace::cli
