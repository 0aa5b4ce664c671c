#pragma once

#include "report/canvas.h"

#include <string>
#include <string_view>

namespace alsace {

/// A canvas that writes SVG: classes for the colours of the themes, so that a reader's preference
/// for dark pages holds.
class SvgCanvas : public Canvas {
 public:
  SvgCanvas(int width, int height, std::string_view title, std::string_view description);

  void path(std::span<const Spot> spots, const Stroke& stroke) override;
  void disc(
      Spot center, double radius, Paint paint, double opacity, std::string_view hint) override;
  void ring(Spot center, double radius, const Stroke& stroke) override;
  void rectangle(Spot corner, double width, double height, Paint paint) override;
  void text(Spot place, std::string_view text, const TextStyle& style) override;

  /// The document. The canvas is empty afterwards.
  [[nodiscard]] std::string finish();

 private:
  std::string out_;
};

/// Text as XML holds it: quotes and angle brackets escaped; what is not UTF-8, or no character of
/// XML, as U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace alsace
