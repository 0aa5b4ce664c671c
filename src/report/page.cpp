#include "report/page.h"

#include <cstddef>
#include <span>

namespace alsace {

/// web/dist/report.html, made into a source by the build.
extern const std::span<const unsigned char> report_page;

namespace {

constexpr std::string_view marker =
    "<script id=\"alsace-data\" type=\"application/json\">ALSACE_DATA</script>";
constexpr std::string_view placeholder = "ALSACE_DATA";

/// JSON in which no < and none of the two line ends that only JavaScript knows is left as it is.
std::string safe_in_a_page(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view three = json.substr(i, 3);
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") {
      out += three.back() == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

}  // namespace

std::string page_with(std::string_view json) {
  const std::string_view page(reinterpret_cast<const char*>(report_page.data()),  // NOLINT
                              report_page.size());
  const std::size_t place = page.find(marker) + marker.find(placeholder);
  std::string out(page.substr(0, place));
  out += safe_in_a_page(json);
  out += page.substr(place + placeholder.size());
  return out;
}

}  // namespace alsace
