#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace alsace {

/// A place on a canvas in pixels, from the upper left corner.
struct Spot {
  double x = 0;
  double y = 0;
};

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Color&) const = default;
};

/// What a part of a picture is painted in: a colour of the theme by what it is for, or a fixed one.
struct Paint {
  enum class Use { ink, faint, grid, paper, series, fixed };
  Use use = Use::ink;
  std::size_t series = 0;  ///< Which, with Use::series; they come again from the beginning.
  Color color = {};        ///< With Use::fixed.
};

constexpr Paint ink_paint = {};
constexpr Paint faint_paint = {.use = Paint::Use::faint};
constexpr Paint grid_paint = {.use = Paint::Use::grid};
constexpr Paint paper_paint = {.use = Paint::Use::paper};
constexpr Paint series_paint(std::size_t series) {
  return {.use = Paint::Use::series, .series = series};
}
constexpr Paint fixed_paint(Color color) {
  return {.use = Paint::Use::fixed, .color = color};
}

struct Stroke {
  Paint paint = {};
  double width = 1;
  std::span<const double> dashes = {};  ///< Lengths of line and gap in turn; empty: unbroken.
};

enum class Anchor { start, middle, end };

struct TextStyle {
  double size = 12;
  Anchor anchor = Anchor::start;
  bool bold = false;
  double degrees = 0;  ///< Turned clockwise about its place.
  Paint paint = {};
};

/// What pictures are drawn on. Text is UTF-8 and stands on its place (the base line).
class Canvas {
 public:
  virtual ~Canvas() = default;
  virtual void path(std::span<const Spot> spots, const Stroke& stroke) = 0;
  /// A filled disc; `hint` is what a pointer over it shows, where there are pointers.
  virtual void disc(
      Spot center, double radius, Paint paint, double opacity, std::string_view hint) = 0;
  virtual void ring(Spot center, double radius, const Stroke& stroke) = 0;
  virtual void rectangle(Spot corner, double width, double height, Paint paint) = 0;
  virtual void text(Spot place, std::string_view text, const TextStyle& style) = 0;
};

/// The colours of a light or a dark background.
struct Theme {
  Color paper;
  Color ink;
  Color faint;
  Color grid;
  std::array<Color, 10> series;
  [[nodiscard]] Color of(const Paint& paint) const noexcept;
};
extern const Theme light_theme;
extern const Theme dark_theme;

/// About how wide a text is, in pixels.
double text_width(std::string_view text, double size) noexcept;

}  // namespace alsace
