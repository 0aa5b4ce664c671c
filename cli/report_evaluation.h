#pragma once

#include "lists.h"
#include "option_groups.h"
#include "progress.h"

#include <optional>
#include <string>
#include <vector>

namespace alsace::cli {

/// A model tried on held-out interactions, for its report.
struct ReportTest {
  std::vector<std::string> test;
  std::vector<std::string> valid;
  std::optional<std::string> metrics;
  ReadingOptions reading;

  /// @throws Error invalid_argument for options that do not go together.
  void check() const;
  /// The files, for checks.
  [[nodiscard]] std::vector<std::string> inputs() const;
  /// The document that `evaluate --json` prints, of the model beside its baselines.
  [[nodiscard]] std::string evaluate(const OpenModel& open, int threads, Log& log) const;
};

}  // namespace alsace::cli
