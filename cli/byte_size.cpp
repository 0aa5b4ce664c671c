#include "byte_size.h"

#include "command_line.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

/// 1 for nothing or "B", 1000^n for "K", "KB", ..., 1024^n for "KiB", ...; 0 for another unit.
/// Small letters do as well.
double unit_of(std::string unit) {
  for (char& letter : unit) {
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  if (unit.empty() || unit == "b") {
    return 1;
  }
  constexpr std::string_view letters = "kmgtp";
  const std::size_t place = letters.find(unit.front());
  const std::string_view rest = std::string_view(unit).substr(1);
  if (place == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) {
    return 0;
  }
  return std::pow(rest == "ib" ? 1024.0 : 1000.0, static_cast<double>(place + 1));
}

}  // namespace

std::uint64_t parse_byte_size(const std::string& text, const std::string& option) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const double bytes = error == std::errc() ? number * unit_of({stop, end}) : 0;
  constexpr double most = 1e18;
  if (!(bytes >= 1 && bytes <= most)) {
    refuse(
        fmt::format("{} is '{}', it must be a size above 0: bytes, or a number with K, M, G, T "
                    "(powers of 1000) or KiB, MiB, GiB, TiB (of 1024), for example 8G.",
                    option,
                    text));
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace alsace::cli
