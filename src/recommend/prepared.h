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

/// What answers need beside the model. All but the untrained items is made on first use.
struct Recommender::Prepared {
  std::vector<Index> untrained;  ///< Items without a training interaction. Rising.

  std::once_flag once;
  FixedSide items;  ///< Made ready for single rows.
  Index trained_items = 0;

  std::once_flag items_measured;
  std::vector<double> item_lengths;  ///< Of their factors.
  std::once_flag users_measured;
  std::vector<double> user_lengths;
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
