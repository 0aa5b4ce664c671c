#pragma once

#include "alsace/items.h"

#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// Pearson's correlation; nothing when either does not vary.
std::optional<double> correlation(std::span<const double> x, std::span<const double> y);

/// How much of the variance of `values` a column explains by least squares with a constant: R2, 0
/// to
/// 1. A number: a line. A category: one indicator for each label. Over the rows that have a value
/// in the column; `rows[i]` is the column's row of values[i], or -1. Nothing when the values do not
/// vary or the column says nothing about three rows.
std::optional<double> explained_share(std::span<const double> values,
                                      const ItemColumn& column,
                                      std::span<const Index> rows);

/// The same for several sequences of values, for which the column's system is solved once.
std::vector<std::optional<double>> explained_shares(std::span<const std::vector<double>> values,
                                                    const ItemColumn& column,
                                                    std::span<const Index> rows);

}  // namespace alsace
