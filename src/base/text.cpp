#include "base/text.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t longest_shown = 40;

/// Bytes of the character that begins the text, or 0 where it is malformed.
std::size_t character_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  const std::size_t length = first < 0xc2   ? 0  // A continuation byte, or overlong.
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) {
      return 0;
    }
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_high = first == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_high ? 0 : length;
}

bool is_blank(char letter) noexcept {
  return letter == ' ' || letter == '\t' || letter == '\r';
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::uint32_t code, std::string& text) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto tail = [&](std::uint32_t shift) { put(0x80U | ((code >> shift) & 0x3fU)); };
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    code = 0xfffd;
  }
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    put(0xe0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    put(0xf0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string from_windows_1252(std::string_view text) {
  // 0x80 to 0x9f; the five that are not used stay what they are in Latin-1.
  constexpr std::array<std::uint16_t, 32> middle = {
      0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
      0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
      0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};
  std::string converted;
  converted.reserve(text.size() + text.size() / 8);
  for (const char letter : text) {
    const std::uint32_t code = static_cast<unsigned char>(letter);
    append_utf8(code >= 0x80 && code < 0xa0 ? middle[code - 0x80] : code, converted);
  }
  return converted;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    valid += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return valid;
}

std::string shown(std::string_view text) {
  std::string printed;
  while (!text.empty()) {
    if (printed.size() >= longest_shown) {
      return printed + "...";
    }
    const std::size_t length = character_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0 || first < 0x20 || first == 0x7f) {
      printed += fmt::format("\\x{:02x}", first);
      text.remove_prefix(1);
    } else {
      printed += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return printed;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& letter : lowered) {
    if (letter >= 'A' && letter <= 'Z') {
      letter = static_cast<char>(letter - 'A' + 'a');
    }
  }
  return lowered;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::string byte_text(std::uint64_t bytes) {
  constexpr std::array units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 999.95 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", size, unit == 0 ? 0 : 1, units[unit]);
}

}  // namespace alsace
