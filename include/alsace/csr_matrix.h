#pragma once

#include "alsace/interactions.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
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

/// Interactions as compressed rows by user: what a caller has who holds a matrix.
struct CsrInteractions {
  CsrMatrix matrix = {};  ///< [users x items], columns strictly rising within a row.
  CsrMatrix low = {};     ///< Pairs that are seen but not trained on, likewise; or 0 rows.
  IdTable user_ids = {};  ///< Empty: users are named by their row numbers, as are items.
  IdTable item_ids = {};
};

/// Numbers in someone else's memory, of whatever type they are.
using NumberView = std::variant<std::span<const float>,
                                std::span<const double>,
                                std::span<const std::int8_t>,
                                std::span<const std::int16_t>,
                                std::span<const std::int32_t>,
                                std::span<const std::int64_t>,
                                std::span<const std::uint8_t>,
                                std::span<const std::uint16_t>,
                                std::span<const std::uint32_t>,
                                std::span<const std::uint64_t>>;

/// Compressed rows in someone else's memory.
struct CsrView {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  NumberView offsets = {};  ///< [rows + 1]
  NumberView indices = {};  ///< [entries], in any order within a row.
  NumberView values = {};   ///< [entries], or empty: every value is 1.
};

/// A copy with columns strictly rising within a row: repeated entries are summed, as scipy takes
/// them. O(entries), and a sort of each row that is not in order.
/// @throws Error invalid_argument when the parts do not fit together or there are more than
///         2^31 - 1 rows or columns; invalid_data for a sum or value beyond a 32-bit float.
CsrMatrix copy_of(const CsrView& view);

}  // namespace alsace
