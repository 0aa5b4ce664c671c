#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// How a series of a chart is drawn.
enum class Mark {
  line,    ///< Points joined in the order given, with a dot each where there are few.
  points,  ///< Dots alone.
  bars     ///< Upright bars from 0, side by side where several series have bars.
};

/// One sequence of points of a chart.
struct ChartSeries {
  std::string name = {};         ///< In the legend; empty: not there.
  std::vector<double> x = {};    ///< Empty: 0, 1, 2, ...
  std::vector<double> y = {};    ///< As long as x. Points that are not finite are left out.
  std::vector<double> low = {};  ///< Error bars; empty, or as long as y. NaN: none at that point.
  std::vector<double> high = {};
  Mark mark = Mark::line;
  std::vector<std::size_t> highlighted = {};  ///< Places of points that stand out.
};

/// A chart with two axes, of any number of series.
struct Chart {
  std::string title = {};
  std::string x_label = {};
  std::string y_label = {};
  bool log_x = false;  ///< Logarithmic axes; points of 0 or less are left out there.
  bool log_y = false;
  std::vector<std::string> categories = {};  ///< Names of x = 0, 1, 2, ... in place of numbers.
  std::vector<ChartSeries> series = {};
  int width = 640;  ///< In pixels, 160 to 10,000, as height.
  int height = 400;
};

/// The chart as an SVG document: ticks at 1, 2, 5 times powers of ten, legend, title and
/// description for screen readers; colours that colour-blind people tell apart, for a light or dark
/// background as the reader prefers. Points that cannot be drawn are left out. O(points).
/// @throws Error invalid_argument when the arrays of a series differ in length, a highlighted place
///         is not there, or for a width or height out of range.
std::string svg(const Chart& chart);

/// Small multiples: charts beside and below one another, `columns` in a row, each with the size of
/// the largest, as one SVG document.
/// @throws Error invalid_argument as above, without charts, and unless columns is 1 or more.
std::string svg(std::span<const Chart> charts, int columns);

}  // namespace alsace
