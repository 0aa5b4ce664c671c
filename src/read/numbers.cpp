#include "read/numbers.h"

#include "base/text.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>

namespace alsace {
namespace {

bool is_digit(char letter) noexcept {
  return decimal(letter) < 10;
}

/// std::from_chars over a whole field that may begin with +.
template <class Float>
std::errc parse_whole(std::string_view field, Float& number) noexcept {
  if (field.starts_with('+') && !field.starts_with("+-")) {
    field.remove_prefix(1);
  }
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, number);
  return stop == end ? error : std::errc::invalid_argument;
}

/// Of a number beyond a double's range: is it small, not large?
bool is_tiny(std::string_view field) noexcept {
  const std::size_t first = field.find_first_not_of("+-");
  return field.find("e-") != std::string_view::npos || field.find("E-") != std::string_view::npos ||
         field.substr(first).starts_with("0.") || field.substr(first).starts_with('.');
}

/// Fixed-width digits taken from the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}

  /// `count` digits as a number of at most `most`; -1 when they are not there.
  int take(std::size_t count, int most) noexcept {
    if (text_.size() < count) {
      return -1;
    }
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) {
        return -1;
      }
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return number <= most ? number : -1;
  }
  bool take(char letter) noexcept {
    if (!text_.starts_with(letter)) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }
  /// The digits after a decimal point, as a fraction.
  double fraction() noexcept {
    double value = 0;
    for (double scale = 0.1; !text_.empty() && is_digit(text_[0]); scale /= 10) {
      value += scale * (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] bool at_digit() const noexcept { return !text_.empty() && is_digit(text_[0]); }

 private:
  std::string_view text_;
};

/// HH:MM[:SS[.fff]] in seconds.
std::optional<double> take_clock(Digits& digits) noexcept {
  const int hour = digits.take(2, 23);
  if (hour < 0 || !digits.take(':')) {
    return std::nullopt;
  }
  const int minute = digits.take(2, 59);
  if (minute < 0) {
    return std::nullopt;
  }
  double seconds = hour * 3600.0 + minute * 60.0;
  if (digits.take(':')) {
    const int second = digits.take(2, 60);  // 60 is a leap second.
    if (second < 0) {
      return std::nullopt;
    }
    seconds += second;
    if (digits.take('.')) {
      if (!digits.at_digit()) {
        return std::nullopt;
      }
      seconds += digits.fraction();
    }
  }
  return seconds;
}

/// Z or +hh:mm, +hhmm, +hh: seconds ahead of UTC.
std::optional<double> take_zone(Digits& digits) noexcept {
  if (digits.take('Z') || digits.take('z') || digits.empty()) {
    return 0;
  }
  const double sign = digits.take('-') ? -1 : digits.take('+') ? 1 : 0;
  const int hours = digits.take(2, 23);
  if (sign == 0 || hours < 0) {
    return std::nullopt;
  }
  digits.take(':');
  const int minutes = digits.empty() ? 0 : digits.take(2, 59);
  return minutes < 0 ? std::nullopt : std::optional(sign * (hours * 3600.0 + minutes * 60.0));
}

std::optional<double> parse_date(std::string_view field) noexcept {
  Digits digits(field);
  const int year = digits.take(4, 9999);
  if (year < 0 || !digits.take('-')) {
    return std::nullopt;
  }
  const int month = digits.take(2, 12);
  if (month < 0 || !digits.take('-')) {
    return std::nullopt;
  }
  const int day = digits.take(2, 31);
  if (day < 0) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  double seconds =
      static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400.0;
  if (!digits.empty()) {
    if (!digits.take('T') && !digits.take(' ') && !digits.take('t')) {
      return std::nullopt;
    }
    const auto clock = take_clock(digits);
    const auto zone = clock ? take_zone(digits) : std::nullopt;
    if (!zone || !digits.empty()) {
      return std::nullopt;
    }
    seconds += *clock - *zone;
  }
  return seconds;
}

}  // namespace

NumberFault parse_any_value(std::string_view field, float& value) noexcept {
  field = trimmed(field);
  const std::errc error = parse_whole(field, value);
  if (error == std::errc()) {
    return std::isfinite(value) ? NumberFault::none : NumberFault::not_finite;
  }
  if (error != std::errc::result_out_of_range) {
    return NumberFault::not_a_number;
  }
  // Out of a float's range: too large, or so small that it is 0 or nearly so.
  double wide = 0;
  const bool fits = parse_whole(field, wide) == std::errc();
  if (fits ? std::abs(wide) > 1 : !is_tiny(field)) {
    return NumberFault::too_large;
  }
  value = static_cast<float>(wide);
  return NumberFault::none;
}

std::optional<double> parse_time(std::string_view field) noexcept {
  // Whole seconds or milliseconds since 1970: nearly every file.
  if (!field.empty() && field.size() <= 15) {
    std::int64_t whole = 0;
    std::size_t i = 0;
    while (i < field.size() && is_digit(field[i])) {
      whole = whole * 10 + (field[i++] - '0');
    }
    if (i == field.size()) {
      return static_cast<double>(whole);
    }
  }
  field = trimmed(field);
  double number = 0;
  if (parse_whole(field, number) == std::errc()) {
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
  }
  return parse_date(field);
}

}  // namespace alsace
