#include "report/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

namespace alsace {
namespace {

/// The smallest of 1, 2, 5, 10 times a power of ten that is not below `step`.
double nice_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (step <= factor * power * (1 + 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

Axis linear_axis(double low, double high, int ticks) {
  if (low == high) {
    const double room = low == 0 ? 1 : std::abs(low) / 10;
    low -= room;
    high += room;
  }
  const double step = nice_step((high - low) / std::max(ticks - 1, 1));
  // Ends that miss a tick by rounding only are on it.
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  Axis axis = {.low = std::min(first * step, low), .high = std::max(last * step, high)};
  for (double i = first; i <= last; ++i) {
    axis.ticks.push_back({.value = i * step, .label = number_label(i * step)});
  }
  return axis;
}

/// Ticks at the given multiples of every `stride`-th power of ten, from the last one not above
/// `low` to the first not below `high`.
std::vector<double> log_values(double low,
                               double high,
                               std::span<const double> factors,
                               int stride) {
  std::vector<double> values;
  const auto first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const auto last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  for (int power = first - (((first % stride) + stride) % stride); power <= last + stride;
       power += stride) {
    for (const double factor : factors) {
      values.push_back(factor * std::pow(10.0, power));
    }
  }
  while (values.size() > 2 && values[1] <= low * (1 + 1e-9)) {
    values.erase(values.begin());
  }
  while (values.size() > 2 && values[values.size() - 2] >= high * (1 - 1e-9)) {
    values.pop_back();
  }
  return values;
}

Axis log_axis(double low, double high, int ticks) {
  constexpr std::array all = {1.0, 2.0, 5.0};
  const double decades = std::log10(high) - std::log10(low);
  if (decades < 0.5 && decades > 0) {
    Axis axis = linear_axis(low, high, ticks);
    if (axis.low > 0) {  // Too narrow for powers of ten: even numbers, unevenly spaced.
      axis.log = true;
      return axis;
    }
  }
  const bool few = decades <= 2.5;
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / std::max(ticks, 1))));
  const std::vector<double> values =
      log_values(low, high, few ? std::span<const double>(all) : std::span(all).first(1), stride);
  Axis axis = {
      .low = std::min(values.front(), low), .high = std::max(values.back(), high), .log = true};
  for (const double value : values) {
    axis.ticks.push_back({.value = value, .label = number_label(value)});
  }
  return axis;
}

}  // namespace

double Axis::place(double value) const noexcept {
  return log ? (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low))
             : (value - low) / (high - low);
}

bool drawable(double value, bool log) noexcept {
  constexpr double largest = 1e250;
  return std::isfinite(value) && std::abs(value) < largest && (!log || value > 1 / largest);
}

Axis axis_of(std::span<const double> values, bool log, int ticks) {
  if (values.empty()) {
    return log ? log_axis(1, 10, ticks) : linear_axis(0, 1, ticks);
  }
  const auto [low, high] = std::ranges::minmax(values);
  return log ? log_axis(low, high, ticks) : linear_axis(low, high, ticks);
}

Axis close_axis_of(std::span<const double> values, int ticks) {
  Axis axis = axis_of(values, false, ticks);
  if (values.size() > 1) {
    const auto [low, high] = std::ranges::minmax(values);
    const double room = (high - low) * 0.03;
    if (room > 0) {
      axis.low = low - room;
      axis.high = high + room;
    }
  }
  std::erase_if(axis.ticks,
                [&](const Tick& tick) { return tick.value < axis.low || tick.value > axis.high; });
  return axis;
}

std::string number_label(double value) {
  // i * step is off by an ulp or so; ten digits hide that and keep 2,010 to 2,011 apart.
  std::string label = fmt::format("{:.10g}", value == 0 ? 0.0 : value);
  const std::size_t exponent = label.find('e');
  if (exponent == std::string::npos) {
    if (std::abs(value) >= 1e6 || (value != 0 && std::abs(value) < 1e-3)) {
      label = fmt::format("{:e}", value);
      // 2.000000e+06 to 2e6.
      const std::size_t letter = label.find('e');
      std::string digits = label.substr(0, letter);
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.ends_with('.')) {
        digits.pop_back();
      }
      return fmt::format("{}e{}", digits, std::stoi(label.substr(letter + 1)));
    }
    return label;
  }
  return fmt::format("{}e{}", label.substr(0, exponent), std::stoi(label.substr(exponent + 1)));
}

}  // namespace alsace
