#include "report/svg_canvas.h"

#include "base/text.h"

#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

std::string hex(Color color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue);
}

/// Two decimals are a fiftieth of a pixel.
std::string coordinate(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) {
    text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string class_of(const Paint& paint) {
  switch (paint.use) {
    case Paint::Use::ink:
      return "ink";
    case Paint::Use::faint:
      return "faint";
    case Paint::Use::grid:
      return "grid";
    case Paint::Use::paper:
      return "paper";
    case Paint::Use::series:
      return fmt::format("s{}", paint.series % light_theme.series.size());
    case Paint::Use::fixed:
      break;
  }
  return "";
}

/// `class="f-ink"` or `fill="#rrggbb"`.
std::string filled(const Paint& paint) {
  return paint.use == Paint::Use::fixed ? fmt::format("fill=\"{}\"", hex(paint.color))
                                        : fmt::format("class=\"f-{}\"", class_of(paint));
}

std::string stroked(const Stroke& stroke) {
  std::string out = stroke.paint.use == Paint::Use::fixed
                        ? fmt::format("stroke=\"{}\"", hex(stroke.paint.color))
                        : fmt::format("class=\"k-{}\"", class_of(stroke.paint));
  out += fmt::format(" fill=\"none\" stroke-width=\"{}\"", coordinate(stroke.width));
  if (!stroke.dashes.empty()) {
    out += " stroke-dasharray=\"";
    for (std::size_t i = 0; i < stroke.dashes.size(); ++i) {
      out += (i == 0 ? "" : " ") + coordinate(stroke.dashes[i]);
    }
    out += "\"";
  }
  return out;
}

std::string rules(const Theme& theme) {
  std::string out;
  const auto rule = [&](const Paint& paint) {
    const std::string name = class_of(paint);
    const std::string color = hex(theme.of(paint));
    out += fmt::format(".alsace .f-{0}{{fill:{1}}}.alsace .k-{0}{{stroke:{1}}}", name, color);
  };
  for (const Paint& paint : {ink_paint, faint_paint, grid_paint, paper_paint}) {
    rule(paint);
  }
  for (std::size_t i = 0; i < theme.series.size(); ++i) {
    rule(series_paint(i));
  }
  return out;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char letter : valid_utf8(text)) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(letter) < 0x20) {
          out += letter == '\t' || letter == '\n' ? " " : "\xEF\xBF\xBD";
        } else {
          out += letter;
        }
    }
  }
  // U+FFFE and U+FFFF are no characters of XML.
  for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = out.find(none); at != std::string::npos; at = out.find(none, at)) {
      out.replace(at, none.size(), "\xEF\xBF\xBD");
    }
  }
  return out;
}

SvgCanvas::SvgCanvas(int width, int height, std::string_view title, std::string_view description) {
  out_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"alsace\" role=\"img\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n<title>{2}</title>\n<desc>{3}</desc>\n<style>"
      ".alsace text{{font-family:system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif}}"
      "{4}@media (prefers-color-scheme:dark){{{5}}}</style>\n"
      "<rect class=\"f-paper\" width=\"{0}\" height=\"{1}\"/>\n",
      width,
      height,
      xml_text(title),
      xml_text(description),
      rules(light_theme),
      rules(dark_theme));
}

void SvgCanvas::path(std::span<const Spot> spots, const Stroke& stroke) {
  if (spots.size() < 2) {
    return;
  }
  out_ += "<path d=\"";
  for (std::size_t i = 0; i < spots.size(); ++i) {
    out_ +=
        fmt::format("{}{} {}", i == 0 ? "M" : "L", coordinate(spots[i].x), coordinate(spots[i].y));
  }
  out_ += fmt::format("\" {} stroke-linejoin=\"round\"/>\n", stroked(stroke));
}

void SvgCanvas::disc(
    Spot center, double radius, Paint paint, double opacity, std::string_view hint) {
  out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}",
                      coordinate(center.x),
                      coordinate(center.y),
                      coordinate(radius),
                      filled(paint));
  if (opacity < 1) {
    out_ += fmt::format(" fill-opacity=\"{}\"", coordinate(opacity));
  }
  out_ += hint.empty() ? "/>\n" : fmt::format("><title>{}</title></circle>\n", xml_text(hint));
}

void SvgCanvas::ring(Spot center, double radius, const Stroke& stroke) {
  out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n",
                      coordinate(center.x),
                      coordinate(center.y),
                      coordinate(radius),
                      stroked(stroke));
}

void SvgCanvas::rectangle(Spot corner, double width, double height, Paint paint) {
  out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n",
                      coordinate(corner.x),
                      coordinate(corner.y),
                      coordinate(width),
                      coordinate(height),
                      filled(paint));
}

void SvgCanvas::text(Spot place, std::string_view text, const TextStyle& style) {
  constexpr std::string_view anchors[] = {"start", "middle", "end"};
  out_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\" {}",
                      coordinate(place.x),
                      coordinate(place.y),
                      coordinate(style.size),
                      anchors[static_cast<std::size_t>(style.anchor)],
                      filled(style.paint));
  if (style.bold) {
    out_ += " font-weight=\"600\"";
  }
  if (style.degrees != 0) {
    out_ += fmt::format(" transform=\"rotate({} {} {})\"",
                        coordinate(style.degrees),
                        coordinate(place.x),
                        coordinate(place.y));
  }
  out_ += fmt::format(">{}</text>\n", xml_text(text));
}

std::string SvgCanvas::finish() {
  return std::exchange(out_, {}) + "</svg>\n";
}

}  // namespace alsace
