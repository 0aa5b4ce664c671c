#pragma once

#include "alsace/tune.h"

#include "commands.h"
#include "evaluate_arguments.h"

#include <optional>
#include <string>

namespace alsace::cli {

struct TuneArguments {
  EvaluateArguments data;  ///< Files, split, reading, hide_low; of its training options feedback,
                           ///< seed, threads and those that are not searched.
  std::optional<Metric> metric;
  std::optional<TuneMethod> method;
  std::optional<int> trials;
  std::optional<int> seeds;
  TuneSpace space;
  std::optional<double> time_limit;
  std::optional<std::string> out;
  std::optional<std::string> model;
  std::optional<std::string> plot;
  bool restart = false;

  /// Beside --out, or nowhere.
  [[nodiscard]] std::string journal() const { return out ? *out + ".journal" : std::string(); }
};

/// False: help was printed. @throws Error invalid_argument, or io_error.
bool parse_tune(Arguments arguments, TuneArguments& out);

/// What the library is asked for.
TuneOptions tune_options(const TuneArguments& arguments);

}  // namespace alsace::cli
