#pragma once

#include "alsace/tune.h"

#include <string>

namespace alsace {

/// rmse or mae: small is good.
bool is_error(const Metric& metric);

/// Of all that the results of resolved options depend on, as text.
std::string hash_of(const Split& seen, const TuneOptions& options);

}  // namespace alsace
