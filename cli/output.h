#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace alsace::cli {

using Json = nlohmann::ordered_json;

/// Results go to standard output. @throws Error io_error when it takes no more (disk full).
void print(std::string_view text);
void print_json(const Json& document);
/// Hands everything printed to the operating system. @throws Error io_error.
void finish_output();

/// Diagnostics go to standard error. When it takes no more there is nobody left to tell.
void print_error(std::string_view text) noexcept;

bool stdout_is_terminal();
bool stderr_is_terminal();
/// Bold on a terminal, as it is elsewhere (and with NO_COLOR set).
std::string bold(std::string_view text);
std::string faint(std::string_view text);

std::string grouped(std::int64_t number);                        ///< 1,447
std::string grouped_decimal(double number, int digits);          ///< 64,400.3
std::string objective_text(double objective);                    ///< Seven digits or so.
std::string duration(double seconds);                            ///< 0.31 s, 2 min 5 s
std::string byte_count(std::int64_t bytes);                      ///< 12.3 MB
std::string plural(std::int64_t number, std::string_view noun);  ///< 1 user, 1,447 users
std::string float_text(float number);  ///< Shortest that reads back the same.
Json float_json(float number);

/// One field of a CSV line, quoted where it must be.
std::string csv_field(std::string_view text);

/// Characters a terminal shows for a UTF-8 text, one column each.
std::size_t width_of(std::string_view text);

/// Text in columns that line up: numbers to the right.
class Table {
 public:
  enum class Align { left, right };
  void column(std::string title, Align align = Align::left);
  void row(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] std::string to_string() const;

 private:
  [[nodiscard]] std::string line(const std::vector<std::string>& cells,
                                 const std::vector<std::size_t>& widths) const;

  std::vector<std::string> titles_;
  std::vector<Align> aligns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace alsace::cli
