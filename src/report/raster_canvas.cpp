#include "report/raster_canvas.h"

#include "report/png.h"
#include "report/stroke_font.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace alsace {
namespace {

constexpr double scale = 2;

Spot scaled(Spot spot) {
  return {spot.x * scale, spot.y * scale};
}

double distance(Spot a, Spot b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

/// Of a place from the line between two others.
double distance_to_segment(Spot place, Spot from, Spot to) {
  const double dx = to.x - from.x;
  const double dy = to.y - from.y;
  const double square = dx * dx + dy * dy;
  const double along =
      square > 0
          ? std::clamp(((place.x - from.x) * dx + (place.y - from.y) * dy) / square, 0.0, 1.0)
          : 0.0;
  return distance(place, {from.x + along * dx, from.y + along * dy});
}

/// Spots of the unbroken pieces of a dashed path, in pairs.
std::vector<std::pair<Spot, Spot>> pieces(std::span<const Spot> spots,
                                          std::span<const double> dashes) {
  std::vector<std::pair<Spot, Spot>> out;
  std::size_t dash = 0;
  double left = dashes.empty() ? 0 : dashes[0];
  for (std::size_t i = 1; i < spots.size(); ++i) {
    Spot from = spots[i - 1];
    const Spot to = spots[i];
    if (dashes.empty()) {
      out.emplace_back(from, to);
      continue;
    }
    for (double length = distance(from, to); length > 0; length = distance(from, to)) {
      const double step = std::min(left, length);
      const Spot next = {from.x + (to.x - from.x) * step / length,
                         from.y + (to.y - from.y) * step / length};
      if (dash % 2 == 0) {
        out.emplace_back(from, next);
      }
      left -= step;
      if (left <= 1e-9) {
        dash = (dash + 1) % dashes.size();
        left = dashes[dash];
      }
      if (step == length) {
        break;
      }
      from = next;
    }
  }
  return out;
}

/// Code points of UTF-8 text; 0 for what is malformed or beyond ASCII.
std::vector<unsigned> ascii_codes(std::string_view text) {
  std::vector<unsigned> codes;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x80) {
      codes.push_back(byte);
    } else if ((byte & 0xc0U) != 0x80U) {
      codes.push_back(0);
    }
  }
  return codes;
}

/// Between letters, of which bold ones have thicker strokes.
double letter_gap(bool bold) {
  return bold ? 2.8 : 2.2;
}

constexpr double grid_of_size = 0.088;  ///< A step of the letters' grid for each pixel of size.

double grid_width(std::span<const unsigned> codes, double gap) {
  double width = 0;
  for (const unsigned code : codes) {
    width += glyph_of(code).width + gap;
  }
  return std::max(width - gap, 0.0);
}

double grid_digit(char letter) {
  return letter <= '9' ? letter - '0' : letter - 'a' + 10;
}

}  // namespace

RasterCanvas::RasterCanvas(int width, int height)
    : width_(static_cast<std::size_t>(width * scale)),
      height_(static_cast<std::size_t>(height * scale)),
      points_(width_ * height_ * 3, 255) {}

template <class Cover>
void RasterCanvas::paint(Spot low, Spot high, Color color, double opacity, const Cover& cover) {
  const auto bound = [](double value, std::size_t end) {
    return static_cast<std::size_t>(std::clamp(value, 0.0, static_cast<double>(end)));
  };
  const std::size_t x_end = bound(std::ceil(high.x), width_);
  const std::size_t y_end = bound(std::ceil(high.y), height_);
  const double channels[3] = {static_cast<double>(color.red),
                              static_cast<double>(color.green),
                              static_cast<double>(color.blue)};
  for (std::size_t y = bound(std::floor(low.y), height_); y < y_end; ++y) {
    for (std::size_t x = bound(std::floor(low.x), width_); x < x_end; ++x) {
      const double part =
          opacity *
          std::clamp(
              cover(Spot{static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5}), 0.0, 1.0);
      std::uint8_t* point = points_.data() + (y * width_ + x) * 3;
      for (std::size_t c = 0; part > 0 && c < 3; ++c) {
        point[c] = static_cast<std::uint8_t>(
            std::lround(static_cast<double>(point[c]) * (1 - part) + channels[c] * part));
      }
    }
  }
}

void RasterCanvas::segment(Spot from, Spot to, double width, Color color) {
  const double reach = width / 2 + 1;
  paint({std::min(from.x, to.x) - reach, std::min(from.y, to.y) - reach},
        {std::max(from.x, to.x) + reach, std::max(from.y, to.y) + reach},
        color,
        1,
        [&](Spot place) { return width / 2 + 0.5 - distance_to_segment(place, from, to); });
}

void RasterCanvas::path(std::span<const Spot> spots, const Stroke& stroke) {
  for (const auto& [from, to] : pieces(spots, stroke.dashes)) {
    segment(scaled(from), scaled(to), stroke.width * scale, light_theme.of(stroke.paint));
  }
}

void RasterCanvas::disc(
    Spot center, double radius, Paint paint_of, double opacity, std::string_view /*hint*/) {
  const Spot middle = scaled(center);
  const double reach = radius * scale;
  paint({middle.x - reach - 1, middle.y - reach - 1},
        {middle.x + reach + 1, middle.y + reach + 1},
        light_theme.of(paint_of),
        opacity,
        [&](Spot place) { return reach + 0.5 - distance(place, middle); });
}

void RasterCanvas::ring(Spot center, double radius, const Stroke& stroke) {
  const Spot middle = scaled(center);
  const double reach = radius * scale;
  const double half = stroke.width * scale / 2;
  paint({middle.x - reach - half - 1, middle.y - reach - half - 1},
        {middle.x + reach + half + 1, middle.y + reach + half + 1},
        light_theme.of(stroke.paint),
        1,
        [&](Spot place) { return half + 0.5 - std::abs(distance(place, middle) - reach); });
}

void RasterCanvas::rectangle(Spot corner, double width, double height, Paint paint_of) {
  const Spot low = scaled(corner);
  const Spot high = scaled({corner.x + width, corner.y + height});
  paint(low, high, light_theme.of(paint_of), 1, [&](Spot place) {
    const double across = std::min(place.x + 0.5, high.x) - std::max(place.x - 0.5, low.x);
    const double down = std::min(place.y + 0.5, high.y) - std::max(place.y - 0.5, low.y);
    return std::max(across, 0.0) * std::max(down, 0.0);
  });
}

void RasterCanvas::text(Spot place, std::string_view text, const TextStyle& style) {
  const std::vector<unsigned> codes = ascii_codes(text);
  const double step = grid_of_size * style.size;
  const double gap = letter_gap(style.bold);
  const double width = grid_width(codes, gap);
  double x = style.anchor == Anchor::start    ? 0
             : style.anchor == Anchor::middle ? -width / 2
                                              : -width;
  const double turn = style.degrees * std::numbers::pi / 180;
  constexpr double base_line = 8;
  const auto spot = [&](double grid_x, double grid_y) {
    const double right = (x + grid_x) * step;
    const double down = (grid_y - base_line) * step;
    return Spot{place.x + right * std::cos(turn) - down * std::sin(turn),
                place.y + right * std::sin(turn) + down * std::cos(turn)};
  };
  const Stroke stroke = {.paint = style.paint, .width = style.size * (style.bold ? 0.14 : 0.095)};
  for (const unsigned code : codes) {
    const Glyph& glyph = glyph_of(code);
    std::vector<Spot> spots;
    for (std::size_t i = 0; i < glyph.strokes.size();) {
      if (glyph.strokes[i] == ' ') {
        path(spots, stroke);
        spots.clear();
        ++i;
      } else {
        spots.push_back(spot(grid_digit(glyph.strokes[i]), grid_digit(glyph.strokes[i + 1])));
        i += 2;
      }
    }
    path(spots, stroke);
    x += glyph.width + gap;
  }
}

std::string RasterCanvas::finish() const {
  return png(points_, width_, height_);
}

}  // namespace alsace
