#pragma once

#include "alsace/recommend.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace alsace {

/// The rows of a list, best first.
inline std::vector<Index> rows_of(const std::vector<Scored>& list) {
  std::vector<Index> rows;
  std::ranges::transform(list, std::back_inserter(rows), &Scored::row);
  return rows;
}

}  // namespace alsace
