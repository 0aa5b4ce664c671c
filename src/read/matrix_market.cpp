#include "alsace/error.h"

#include "base/text.h"
#include "read/layout.h"

#include <charconv>
#include <limits>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::string_view banner = "%%matrixmarket";

[[noreturn]] void refuse(const std::string& where, const std::string& message) {
  throw Error(ErrorCode::invalid_data, fmt::format("{}: {}", where, message));
}

/// Reads the banner; true when entries have a value.
bool read_banner(std::string_view line, const std::string& where) {
  std::vector<std::string_view> words;
  const std::string lowered = lower(line);
  Splitter(Delimiter(" ")).split(lowered, words);
  words.resize(5);
  if (words[1] != "matrix" || words[2] != "coordinate") {
    refuse(where,
           fmt::format("Matrix Market object '{}' in format '{}' is not read. Write the matrix as "
                       "'matrix coordinate'.",
                       shown(words[1]),
                       shown(words[2])));
  }
  if (words[3] != "real" && words[3] != "integer" && words[3] != "pattern") {
    refuse(where,
           fmt::format("Matrix Market values of type '{}' are not read. They must be real, integer "
                       "or pattern.",
                       shown(words[3])));
  }
  if (words[4] != "general") {
    refuse(where,
           fmt::format("Matrix Market symmetry '{}' is not read: rows are users and columns items. "
                       "Write the matrix as 'general', with all its entries.",
                       shown(words[4])));
  }
  return words[3] != "pattern";
}

MatrixShape read_shape(std::string_view line, const std::string& where) {
  std::vector<std::string_view> fields;
  Splitter(Delimiter(" ")).split(line, fields);
  MatrixShape shape;
  std::int64_t* const numbers[] = {&shape.rows, &shape.columns, &shape.entries};
  bool whole = fields.size() == 3;
  for (std::size_t i = 0; whole && i < 3; ++i) {
    const char* const end = fields[i].data() + fields[i].size();
    const auto [stop, error] = std::from_chars(fields[i].data(), end, *numbers[i]);
    whole = error == std::errc() && stop == end && *numbers[i] >= 0;
  }
  constexpr std::int64_t most = std::numeric_limits<Index>::max();
  if (!whole || shape.rows > most || shape.columns > most) {
    refuse(where,
           fmt::format("'{}' is not the size of a matrix. It must be three numbers: rows, columns "
                       "(each at most {}) and entries.",
                       shown(line),
                       most));
  }
  return shape;
}

}  // namespace

bool is_matrix_market(std::string_view text) noexcept {
  if (text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
  }
  return text.size() >= banner.size() && lower(text.substr(0, banner.size())) == banner;
}

Layout matrix_market_layout(std::string_view text,
                            const std::string& file,
                            const ReadOptions& options) {
  if (!options.columns.empty() || options.delimiter) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: a Matrix Market file has its own columns. Leave --columns and "
                            "--delimiter out for it.",
                            file));
  }
  LineCursor cursor(text);
  std::string_view line;
  cursor.next(line);
  const bool with_value = read_banner(line, place(file, 1));
  do {
    if (!cursor.next(line)) {
      refuse(file, "the Matrix Market size line is missing. The file is cut short: copy it again.");
    }
  } while (line.starts_with('%') || trimmed(line).empty());

  Layout layout;
  layout.file = file;
  layout.allow_negative = options.allow_negative;
  layout.delimiter = Delimiter(" ");
  layout.matrix = read_shape(line, place(file, cursor.lines()));
  layout.fields = with_value ? 3 : 2;
  layout.column = {0, 1, with_value ? 2 : Layout::none, Layout::none};
  layout.columns = with_value ? "row,column,value" : "row,column";
  layout.skip_bytes = cursor.bytes();
  layout.skip_lines = cursor.lines();
  return layout;
}

}  // namespace alsace
