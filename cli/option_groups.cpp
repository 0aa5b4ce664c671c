#include "option_groups.h"

#include "config.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

Duplicates parse_duplicates(const std::string& word) {
  constexpr std::array<std::pair<std::string_view, Duplicates>, 4> words = {
      {{"sum", Duplicates::sum},
       {"last", Duplicates::last},
       {"max", Duplicates::max},
       {"error", Duplicates::error}}};
  for (const auto& [name, value] : words) {
    if (word == name) {
      return value;
    }
  }
  refuse(fmt::format("--duplicates '{}' is not known. Choose one of sum, last, max, error.", word));
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Only what the preset is about: a checkpoint's iterations and the like stay.
void set_preset(TrainOptions& options) {
  const TrainOptions preset = recommended_options();
  options.confidence = preset.confidence;
  options.alpha = preset.alpha;
  options.regularization = preset.regularization;
  options.regularization_exponent = preset.regularization_exponent;
  options.regularization_count = preset.regularization_count;
}

void require_not_negative(const char* option, const std::optional<int>& value) {
  if (value && *value < 0) {
    refuse(fmt::format("{} is {}, it must be 0 or more.", option, *value));
  }
}

}  // namespace

std::string unescape(std::string text) {
  return text == "\\t" || text == "tab" ? "\t" : text == "space" ? " " : text;
}

void CommonOptions::declare(CommandLine& line) {
  line.group("Output");
  line.flag("--json", json, "One JSON document on standard output.");
  line.flag("--quiet", quiet, "No notes and no progress; warnings and errors stay.");
}

void ReadingOptions::declare_columns(CommandLine& line) {
  line.group("Reading");
  line.text("--delimiter",
            "TEXT",
            delimiter,
            "Between columns: ',' '\\t' '::' ';' '|' ' ' or any other text (default: found in the "
            "first line).");
  line.text("--columns",
            "USER,ITEM[,VALUE[,TIME]]",
            columns,
            "Column names or positions from 1, '-' for none (default: the header's user, item, "
            "value or rating, time or timestamp, else the first four).");
  line.flag("--skip-bad-lines", skip_bad_lines, "Leave out and count lines that are refused.");
}

void ReadingOptions::declare(CommandLine& line) {
  declare_columns(line);
  line.number("--min-value", "X", min_value, "Smaller values are not trained on, but stay seen.");
  line.flag("--binary", binary, "Every kept value is 1.");
  line.number("--liked", "X", liked, "--min-value X and --binary in one.");
  line.number("--min-per-user", "N", min_per_user, "Leave out users with fewer interactions.");
  line.number("--min-per-item",
              "N",
              min_per_item,
              "Leave out items with fewer interactions; both until both hold.");
  line.word("--duplicates",
            "sum|last|max|error",
            duplicates,
            parse_duplicates,
            "What repeated pairs become (default: sum, with --explicit last).");
}

ReadOptions ReadingOptions::read_options(Feedback feedback, int threads) const {
  ReadOptions options;
  if (delimiter) {
    options.delimiter = unescape(*delimiter);
  }
  if (columns) {
    options.columns = split_commas(*columns);
  }
  options.skip_bad_lines = skip_bad_lines;
  options.allow_negative = dislikes || feedback == Feedback::explicit_feedback;
  options.keep_times = splits_by_time || prepare_options(feedback).duplicates == Duplicates::last;
  options.memory_limit = memory_limit;
  options.threads = threads;
  return options;
}

PrepareOptions ReadingOptions::prepare_options(Feedback feedback) const {
  if (liked && (min_value || binary)) {
    refuse("--liked is --min-value and --binary in one: leave those two out.");
  }
  require_not_negative("--min-per-user", min_per_user);
  require_not_negative("--min-per-item", min_per_item);
  PrepareOptions options;
  const bool is_explicit = feedback == Feedback::explicit_feedback;
  options.duplicates = duplicates.value_or(is_explicit ? Duplicates::last : Duplicates::sum);
  options.min_value = liked ? liked : min_value;
  options.binary = binary || liked;
  options.min_per_user = min_per_user.value_or(0);
  options.min_per_item = min_per_item.value_or(0);
  return options;
}

void TrainingOptions::declare(CommandLine& line) {
  line.group("Training");
  line.flag("--implicit", implicit_feedback, "Values are counts, plays, clicks (the default).");
  line.flag("--explicit", explicit_feedback, "Values are ratings, to be predicted.");
  line.text("--preset",
            "recommended",
            preset,
            "Good without tuning on counts and on binary data: --confidence relative --alpha 10 "
            "--regularization 0.3 --regularization-exponent 1. Options given beside it win.");
  line.number("--factors", "N", factors, "Latent dimensions (default 64).");
  line.number("--regularization",
              "X",
              regularization,
              "Weight of the squared factors (default 0.001, with --explicit 0.1).");
  line.number("--regularization-exponent",
              "X",
              regularization_exponent,
              "Weighs it by a row's count to this power (default 0, with --explicit 1).");
  line.number("--iterations", "N", iterations, "All users, then all items, N times (default 20).");
  line.number("--tolerance",
              "X",
              tolerance,
              "Stop when the objective's relative fall is below X (default 0: never).");
  line.word("--solver",
            "auto|exact",
            solver,
            parse<Solver>,
            "auto: whichever is cheaper per row; exact: to float precision (default auto).");
  line.number("--seed", "N", seed, "Of the start values (default 42).");
  line.number("--threads", "N", threads, "0: all (the default). Never changes the result.");
  line.group("Training on implicit feedback");
  line.word("--confidence",
            "linear|scaled|log|relative",
            confidence,
            parse<Confidence>,
            "1 + alpha r, alpha r, 1 + alpha log(1 + r/epsilon), 1 + alpha r/mean(r) (default "
            "linear).");
  line.number("--alpha", "X", alpha, "Confidence scale (default 10).");
  line.number("--log-epsilon", "X", log_epsilon, "epsilon of --confidence log (default 1).");
  line.number("--unobserved-weight",
              "X",
              unobserved_weight,
              "Confidence of a pair that was not observed (default 1).");
  line.flag("--dislikes",
            dislikes,
            "Values of 0 or less are dislikes: preference 0 with the confidence of their size.");
  line.word("--regularization-count",
            "observed|all",
            regularization_count,
            parse<RegularizationCount>,
            "What a row's count is: its own entries, or those plus the weighted rest (default "
            "observed).");
  line.group("Training on explicit feedback");
  line.flag("--biases", biases, "Add a mean, user biases and item biases.");
  line.flag("--nonnegative", nonnegative, "All factors 0 or more.");
}

void TrainingOptions::check_feedback(Feedback feedback) const {
  const std::array<std::pair<const char*, bool>, 7> implicit_only = {
      {{"--preset", preset.has_value()},
       {"--confidence", confidence.has_value()},
       {"--alpha", alpha.has_value()},
       {"--log-epsilon", log_epsilon.has_value()},
       {"--unobserved-weight", unobserved_weight.has_value()},
       {"--dislikes", dislikes},
       {"--regularization-count", regularization_count.has_value()}}};
  const std::array<std::pair<const char*, bool>, 2> explicit_only = {
      {{"--biases", biases}, {"--nonnegative", nonnegative}}};
  const auto check = [](const auto& options, const char* meant, const char* now) {
    for (const auto& [name, given] : options) {
      if (given) {
        refuse(fmt::format("{} is for {} feedback, this is {}. Leave it out, or add --{}.",
                           name,
                           meant,
                           now,
                           meant));
      }
    }
  };
  if (feedback == Feedback::explicit_feedback) {
    check(implicit_only, "implicit", "explicit");
  } else {
    check(explicit_only, "explicit", "implicit");
  }
}

void TrainingOptions::check_words() const {
  if (implicit_feedback && explicit_feedback) {
    refuse("--implicit and --explicit exclude each other. Give one of them.");
  }
  if (preset && *preset != "recommended") {
    refuse(fmt::format("--preset '{}' is not known. There is one: recommended.", *preset));
  }
}

void TrainingOptions::apply_to(TrainOptions& options) const {
  const auto apply = [](auto& option, const auto& given) {
    if (given) {
      option = *given;
    }
  };
  if (explicit_feedback || implicit_feedback) {
    options.feedback =
        explicit_feedback ? Feedback::explicit_feedback : Feedback::implicit_feedback;
  }
  apply(options.factors, factors);
  apply(options.regularization, regularization);
  apply(options.regularization_exponent, regularization_exponent);
  apply(options.regularization_count, regularization_count);
  apply(options.iterations, iterations);
  apply(options.tolerance, tolerance);
  apply(options.solver, solver);
  apply(options.seed, seed);
  apply(options.threads, threads);
  apply(options.confidence, confidence);
  apply(options.alpha, alpha);
  apply(options.log_epsilon, log_epsilon);
  apply(options.unobserved_weight, unobserved_weight);
  options.dislikes = options.dislikes || dislikes;
  options.biases = options.biases || biases;
  options.nonnegative = options.nonnegative || nonnegative;
}

/// The file's options alone must be good; a mistake is told with the file's name and its words.
void TrainingOptions::apply_config(const Config& config, TrainOptions& options) const {
  const TrainingOptions& given = config.options;
  if ((given.explicit_feedback && implicit_feedback) ||
      (given.implicit_feedback && explicit_feedback)) {
    refuse(
        fmt::format("{}: these are options for {} feedback, --{} is given. Leave that out, or "
                    "take another file.",
                    config.file,
                    given.explicit_feedback ? "explicit" : "implicit",
                    explicit_feedback ? "explicit" : "implicit"));
  }
  try {
    given.check_words();
    given.apply_to(options);
    given.check_feedback(options.feedback);
    resolve(options);
  } catch (const Error& error) {
    std::string message = error.what();
    for (const std::string_view prefix : {"options: ", "--"}) {
      if (message.starts_with(prefix)) {
        message.erase(0, prefix.size());
      }
    }
    const std::size_t end = std::min(message.find(' '), message.size());
    std::replace(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(end), '-', '_');
    refuse(fmt::format("{}: {}", config.file, message));
  }
}

TrainOptions TrainingOptions::resolved(const TrainOptions* base, const Config* config) const {
  check_words();
  TrainOptions options = base ? *base : TrainOptions{};
  options.threads = 0;  // A checkpoint's are those of another machine.
  if (preset || (config && config->options.preset)) {
    set_preset(options);
  }
  if (explicit_feedback || implicit_feedback) {
    options.feedback =
        explicit_feedback ? Feedback::explicit_feedback : Feedback::implicit_feedback;
  }
  if (config) {
    apply_config(*config, options);
  }
  apply_to(options);
  check_feedback(options.feedback);
  return resolve(options);
}

}  // namespace alsace::cli
