#pragma once

#include "alsace/error.h"
#include "alsace/recommend.h"

#include "solve/fixed_side.h"
#include "solve/row_solver.h"

#include <algorithm>
#include <mutex>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace alsace {

/// The item side made ready for single rows, on first use.
struct Recommender::Prepared {
  std::once_flag once;
  FixedSide items;
  Index trained_items = 0;
};

/// One history as the row solver takes it: distinct trained items, rising, with confidence
/// and preferences (implicit feedback) or values.
struct History {
  std::vector<Index> items;
  std::vector<float> confidence;
  std::vector<float> targets;
  double target_offset = 0;

  [[nodiscard]] RowEntries entries() const {
    return {.columns = items,
            .confidence = confidence,
            .targets = targets,
            .uniform_confidence = 1.0F,
            .target_offset = target_offset};
  }
};

/// @throws Error invalid_argument for items out of range and values that training refuses.
History make_history(const Model& model, std::span<const ItemValue> values);

/// @throws Error invalid_argument unless 0 <= row < rows.
inline void check_row(Index row, Index rows, std::string_view what) {
  if (row < 0 || row >= rows) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: {} row {} is out of range, the model has {}. Rows count "
                            "from 0.",
                            what,
                            row,
                            rows));
  }
}

}  // namespace alsace
