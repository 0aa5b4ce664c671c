#include "output.h"

#include "alsace/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace alsace::cli {
namespace {

[[noreturn]] void output_failed() {
  throw Error(ErrorCode::io_error,
              fmt::format("standard output takes no more: {}. Free some space or write elsewhere.",
                          std::strerror(errno)));
}

std::string styled(const char* code, std::string_view text) {
  const bool plain = !stdout_is_terminal() || std::getenv("NO_COLOR") != nullptr;
  return plain ? std::string(text) : fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    output_failed();
  }
}

void print_json(const Json& document) {
  print(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void finish_output() {
  if (std::fflush(stdout) != 0) {
    output_failed();
  }
}

void print_error(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

bool stdout_is_terminal() {
  return isatty(STDOUT_FILENO) != 0;
}

bool stderr_is_terminal() {
  return isatty(STDERR_FILENO) != 0;
}

std::string bold(std::string_view text) {
  return styled("1", text);
}

std::string faint(std::string_view text) {
  return styled("2", text);
}

std::string grouped(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string grouped_decimal(double number, int digits) {
  if (!std::isfinite(number) || std::abs(number) > 9e15) {
    return fmt::format("{}", number);
  }
  const std::string text = fmt::format("{:.{}f}", std::abs(number), digits);
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = static_cast<std::int64_t>(std::stoll(text.substr(0, point)));
  return (number < 0 ? "-" : "") + grouped(whole) + text.substr(point);
}

std::string objective_text(double objective) {
  const double size = std::abs(objective);
  return size >= 1e6    ? grouped_decimal(objective, 0)
         : size >= 1000 ? grouped_decimal(objective, 1)
         : size >= 1    ? grouped_decimal(objective, 4)
                        : fmt::format("{:.7g}", objective);
}

std::string duration(double seconds) {
  if (seconds < 9.995) {
    return fmt::format("{:.2f} s", seconds);
  }
  const auto whole = std::llround(seconds);
  return whole < 100    ? fmt::format("{} s", whole)
         : whole < 3600 ? fmt::format("{} min {} s", whole / 60, whole % 60)
                        : fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string byte_count(std::int64_t bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) {
    return fmt::format("{} B", bytes);
  }
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (size >= 999.95 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", size, units[unit]);
}

std::string plural(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string float_text(float number) {
  return fmt::format("{}", number);
}

Json float_json(float number) {
  // As a double the shortest digits of the float: 0.1, not 0.10000000149.
  return std::isfinite(number) ? Json(std::strtod(float_text(number).c_str(), nullptr)) : Json();
}

std::string csv_field(std::string_view text) {
  const bool blank_edge = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (text.find_first_of(",\"\r\n\t;") == std::string_view::npos && !blank_edge) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void Table::column(std::string title, Align align) {
  titles_.push_back(std::move(title));
  aligns_.push_back(align);
}

void Table::row(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string Table::line(const std::vector<std::string>& cells,
                        const std::vector<std::size_t>& widths) const {
  std::string out = " ";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string blanks(widths[i] - width_of(cells[i]), ' ');
    out += " " + (aligns_[i] == Align::right ? blanks + cells[i] : cells[i] + blanks) + " ";
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string Table::to_string() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < titles_.size(); ++i) {
    widths.push_back(width_of(titles_[i]));
    for (const auto& cells : rows_) {
      widths[i] = std::max(widths[i], width_of(cells[i]));
    }
  }
  std::string out = bold(line(titles_, widths)) + "\n";
  for (const auto& cells : rows_) {
    out += line(cells, widths) + "\n";
  }
  return out;
}

}  // namespace alsace::cli
