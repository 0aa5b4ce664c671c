#pragma once

#include "report/canvas.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace alsace {

/// A canvas of points of colour, two to the pixel each way, painted with soft edges in the light
/// theme; letters are strokes. finish() gives a PNG file's bytes.
class RasterCanvas : public Canvas {
 public:
  RasterCanvas(int width, int height);

  void path(std::span<const Spot> spots, const Stroke& stroke) override;
  void disc(
      Spot center, double radius, Paint paint, double opacity, std::string_view hint) override;
  void ring(Spot center, double radius, const Stroke& stroke) override;
  void rectangle(Spot corner, double width, double height, Paint paint) override;
  void text(Spot place, std::string_view text, const TextStyle& style) override;

  [[nodiscard]] std::string finish() const;

 private:
  /// Blends `color` into every point of a box by cover(x, y), 0 to 1, at the point's middle; in
  /// points.
  template <class Cover>
  void paint(Spot low, Spot high, Color color, double opacity, const Cover& cover);
  void segment(Spot from, Spot to, double width, Color color);

  std::size_t width_;  ///< In points, as height_.
  std::size_t height_;
  std::vector<std::uint8_t> points_;  ///< [height x width x 3]
};

}  // namespace alsace
