#pragma once

#include "alsace/evaluate.h"

#include "base/thread_pool.h"
#include "evaluate/metrics.h"
#include "evaluate/test_set.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace alsace {

/// Sums over one user's test entries.
struct Errors {
  double squared = 0;
  double absolute = 0;
  double entries = 0;

  /// What rmse or mae is a mean of.
  [[nodiscard]] double total(MetricKind kind) const noexcept {
    return kind == MetricKind::rmse ? squared : absolute;
  }
};

Errors errors_of(const Scorer& scorer, const TestSet& set, Index user);

/// rmse or mae of some users together.
MetricValue error_value(MetricKind kind,
                        std::span<const Errors> errors,
                        std::span<const std::size_t> places,
                        std::uint64_t seed,
                        ThreadPool& pool);

}  // namespace alsace
