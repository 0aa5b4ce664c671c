#pragma once

#include "alsace/interactions.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alsace {

/// Compressed rows: row r owns entries offsets[r] to offsets[r + 1], columns rising within a row.
struct CsrMatrix {
  Index rows = 0;
  Index columns = 0;
  std::vector<std::int64_t> offsets = {0};  ///< [rows + 1]
  std::vector<Index> indices = {};          ///< [entries]
  std::vector<float> values = {};           ///< [entries], or empty: every value is 1.

  [[nodiscard]] std::int64_t entries() const noexcept { return offsets.back(); }
  [[nodiscard]] std::span<const Index> row(Index index) const noexcept {
    const auto begin = static_cast<std::size_t>(offsets[static_cast<std::size_t>(index)]);
    const auto end = static_cast<std::size_t>(offsets[static_cast<std::size_t>(index) + 1]);
    return std::span<const Index>(indices).subspan(begin, end - begin);
  }
  [[nodiscard]] float value(std::int64_t entry) const noexcept {
    return values.empty() ? 1.0F : values[static_cast<std::size_t>(entry)];
  }
  bool operator==(const CsrMatrix&) const = default;
};

}  // namespace alsace
