#pragma once

#include <span>
#include <string>
#include <vector>

namespace alsace {

struct Tick {
  double value = 0;
  std::string label = {};
};

/// A range of numbers laid along a line, and the numbers written beside it.
struct Axis {
  double low = 0;
  double high = 1;
  bool log = false;
  std::vector<Tick> ticks = {};

  /// Where a value lies: 0 at low, 1 at high.
  [[nodiscard]] double place(double value) const noexcept;
};

/// Can it be drawn on such an axis? Finite, not so large that differences overflow, and above 0 on
/// a logarithmic one.
bool drawable(double value, bool log) noexcept;

/// The axis that holds all of `values`, of which each is drawable: its ends are ticks, at 1, 2 or 5
/// times powers of ten; about `ticks` of them. Without values 0 to 1 (1 to 10).
Axis axis_of(std::span<const double> values, bool log, int ticks = 6);

/// The same with ends close around the values, and the ticks between them.
Axis close_axis_of(std::span<const double> values, int ticks = 8);

/// A number as people write it: up to four digits, an exponent where that takes many zeros.
std::string number_label(double value);

}  // namespace alsace
