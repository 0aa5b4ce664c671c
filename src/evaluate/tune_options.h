#pragma once

#include "alsace/tune.h"

#include <string>

namespace alsace {

/// @throws Error invalid_argument for numbers out of their range.
void check_options(const TuneOptions& options);

/// The metric given or the usual one. @throws Error invalid_argument for one that no search can go
/// by.
Metric metric_of(const TuneOptions& options);

/// rmse or mae: small is good.
bool is_error(const Metric& metric);

/// Of all that the results depend on, as text.
std::string hash_of(const Split& seen, const TuneOptions& options);

}  // namespace alsace
