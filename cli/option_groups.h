#pragma once

#include "alsace/interactions.h"
#include "alsace/options.h"
#include "alsace/read.h"

#include "command_line.h"

#include <cstdint>
#include <optional>
#include <string>

namespace alsace::cli {

struct Config;

// Groups of options, each defined once and used by every command that needs it.

/// --json and --quiet: every command has them.
struct CommonOptions {
  bool json = false;
  bool quiet = false;

  void declare(CommandLine& line);
};

/// How files are read, and which of their lines count.
struct ReadingOptions {
  std::optional<std::string> delimiter;
  std::optional<std::string> columns;
  std::optional<double> min_value;
  std::optional<double> liked;
  bool binary = false;
  std::optional<int> min_per_user;
  std::optional<int> min_per_item;
  std::optional<Duplicates> duplicates;
  bool skip_bad_lines = false;
  bool dislikes = false;  ///< As in TrainOptions: values may be negative.
  /// False where times are of no use but to merge duplicates: what is not needed is not held.
  bool splits_by_time = true;
  std::uint64_t memory_limit = 0;  ///< As in ReadOptions.

  void declare(CommandLine& line);
  /// Only what a file of pairs to predict needs.
  void declare_columns(CommandLine& line);

  /// @throws Error invalid_argument, as the next.
  [[nodiscard]] ReadOptions read_options(Feedback feedback, int threads) const;
  [[nodiscard]] PrepareOptions prepare_options(Feedback feedback) const;
};

/// Every choice of training; what is not given keeps its default.
struct TrainingOptions {
  bool implicit_feedback = false;
  bool explicit_feedback = false;
  bool dislikes = false;
  bool biases = false;
  bool nonnegative = false;
  std::optional<std::string> preset;
  std::optional<int> factors;
  std::optional<double> regularization;
  std::optional<double> regularization_exponent;
  std::optional<RegularizationCount> regularization_count;
  std::optional<int> iterations;
  std::optional<double> tolerance;
  std::optional<Solver> solver;
  std::optional<std::uint64_t> seed;
  std::optional<int> threads;
  std::optional<Confidence> confidence;
  std::optional<double> alpha;
  std::optional<double> log_epsilon;
  std::optional<double> unobserved_weight;

  void declare(CommandLine& line);

  /// The options as given over those of a file (`config`), over the preset, over `base` (a
  /// checkpoint's), over the defaults; resolved. @throws Error invalid_argument, also for an option
  /// that has no use with this feedback; it names the file where the mistake is the file's.
  [[nodiscard]] TrainOptions resolved(const TrainOptions* base = nullptr,
                                      const Config* config = nullptr) const;

 private:
  void check_words() const;
  void check_feedback(Feedback feedback) const;
  void apply_to(TrainOptions& options) const;
  void apply_config(const Config& config, TrainOptions& options) const;
};

/// "\t" as people type it to the character; others as they are.
std::string unescape(std::string text);

}  // namespace alsace::cli
