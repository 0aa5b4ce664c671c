#pragma once

#include "report/axis.h"
#include "report/canvas.h"
#include "report/frame.h"
#include "report/parts.h"

#include <optional>
#include <string>
#include <vector>

namespace alsace {

/// A colour for each item of a report, and what explains them.
struct ItemColors {
  std::vector<Paint> paints = {};        ///< [items]
  std::vector<bool> given = {};          ///< [items] False: nothing is known of the item.
  std::vector<LegendEntry> legend = {};  ///< Of a category.
  std::optional<Axis> bar = {};          ///< Of numbers: what the viridis scale runs over.
  std::string label = {};                ///< Of the bar or legend.
};

/// Colours by "popularity" or by a column.
/// @throws Error invalid_argument for a column that is not there, naming those that are.
ItemColors item_colors(const ReportItems& items, const ItemTable& table, const std::string& by);

/// The colour map viridis (Smith and van der Walt 2015) at 0 to 1.
Color viridis(double place) noexcept;

}  // namespace alsace
