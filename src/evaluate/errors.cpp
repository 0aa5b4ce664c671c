#include "evaluate/errors.h"

#include "evaluate/intervals.h"

#include <cmath>
#include <vector>

namespace alsace {

Errors errors_of(const Scorer& scorer, const TestSet& set, Index user) {
  Errors errors;
  for (std::int64_t entry = set.test.offsets[at(user)]; entry < set.test.offsets[at(user) + 1];
       ++entry) {
    const Index item = set.test.indices[static_cast<std::size_t>(entry)];
    const double error = scorer.predict(user, item) - static_cast<double>(set.test.value(entry));
    errors.squared += error * error;
    errors.absolute += std::abs(error);
    errors.entries += 1;
  }
  return errors;
}

MetricValue error_value(MetricKind kind,
                        std::span<const Errors> errors,
                        std::span<const std::size_t> places,
                        std::uint64_t seed,
                        ThreadPool& pool) {
  std::vector<double> totals;
  std::vector<double> counts;
  for (const std::size_t place : places) {
    totals.push_back(errors[place].total(kind));
    counts.push_back(errors[place].entries);
  }
  return kind == MetricKind::rmse ? root_mean_over_entries(totals, counts, seed, pool)
                                  : mean_over_entries(totals, counts);
}

}  // namespace alsace
