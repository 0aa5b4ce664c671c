#include "alsace/error.h"
#include "alsace/report.h"

#include "report/components.h"
#include "report/frame.h"
#include "report/item_colors.h"
#include "report/parts.h"
#include "report/raster_canvas.h"
#include "report/svg_canvas.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr double bar_room = 96;  ///< To the right of the plot, for the colour bar.

/// What is drawn: items on two components.
struct Picture {
  const Model& model;
  const ItemTable& table;
  const ScatterOptions& options;
  ReportItems items;
  ItemColors colors;
  std::array<std::vector<double>, 2> values;
  std::array<double, 2> explained{};
};

void check(const ScatterOptions& options, const Model& model, const Components& components) {
  for (const int size : {options.width, options.height}) {
    if (size < 160 || size > 10'000) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("report: the size is {} x {}, both must be 160 to 10,000.",
                              options.width,
                              options.height));
    }
  }
  for (const int component : options.components) {
    if (component < 1 || component > components.count) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("report: there is no component {}, the model with {} factors and {} "
                              "items has {}. They count from 1.",
                              component,
                              model.options.factors,
                              model.item_ids.size(),
                              components.count));
    }
  }
}

std::string axis_label(int component, double explained) {
  return fmt::format("PC{} ({:.1f} % of variance)", component, 100 * explained);
}

void draw_bar(Canvas& canvas, const Picture& picture, const Frame& frame) {
  constexpr double width = 14;
  const Axis& axis = *picture.colors.bar;
  const double x = frame.plot.x + frame.plot.width + 24;
  const double top = frame.plot.y + 24;
  const double height = std::max(std::min(frame.plot.height - 32, 260.0), 20.0);
  constexpr int steps = 64;
  for (int i = 0; i < steps; ++i) {
    const double place = (i + 0.5) / steps;
    // A little taller than its share, so that no seam shows.
    canvas.rectangle({x, top + height * (steps - 1 - i) / steps},
                     width,
                     height / steps + (i > 0 ? 0.6 : 0),
                     fixed_paint(viridis(place)));
  }
  canvas.text({x, top - 10}, picture.colors.label, {.size = 12});
  for (const Tick& tick : axis.ticks) {
    canvas.text({x + width + 6, top + height * (1 - axis.place(tick.value)) + 4},
                tick.label,
                {.size = 12, .paint = faint_paint});
  }
}

/// Items from the least known to the most popular, which end on top.
std::vector<std::size_t> drawing_order(const Picture& picture) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < picture.items.rows.size(); ++i) {
    if (drawable(picture.values[0][i], false) && drawable(picture.values[1][i], false)) {
      order.push_back(i);
    }
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(static_cast<bool>(picture.colors.given[a]), picture.items.log_popularity[a]) <
           std::pair(static_cast<bool>(picture.colors.given[b]), picture.items.log_popularity[b]);
  });
  return order;
}

std::string hint_of(const Picture& picture, std::size_t item) {
  constexpr std::size_t most_hints = 20'000;  // Beyond, the file would be mostly titles.
  if (picture.items.rows.size() > most_hints) {
    return {};
  }
  const Index row = picture.items.table_rows[item];
  return row >= 0 ? picture.table.titles[static_cast<std::size_t>(row)]
                  : std::string(picture.model.item_ids[picture.items.rows[item]]);
}

void draw(Canvas& canvas, const Picture& picture) {
  const ScatterOptions& options = picture.options;
  const bool bar = picture.colors.bar.has_value();
  const Area area = {.width = options.width - (bar ? bar_room : 0.0),
                     .height = static_cast<double>(options.height)};
  const Surroundings around = {.title = options.title,
                               .x_label = axis_label(options.components[0], picture.explained[0]),
                               .y_label = axis_label(options.components[1], picture.explained[1]),
                               .legend = picture.colors.legend};
  const std::vector<std::size_t> order = drawing_order(picture);
  std::array<std::vector<double>, 2> drawn;
  for (const std::size_t item : order) {
    drawn[0].push_back(picture.values[0][item]);
    drawn[1].push_back(picture.values[1][item]);
  }
  const Frame frame =
      draw_frame(canvas, area, around, close_axis_of(drawn[0]), close_axis_of(drawn[1]));
  const double radius = order.size() <= 2'000 ? 3.5 : order.size() <= 20'000 ? 2.5 : 1.7;
  for (const std::size_t item : order) {
    canvas.disc(frame.spot(picture.values[0][item], picture.values[1][item]),
                radius,
                picture.colors.paints[item],
                0.8,
                hint_of(picture, item));
  }
  if (bar) {
    draw_bar(canvas, picture, frame);
  }
}

}  // namespace

std::string scatter(const Model& model,
                    const ItemTable& table,
                    const ScatterOptions& options,
                    PictureFormat format) {
  ReportItems items = report_items(model, table);
  ItemColors colors = item_colors(items, table, options.color);
  const Components components =
      principal_components(model.item_factors, items.rows, options.threads);
  check(options, model, components);
  Picture picture = {.model = model,
                     .table = table,
                     .options = options,
                     .items = std::move(items),
                     .colors = std::move(colors),
                     .values = {},
                     .explained = {}};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const int component = options.components[axis] - 1;
    picture.values[axis] =
        component_values(model.item_factors, picture.items.rows, components, component);
    picture.explained[axis] = components.explained[static_cast<std::size_t>(component)];
  }
  if (format == PictureFormat::png) {
    RasterCanvas canvas(options.width, options.height);
    draw(canvas, picture);
    return canvas.finish();
  }
  SvgCanvas canvas(options.width,
                   options.height,
                   options.title.empty() ? "Map of the items" : options.title,
                   fmt::format("{} items on principal components {} and {} of their factors, which "
                               "explain {:.1f} and {:.1f} % of the variance; coloured by {}.",
                               picture.items.rows.size(),
                               options.components[0],
                               options.components[1],
                               100 * picture.explained[0],
                               100 * picture.explained[1],
                               picture.colors.label));
  draw(canvas, picture);
  return canvas.finish();
}

}  // namespace alsace
