#pragma once

#include "alsace/read.h"

#include "read/split.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alsace {

/// What a column is used for.
enum Role : std::size_t { user_role, item_role, value_role, time_role, roles };

/// Shape of a Matrix Market file; rows are users, columns items.
struct MatrixShape {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t entries = 0;
};

/// How the lines of one file are to be read: all that its beginning and the options say.
struct Layout {
  static constexpr int none = -1;

  std::string file;  ///< Its name in messages.
  Delimiter delimiter;
  int fields = 0;                                      ///< Of every line.
  std::array<int, roles> column = {0, 1, none, none};  ///< Of each role, from 0.
  std::string columns;  ///< As --columns would name them, for messages.
  std::string unused;   ///< ReadReport::unused_columns.
  std::optional<MatrixShape> matrix;
  bool allow_negative = false;

  /// Where the data lines begin: bytes to skip in the first block, and the lines in them.
  std::size_t skip_bytes = 0;
  std::int64_t skip_lines = 0;
};

/// Reads the beginning of a file: `text` is its first block, of whole lines, behind `lines_before`
/// blank ones.
/// @throws Error invalid_data or invalid_argument, with file:line and the next step.
Layout find_layout(std::string_view text,
                   const std::string& file,
                   const ReadOptions& options,
                   std::int64_t lines_before = 0);

/// find_layout of a file that begins with a Matrix Market banner.
Layout matrix_market_layout(std::string_view text,
                            const std::string& file,
                            const ReadOptions& options);
bool is_matrix_market(std::string_view text) noexcept;

/// The delimiter named by the options, or the first that splits `line` into two fields or more.
Delimiter find_delimiter(std::string_view line,
                         const std::optional<std::string>& named,
                         const std::string& where);

/// Takes the lines of a text one by one, without line ends, and counts them.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text, std::int64_t lines_before = 0)
      : text_(text), lines_(lines_before) {}

  bool next(std::string_view& line) noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return place_; }  ///< Taken so far.
  [[nodiscard]] std::int64_t lines() const noexcept { return lines_; }

 private:
  std::string_view text_;
  std::size_t place_ = 0;
  std::int64_t lines_;
};

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// "plays.csv:17"
std::string place(const std::string& file, std::int64_t line);

}  // namespace alsace
