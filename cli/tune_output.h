#pragma once

#include "alsace/evaluate.h"
#include "alsace/tune.h"

#include "evaluation.h"
#include "output.h"

#include <string>
#include <vector>

namespace alsace::cli {

/// The options chosen, on the test part: trained on the training part, and on all but the test.
struct TuneTest {
  std::vector<Metric> metrics;
  std::vector<Result> trained;  ///< als, popularity.
  std::vector<Result> with_validation;
  SplitFacts facts;
  SplitFacts facts_with_validation;
};

/// What was tried, best first; the chosen one is marked.
std::string trials_table(const TuneResult& result);
std::string chosen_text(const TuneResult& result);
std::string test_text(const TuneTest& test);

Json trials_json(const TuneResult& result);
Json test_json(const TuneTest& test);

/// The metric against each option that was searched, as SVG.
std::string trials_plot(const TuneResult& result);

}  // namespace alsace::cli
