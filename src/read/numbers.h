#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alsace {

enum class NumberFault { none, not_a_number, not_finite, too_large };

/// The digit's value; 10 or more for any other letter.
inline std::uint32_t decimal(char letter) noexcept {
  return static_cast<unsigned char>(letter - '0');
}

/// Plain decimals of up to 8 letters, nearly all that occur: digits before and after a point, at
/// most 7, and their power of ten are exact floats, so that one operation rounds, correctly. False
/// for all else.
inline bool parse_short_value(std::string_view field, float& value) noexcept {
  constexpr std::array<float, 8> powers = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F};
  if (field.empty() || field.size() > powers.size() || decimal(field[0]) > 9) {
    return false;
  }
  std::uint32_t digits = decimal(field[0]);
  std::size_t decimals = 0;
  for (std::size_t i = 1; i < field.size(); ++i) {
    if (const std::uint32_t digit = decimal(field[i]); digit < 10) {
      digits = digits * 10 + digit;
    } else if (field[i] == '.' && decimals == 0) {
      decimals = field.size() - i - 1;
    } else {
      return false;
    }
  }
  value =
      decimals == 0 ? static_cast<float>(digits) : static_cast<float>(digits) / powers[decimals];
  return true;
}

/// Any value field, correctly rounded.
NumberFault parse_any_value(std::string_view field, float& value) noexcept;

/// A value field as a float, correctly rounded. Blanks around it and a leading + are fine.
inline NumberFault parse_value(std::string_view field, float& value) noexcept {
  return parse_short_value(field, value) ? NumberFault::none : parse_any_value(field, value);
}

/// A time field: a finite number as it is, or an ISO 8601 date and time (YYYY-MM-DD, then perhaps
/// T or a blank and HH:MM[:SS[.fff]], then perhaps Z or +hh:mm) as seconds since 1970, UTC.
std::optional<double> parse_time(std::string_view field) noexcept;

}  // namespace alsace
