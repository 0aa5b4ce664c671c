#pragma once

#include "alsace/report.h"

#include <span>
#include <vector>

namespace alsace {

/// Component `component` (from 0) of each row: basis . (y - mean). [rows]
std::vector<double> component_values(FactorView table,
                                     std::span<const Index> rows,
                                     const Components& components,
                                     int component);

}  // namespace alsace
