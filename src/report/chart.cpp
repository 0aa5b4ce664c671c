#include "alsace/chart.h"

#include "alsace/error.h"

#include "report/frame.h"
#include "report/svg_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

// Lines differ by their dashes too, for those who see no colours.
constexpr std::array<double, 2> dashed = {7, 4};
constexpr std::array<double, 2> dotted = {2, 4};
constexpr std::array<double, 4> dash_dotted = {9, 4, 2, 4};

std::span<const double> dashes_of(std::size_t series) {
  constexpr std::array<std::span<const double>, 4> all = {
      std::span<const double>{}, dashed, dotted, dash_dotted};
  return all[series % all.size()];
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "chart: " + message);
}

void check(const ChartSeries& series) {
  const std::size_t points = series.y.size();
  for (const std::vector<double>* column : {&series.x, &series.low, &series.high}) {
    if (!column->empty() && column->size() != points) {
      refuse(fmt::format(
          "series '{}' has {} values and {} places or ends of error bars. Give as many.",
          series.name,
          points,
          column->size()));
    }
  }
  for (const std::size_t place : series.highlighted) {
    if (place >= points) {
      refuse(
          fmt::format("series '{}' has {} points, number {} cannot be highlighted. They count "
                      "from 0.",
                      series.name,
                      points,
                      place));
    }
  }
}

void check(const Chart& chart) {
  for (const int size : {chart.width, chart.height}) {
    if (size < 160 || size > 10'000) {
      refuse(fmt::format(
          "the size is {} x {}, both must be 160 to 10,000.", chart.width, chart.height));
    }
  }
  for (const ChartSeries& series : chart.series) {
    check(series);
  }
}

double x_of(const ChartSeries& series, std::size_t point) {
  return series.x.empty() ? static_cast<double>(point) : series.x[point];
}

/// A series' values at a point, or NaN where they are not given.
double at(const std::vector<double>& column, std::size_t point) {
  return column.empty() ? std::numeric_limits<double>::quiet_NaN() : column[point];
}

bool shown(const Chart& chart, const ChartSeries& series, std::size_t point) {
  return drawable(x_of(series, point), chart.log_x) && drawable(series.y[point], chart.log_y);
}

/// How bars share the room around their place.
struct BarWidths {
  std::size_t series = 0;  ///< With bars.
  double room = 0;         ///< In units of x, for the bars of all series at one place.
};

BarWidths bar_widths(const Chart& chart) {
  BarWidths widths;
  std::vector<double> places;
  for (const ChartSeries& series : chart.series) {
    if (series.mark == Mark::bars) {
      ++widths.series;
      for (std::size_t point = 0; point < series.y.size(); ++point) {
        if (shown(chart, series, point)) {
          places.push_back(x_of(series, point));
        }
      }
    }
  }
  std::ranges::sort(places);
  double gap = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < places.size(); ++i) {
    gap = places[i] > places[i - 1] ? std::min(gap, places[i] - places[i - 1]) : gap;
  }
  widths.room = chart.categories.empty() && std::isfinite(gap) ? 0.8 * gap : 0.8;
  return widths;
}

Axis x_axis(const Chart& chart, const BarWidths& bars) {
  if (!chart.categories.empty()) {
    Axis axis = {.low = -0.5, .high = static_cast<double>(chart.categories.size()) - 0.5};
    for (std::size_t i = 0; i < chart.categories.size(); ++i) {
      axis.ticks.push_back({.value = static_cast<double>(i), .label = chart.categories[i]});
    }
    return axis;
  }
  std::vector<double> values;
  for (const ChartSeries& series : chart.series) {
    for (std::size_t point = 0; point < series.y.size(); ++point) {
      if (shown(chart, series, point)) {
        const double half = series.mark == Mark::bars && !chart.log_x ? bars.room / 2 : 0;
        values.push_back(x_of(series, point) - half);
        values.push_back(x_of(series, point) + half);
      }
    }
  }
  return axis_of(values, chart.log_x, chart.width >= 400 ? 7 : 5);
}

Axis y_axis(const Chart& chart) {
  std::vector<double> values;
  for (const ChartSeries& series : chart.series) {
    for (std::size_t point = 0; point < series.y.size(); ++point) {
      if (!shown(chart, series, point)) {
        continue;
      }
      values.push_back(series.y[point]);
      for (const std::vector<double>* ends : {&series.low, &series.high}) {
        if (const double end = at(*ends, point); drawable(end, chart.log_y)) {
          values.push_back(end);
        }
      }
      if (series.mark == Mark::bars && !chart.log_y) {
        values.push_back(0);
      }
    }
  }
  return axis_of(values, chart.log_y, chart.height >= 300 ? 6 : 5);
}

/// One series being drawn.
struct Drawing {
  Canvas& canvas;
  const Chart& chart;
  const Frame& frame;
  const ChartSeries& series;
  Paint paint;
  std::span<const double> dashes;
  double shift = 0;  ///< Of its bars from their place, in pixels.
  double bar = 0;    ///< Width of a bar in pixels.

  [[nodiscard]] bool shows(std::size_t point) const { return shown(chart, series, point); }
  [[nodiscard]] Spot spot(std::size_t point) const {
    const Spot place = frame.spot(x_of(series, point), series.y[point]);
    return {place.x + shift, place.y};
  }
  void error_bars() const;
  void lines() const;
  void dots() const;
  void bars() const;
};

void Drawing::error_bars() const {
  for (std::size_t point = 0; point < series.y.size(); ++point) {
    const double low = at(series.low, point);
    const double high = at(series.high, point);
    if (!shows(point) || !drawable(low, chart.log_y) || !drawable(high, chart.log_y)) {
      continue;
    }
    const double x = spot(point).x;
    const double top = frame.spot(0, high).y;
    const double bottom = frame.spot(0, low).y;
    const Stroke stroke = {.paint = series.mark == Mark::bars ? ink_paint : paint, .width = 1.25};
    const Spot line[] = {{x, top}, {x, bottom}};
    const Spot upper[] = {{x - 4, top}, {x + 4, top}};
    const Spot lower[] = {{x - 4, bottom}, {x + 4, bottom}};
    canvas.path(line, stroke);
    canvas.path(upper, stroke);
    canvas.path(lower, stroke);
  }
}

void Drawing::lines() const {
  std::vector<Spot> run;
  const Stroke stroke = {.paint = paint, .width = 2, .dashes = dashes};
  for (std::size_t point = 0; point < series.y.size(); ++point) {
    if (shows(point)) {
      run.push_back(spot(point));
    } else {  // What cannot be drawn is a gap.
      canvas.path(run, stroke);
      run.clear();
    }
  }
  canvas.path(run, stroke);
}

void Drawing::dots() const {
  constexpr std::size_t few = 60;
  const bool line = series.mark == Mark::line;
  for (std::size_t point = 0; point < series.y.size() && (!line || series.y.size() <= few);
       ++point) {
    if (shows(point)) {
      canvas.disc(spot(point), line ? 2.75 : 3.5, paint, line ? 1 : 0.75, "");
    }
  }
  for (const std::size_t point : series.highlighted) {
    if (shows(point)) {
      canvas.disc(spot(point), 4.5, paint, 1, "");
      canvas.ring(spot(point), 6.5, {.paint = ink_paint, .width = 1.75});
    }
  }
}

void Drawing::bars() const {
  const double zero = chart.log_y ? frame.plot.y + frame.plot.height : frame.spot(0, 0).y;
  for (std::size_t point = 0; point < series.y.size(); ++point) {
    if (!shows(point)) {
      continue;
    }
    const Spot top = spot(point);
    const bool stands_out =
        std::ranges::find(series.highlighted, point) != series.highlighted.end();
    const Area area = {.x = top.x - bar / 2,
                       .y = std::min(top.y, zero),
                       .width = bar,
                       .height = std::abs(top.y - zero)};
    canvas.rectangle({area.x, area.y}, area.width, area.height, paint);
    if (stands_out) {
      const Spot outline[] = {{area.x, area.y},
                              {area.x + area.width, area.y},
                              {area.x + area.width, area.y + area.height},
                              {area.x, area.y + area.height},
                              {area.x, area.y}};
      canvas.path(outline, {.paint = ink_paint, .width = 2});
    }
  }
}

std::vector<LegendEntry> legend_of(const Chart& chart) {
  std::vector<LegendEntry> legend;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    if (chart.series.size() > 1 && !chart.series[i].name.empty()) {
      const bool line = chart.series[i].mark == Mark::line;
      legend.push_back({.name = chart.series[i].name,
                        .paint = series_paint(i),
                        .dashes = line ? dashes_of(i) : std::span<const double>(),
                        .line = line});
    }
  }
  return legend;
}

void draw(Canvas& canvas, const Chart& chart, const Area& area) {
  const BarWidths widths = bar_widths(chart);
  const Surroundings around = {.title = chart.title,
                               .x_label = chart.x_label,
                               .y_label = chart.y_label,
                               .legend = legend_of(chart)};
  const Frame frame = draw_frame(canvas, area, around, x_axis(chart, widths), y_axis(chart));
  std::size_t bar_series = 0;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    Drawing drawing = {.canvas = canvas,
                       .chart = chart,
                       .frame = frame,
                       .series = chart.series[i],
                       .paint = series_paint(i),
                       .dashes = dashes_of(i)};
    if (drawing.series.mark == Mark::bars) {
      const double room =
          chart.log_x ? 12 : widths.room / (frame.x.high - frame.x.low) * frame.plot.width;
      drawing.bar = room / static_cast<double>(widths.series);
      drawing.shift = (static_cast<double>(bar_series++) + 0.5) * drawing.bar - room / 2;
      drawing.bar = std::max(drawing.bar - 1, 1.0);
      drawing.bars();
      drawing.error_bars();
    } else {
      drawing.error_bars();
      if (drawing.series.mark == Mark::line) {
        drawing.lines();
      }
      drawing.dots();
    }
  }
}

/// "Recall by factors. als: 6 points, 0.1 to 0.14; ..."
std::string description_of(const Chart& chart) {
  std::string out = fmt::format("{}{}{}{}.",
                                chart.y_label.empty() ? "Values" : chart.y_label,
                                chart.log_y ? " (logarithmic)" : "",
                                chart.x_label.empty() ? "" : " by " + chart.x_label,
                                chart.log_x ? " (logarithmic)" : "");
  for (const ChartSeries& series : chart.series) {
    std::vector<double> values;
    for (std::size_t point = 0; point < series.y.size(); ++point) {
      if (shown(chart, series, point)) {
        values.push_back(series.y[point]);
      }
    }
    out += fmt::format(" {}: {} point{}",
                       series.name.empty() ? "One series" : series.name,
                       values.size(),
                       values.size() == 1 ? "" : "s");
    out += values.empty() ? std::string(".")
                          : fmt::format(" from {:.4g} to {:.4g}, the last {:.4g}.",
                                        std::ranges::min(values),
                                        std::ranges::max(values),
                                        values.back());
  }
  return out;
}

}  // namespace

std::string svg(const Chart& chart) {
  return svg(std::span(&chart, 1), 1);
}

std::string svg(std::span<const Chart> charts, int columns) {
  if (charts.empty()) {
    refuse("there are no charts. Give one at least.");
  }
  if (columns < 1) {
    refuse(fmt::format("columns is {}, it must be 1 or more.", columns));
  }
  int width = 0;
  int height = 0;
  std::string title;
  std::string description;
  for (const Chart& chart : charts) {
    check(chart);
    width = std::max(width, chart.width);
    height = std::max(height, chart.height);
    const std::string name = chart.title.empty() ? chart.y_label : chart.title;
    title += (title.empty() || name.empty() ? "" : "; ") + name;
    description += (description.empty() ? "" : " ") +
                   (charts.size() > 1 && !name.empty() ? name + ": " : std::string()) +
                   description_of(chart);
  }
  const auto across = std::min(columns, static_cast<int>(charts.size()));
  const int rows = (static_cast<int>(charts.size()) + across - 1) / across;
  SvgCanvas canvas(width * across, height * rows, title, description);
  for (std::size_t i = 0; i < charts.size(); ++i) {
    const auto row = static_cast<int>(i) / across;
    const auto column = static_cast<int>(i) % across;
    draw(canvas,
         charts[i],
         {.x = static_cast<double>(column * width),
          .y = static_cast<double>(row * height),
          .width = static_cast<double>(width),
          .height = static_cast<double>(height)});
  }
  return canvas.finish();
}

}  // namespace alsace
