#pragma once

#include "report/axis.h"
#include "report/canvas.h"

#include <span>
#include <string>
#include <vector>

namespace alsace {

/// A rectangle on a canvas.
struct Area {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// How a legend shows a series.
struct LegendEntry {
  std::string name = {};
  Paint paint = {};
  std::span<const double> dashes = {};
  bool line = false;  ///< A short line, else a square.
};

/// What stands around a plot.
struct Surroundings {
  std::string title = {};
  std::string x_label = {};
  std::string y_label = {};
  std::vector<LegendEntry> legend = {};
};

/// A plot's two axes and where it is.
struct Frame {
  Area plot = {};
  Axis x = {};
  Axis y = {};

  [[nodiscard]] Spot spot(double at_x, double at_y) const noexcept {
    return {plot.x + x.place(at_x) * plot.width, plot.y + (1 - y.place(at_y)) * plot.height};
  }
};

/// Draws title, legend, grid, ticks and labels into an area and says where the plot is.
Frame draw_frame(Canvas& canvas, Area area, const Surroundings& around, Axis x, Axis y);

}  // namespace alsace
