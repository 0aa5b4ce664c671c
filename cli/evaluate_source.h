#pragma once

#include "alsace/evaluate.h"

#include "data.h"
#include "evaluate_arguments.h"
#include "progress.h"

#include <cstdint>
#include <string>
#include <vector>

namespace alsace::cli {

/// The data that `evaluate` reads, and how to split it for a seed.
class Source {
 public:
  /// Reads everything. @throws Error.
  Source(const EvaluateArguments& arguments, Feedback feedback, Log& log);

  /// A split made elsewhere is the same for every seed.
  [[nodiscard]] Split split_with(std::uint64_t seed) const;

  [[nodiscard]] std::string name() const;
  [[nodiscard]] const Triplets& lists() const noexcept { return lists_; }
  [[nodiscard]] const DataReport& report() const noexcept { return report_; }

 private:
  void choose_split();
  void read_parts();
  /// Pairs in the rows of the data. Items that only these name join the catalogue: they take a
  /// place in a list, and miss. Users that only these name have nothing to be tested on.
  Triplets read_beside(const std::string& path, const ReadOptions& options, DataReport& report);

  const EvaluateArguments& arguments_;
  Feedback feedback_;
  Log& log_;
  Interactions whole_;
  SplitOptions options_;
  Split given_;
  Triplets lists_;
  Triplets candidates_;
  DataReport report_;
};

}  // namespace alsace::cli
