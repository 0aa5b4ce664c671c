#include "report/frame.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace alsace {
namespace {

constexpr double tick_size = 12;
constexpr double label_size = 13;
constexpr double title_size = 16;
constexpr double gap = 8;

double widest(std::span<const Tick> ticks) {
  double width = 0;
  for (const Tick& tick : ticks) {
    width = std::max(width, text_width(tick.label, tick_size));
  }
  return width;
}

/// The text, or its beginning where it is too long for the width.
std::string shortened(const std::string& text, double size, double width) {
  if (text_width(text, size) <= width) {
    return text;
  }
  std::string out = text;
  while (!out.empty() && text_width(out, size) + size > width) {
    // A whole character: its continuation bytes, then its first.
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0U) == 0x80U) {
      out.pop_back();
    }
    if (!out.empty()) {
      out.pop_back();
    }
  }
  return out + "...";
}

/// Draws the legend in lines below `top`; the height it takes.
double draw_legend(Canvas& canvas,
                   const Area& area,
                   double top,
                   std::span<const LegendEntry> entries) {
  constexpr double swatch = 18;
  constexpr double line_height = 18;
  double x = area.x;
  double y = top;
  for (const LegendEntry& entry : entries) {
    const std::string name = shortened(entry.name, tick_size, area.width - swatch - 3 * gap);
    const double width = swatch + 6 + text_width(name, tick_size) + 2 * gap;
    if (x > area.x && x + width > area.x + area.width) {
      x = area.x;
      y += line_height;
    }
    if (entry.line) {
      const Spot ends[] = {{x, y + 8}, {x + swatch, y + 8}};
      canvas.path(ends, {.paint = entry.paint, .width = 2.5, .dashes = entry.dashes});
    } else {
      canvas.rectangle({x + 4, y + 3}, 10, 10, entry.paint);
    }
    canvas.text({x + swatch + 6, y + 12}, name, {.size = tick_size});
    x += width;
  }
  return entries.empty() ? 0 : y - top + line_height + gap / 2;
}

/// Leaves out labels that would touch the one before.
std::vector<bool> labels_that_fit(const Axis& axis, double length, double room_of_letters) {
  std::vector<bool> fits(axis.ticks.size(), true);
  double end = -1e9;
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
    const double half =
        room_of_letters > 0 ? room_of_letters / 2 : text_width(axis.ticks[i].label, tick_size) / 2;
    const double middle = axis.place(axis.ticks[i].value) * length;
    fits[i] = middle - half > end;
    end = fits[i] ? middle + half + 4 : end;
  }
  return fits;
}

bool has_room(const Axis& axis, double length) {
  const std::vector<bool> fits = labels_that_fit(axis, length, 0);
  return std::ranges::all_of(fits, [](bool fit) { return fit; });
}

void draw_x_axis(Canvas& canvas, const Frame& frame, bool turned) {
  const double bottom = frame.plot.y + frame.plot.height;
  const std::vector<bool> fits = labels_that_fit(frame.x, frame.plot.width, turned ? tick_size : 0);
  for (std::size_t i = 0; i < frame.x.ticks.size(); ++i) {
    const Tick& tick = frame.x.ticks[i];
    const double x = frame.plot.x + frame.x.place(tick.value) * frame.plot.width;
    const Spot line[] = {{x, frame.plot.y}, {x, bottom}};
    canvas.path(line, {.paint = grid_paint});
    if (fits[i] && turned) {
      canvas.text({x + 4, bottom + 14},
                  shortened(tick.label, tick_size, 150),
                  {.size = tick_size, .anchor = Anchor::end, .degrees = -40, .paint = faint_paint});
    } else if (fits[i]) {
      canvas.text({x, bottom + 17},
                  tick.label,
                  {.size = tick_size, .anchor = Anchor::middle, .paint = faint_paint});
    }
  }
}

void draw_y_axis(Canvas& canvas, const Frame& frame) {
  const std::vector<bool> fits = labels_that_fit(frame.y, frame.plot.height, tick_size);
  for (std::size_t i = 0; i < frame.y.ticks.size(); ++i) {
    const Tick& tick = frame.y.ticks[i];
    const double y = frame.plot.y + (1 - frame.y.place(tick.value)) * frame.plot.height;
    const Spot line[] = {{frame.plot.x, y}, {frame.plot.x + frame.plot.width, y}};
    canvas.path(line, {.paint = grid_paint});
    if (fits[i]) {
      canvas.text({frame.plot.x - gap, y + 4},
                  tick.label,
                  {.size = tick_size, .anchor = Anchor::end, .paint = faint_paint});
    }
  }
}

void draw_axis_lines(Canvas& canvas, const Area& plot) {
  const Spot corner[] = {{plot.x, plot.y},
                         {plot.x, plot.y + plot.height},
                         {plot.x + plot.width, plot.y + plot.height}};
  canvas.path(corner, {.paint = faint_paint});
}

}  // namespace

Frame draw_frame(Canvas& canvas, Area area, const Surroundings& around, Axis x, Axis y) {
  double top = area.y + gap;
  if (!around.title.empty()) {
    canvas.text({area.x + gap, top + title_size},
                shortened(around.title, title_size, area.width - 2 * gap),
                {.size = title_size, .bold = true});
    top += title_size + 1.5 * gap;
  }
  const Area inner = {
      .x = area.x + gap, .y = area.y, .width = area.width - 2 * gap, .height = area.height};
  top += draw_legend(canvas, inner, top, around.legend);

  const double y_title = around.y_label.empty() ? 0 : label_size + gap;
  const double left = inner.x + y_title + widest(y.ticks) + gap;
  // Half of the last label of the x axis, at most, stands out to the right.
  const double last = x.ticks.empty() ? 0 : text_width(x.ticks.back().label, tick_size) / 2;
  const double right = area.x + area.width - std::max(2 * gap, std::min(last + 4, 60.0));
  const bool turned = !has_room(x, right - left);
  const double x_ticks =
      turned ? std::min(widest(x.ticks), 150.0) * std::sin(40 * std::acos(-1) / 180) + 26 : 24;
  const double x_title = around.x_label.empty() ? 0 : label_size + gap;
  const double bottom = area.y + area.height - x_ticks - x_title - gap / 2;

  Frame frame = {.plot = {.x = left,
                          .y = top + gap / 2,
                          .width = std::max(right - left, 10.0),
                          .height = std::max(bottom - top - gap / 2, 10.0)},
                 .x = std::move(x),
                 .y = std::move(y)};
  draw_x_axis(canvas, frame, turned);
  draw_y_axis(canvas, frame);
  draw_axis_lines(canvas, frame.plot);
  const double middle_y = frame.plot.y + frame.plot.height / 2;
  if (!around.x_label.empty()) {
    canvas.text({frame.plot.x + frame.plot.width / 2, area.y + area.height - gap},
                shortened(around.x_label, label_size, frame.plot.width),
                {.size = label_size, .anchor = Anchor::middle});
  }
  if (!around.y_label.empty()) {
    canvas.text({inner.x + label_size - 2, middle_y},
                shortened(around.y_label, label_size, frame.plot.height),
                {.size = label_size, .anchor = Anchor::middle, .degrees = -90});
  }
  return frame;
}

}  // namespace alsace
