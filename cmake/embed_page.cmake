# cmake -DPAGE=<html> -DOUT=<cpp> -P embed_page.cmake: the page's bytes as a C++ source. Nothing but
# CMake is needed, and the page must have the marker that the data replaces.
file(READ ${PAGE} text)
string(REGEX MATCHALL "<script id=\"alsace-data\" type=\"application/json\">ALSACE_DATA</script>" markers "${text}")
list(LENGTH markers count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "${PAGE}: ${count} places for the report's data, there must be one")
endif()
file(READ ${PAGE} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT}
"#include <span>
namespace alsace {
namespace {
constexpr unsigned char bytes[] = {${bytes}};
}
extern const std::span<const unsigned char> report_page;
const std::span<const unsigned char> report_page = bytes;
}
")
