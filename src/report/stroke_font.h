#pragma once

#include <string_view>

namespace alsace {

/// A letter as strokes on a grid: digits from 0 to b, x then y for each point, a blank between
/// strokes. y 0 is the top of capitals, 3 that of small letters, 8 the base line, b the lowest
/// point.
struct Glyph {
  int width = 4;  ///< Of the grid; two more to the next letter.
  std::string_view strokes = {};
};

/// The letter of an ASCII code from blank to ~; a box for any other.
const Glyph& glyph_of(unsigned code) noexcept;

}  // namespace alsace
