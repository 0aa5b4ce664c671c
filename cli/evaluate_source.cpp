#include "evaluate_source.h"

#include "lists.h"

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

namespace alsace::cli {
namespace {

/// As `recommend --out` writes them, by name; else positions.
std::vector<std::string> list_columns(const std::string& path) {
  std::ifstream file(path);
  std::string header;
  std::getline(file, header);
  const auto has = [&](std::string_view name) { return header.find(name) != std::string::npos; };
  return has("user") && has("item") && has("score")
             ? std::vector<std::string>{"user", "item", "score"}
             : std::vector<std::string>{};
}

}  // namespace

Source::Source(const EvaluateArguments& arguments, Feedback feedback, Log& log)
    : arguments_(arguments), feedback_(feedback), log_(log) {
  if (arguments.given_split()) {
    read_parts();
  } else {
    whole_ = read_data(
        to_paths(arguments.files), arguments.reading, feedback, arguments.threads(), log, report_);
    choose_split();
  }
  if (arguments.recommendations) {
    ReadOptions options =
        arguments.reading.read_options(Feedback::explicit_feedback, arguments.threads());
    options.columns = list_columns(*arguments.recommendations);
    lists_ = read_beside(*arguments.recommendations, options, report_);
  }
  if (arguments.candidates) {
    // Their columns are their own, and their lines no part of the data.
    ReadOptions options = arguments.reading.read_options(feedback, arguments.threads());
    options.columns = {};
    DataReport report;
    candidates_ = read_beside(*arguments.candidates, options, report);
  }
}

Split Source::split_with(std::uint64_t seed) const {
  SplitOptions options = options_;
  options.seed = seed;
  Split result = arguments_.given_split() ? given_ : split(whole_, options);
  result.candidates = candidates_;
  return result;
}

std::string Source::name() const {
  return arguments_.given_split() ? "given" : split_word(options_.method);
}

void Source::choose_split() {
  const bool timed = !whole_.triplets.times.empty();
  options_.method =
      arguments_.split.value_or(timed ? SplitMethod::leave_last_two : SplitMethod::random);
  options_.test_fraction = arguments_.test_fraction.value_or(options_.test_fraction);
}

void Source::read_parts() {
  const PrepareOptions prepare_options = arguments_.reading.prepare_options(feedback_);
  Interactions& train = given_.train;
  std::array<Triplets, 3> parts;
  const std::array files = {&arguments_.train, &arguments_.valid, &arguments_.test};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!files[i]->empty()) {
      parts[i] =
          read_with_progress(to_paths(*files[i]),
                             arguments_.reading.read_options(feedback_, arguments_.threads()),
                             train.user_ids,
                             train.item_ids,
                             log_,
                             report_);
    }
  }
  train.low = prepare(parts, train.user_ids, train.item_ids, prepare_options, &report_.prepared);
  train.triplets = std::move(parts[0]);
  given_.valid = std::move(parts[1]);
  given_.test = std::move(parts[2]);
}

Triplets Source::read_beside(const std::string& path,
                             const ReadOptions& options,
                             DataReport& report) {
  Interactions& data = arguments_.given_split() ? given_.train : whole_;
  IdTable user_ids = data.user_ids;
  const Triplets read =
      read_with_progress(Paths{path}, options, user_ids, data.item_ids, log_, report);
  Triplets known;
  for (std::size_t i = 0; i < read.users.size(); ++i) {
    if (read.users[i] < data.user_ids.size()) {
      known.users.push_back(read.users[i]);
      known.items.push_back(read.items[i]);
      if (!read.values.empty()) {
        known.values.push_back(read.values[i]);
      }
    }
  }
  return known;
}

}  // namespace alsace::cli
