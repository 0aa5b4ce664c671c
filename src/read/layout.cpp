#include "read/layout.h"

#include "alsace/error.h"

#include "base/text.h"
#include "read/names.h"
#include "read/numbers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& message) {
  throw Error(ErrorCode::invalid_data, fmt::format("{}: {}", where, message));
}

/// What a line looks like when it is taken for data: is the value (or else the time) a number?
bool looks_like_data(std::span<const std::string_view> fields,
                     const std::array<int, roles>& column) {
  const auto field = [&](int number) {
    return number >= 0 && static_cast<std::size_t>(number) < fields.size()
               ? fields[static_cast<std::size_t>(number)]
               : std::string_view();
  };
  if (const std::string_view value = trimmed(field(column[value_role])); !value.empty()) {
    float number = 0;
    return parse_value(value, number) != NumberFault::not_a_number;
  }
  const std::string_view time = trimmed(field(column[time_role]));
  return time.empty() || parse_time(time).has_value();
}

std::array<int, roles> by_position(std::size_t fields) {
  std::array<int, roles> column{};
  for (std::size_t role = 0; role < roles; ++role) {
    column[role] = role < fields ? static_cast<int>(role) : Layout::none;
  }
  return column;
}

/// Positions 1 to 4, unless the header itself says that a role is elsewhere.
std::array<int, roles> unnamed_columns(std::span<const std::string_view> first_line,
                                       const std::array<int, roles>& named,
                                       const std::string& where) {
  const std::array<int, roles> column = by_position(first_line.size());
  bool fits = first_line.size() <= roles;
  for (std::size_t role = 0; role < roles; ++role) {
    fits = fits && (named[role] == Layout::none || named[role] == column[role]);
  }
  if (!fits) {
    refuse(
        where,
        fmt::format("{} columns, without one named user and one named item: {}. Name the ones to "
                    "use with --columns USER,ITEM[,VALUE[,TIME]], or by position from 1.",
                    first_line.size(),
                    joined(first_line)));
  }
  return column;
}

std::string names_of_columns(const std::array<int, roles>& column,
                             std::span<const std::string_view> header) {
  std::vector<std::string> names;
  std::size_t used = 2;
  for (std::size_t role = 0; role < roles; ++role) {
    const int number = column[role];
    used = number == Layout::none ? used : std::max(used, role + 1);
    names.push_back(number == Layout::none ? "-"
                    : header.empty()       ? fmt::format("{}", number + 1)
                                     : shown(trimmed(header[static_cast<std::size_t>(number)])));
  }
  names.resize(used);
  return fmt::format("{}", fmt::join(names, ","));
}

/// The columns without a role, of a header that names no value.
std::string unused_columns(const std::array<int, roles>& column,
                           std::span<const std::string_view> header) {
  std::vector<std::string_view> unused;
  for (std::size_t i = 0; column[value_role] == Layout::none && i < header.size(); ++i) {
    if (std::ranges::find(column, static_cast<int>(i)) == column.end()) {
      unused.push_back(trimmed(header[i]));
    }
  }
  return joined(unused);
}

/// Decides on columns and header from the fields of the first line; true when it is a header.
bool find_columns(Layout& layout,
                  std::span<const std::string_view> fields,
                  const ReadOptions& options,
                  const std::string& where) {
  bool has_names = false;
  if (options.columns.empty()) {
    const std::array<int, roles> named = named_columns(fields, where);
    has_names = named[user_role] != Layout::none || named[item_role] != Layout::none;
    layout.column = named[user_role] != Layout::none && named[item_role] != Layout::none
                        ? named
                        : unnamed_columns(fields, named, where);
  } else {
    layout.column = chosen_columns(options.columns, fields, where);
    has_names = asks_for_names(options.columns);
    if (!has_names) {
      const auto is_name = [&](Role role) {
        const std::string_view field = fields[static_cast<std::size_t>(layout.column[role])];
        return named_columns(std::span(&field, 1), where)[role] == 0;
      };
      has_names = is_name(user_role) || is_name(item_role);
    }
  }
  return has_names || !looks_like_data(fields, layout.column);
}

void check_delimiter(const std::string& delimiter) {
  if (delimiter.empty() || delimiter.find_first_of("\"\r\n") != std::string::npos) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("delimiter: '{}' cannot stand between columns. Give one or more other "
                            "characters, such as , or :: or \\t, or a blank for runs of blanks.",
                            shown(delimiter)));
  }
}

}  // namespace

bool LineCursor::next(std::string_view& line) noexcept {
  if (place_ >= text_.size()) {
    return false;
  }
  const std::size_t end = std::min(text_.find('\n', place_), text_.size());
  line = text_.substr(place_, end - place_);
  place_ = std::min(end + 1, text_.size());
  ++lines_;
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return true;
}

std::string place(const std::string& file, std::int64_t line) {
  return fmt::format("{}:{}", file, line);
}

Delimiter find_delimiter(std::string_view line,
                         const std::optional<std::string>& named,
                         const std::string& where) {
  std::vector<std::string_view> fields;
  if (named) {
    const std::string text = *named == "\\t" ? "\t" : *named;
    check_delimiter(text);
    return Delimiter(text.find_first_not_of(' ') == std::string::npos ? " " : text);
  }
  std::optional<Delimiter> broken;  // Its quotes do not fit; another may.
  for (const char* text : {"\t", "::", ",", ";", "|", " "}) {
    Delimiter delimiter(text);
    Splitter splitter(delimiter);
    const SplitFault fault = splitter.split(line, fields);
    if (fault == SplitFault::none && fields.size() > 1 &&
        !(broken && fields.front().starts_with('"'))) {
      return delimiter;
    }
    if (fault != SplitFault::none && !broken) {
      broken = delimiter;
    }
  }
  if (broken) {
    return *broken;
  }
  refuse(where,
         fmt::format("one column only, '{}'. A line needs a user and an item; if they are there, "
                     "say what is between them with --delimiter.",
                     shown(line)));
}

Layout find_layout(std::string_view text,
                   const std::string& file,
                   const ReadOptions& options,
                   std::int64_t lines_before) {
  check_chosen(options.columns);
  if (lines_before == 0 && is_matrix_market(text)) {
    return matrix_market_layout(text, file, options);
  }
  LineCursor cursor(text, lines_before);
  std::string_view line;
  std::size_t line_begin = 0;
  do {
    line_begin = cursor.bytes();
    if (!cursor.next(line)) {
      throw Error(ErrorCode::invalid_data,
                  fmt::format("{}: the file is empty. Give a file with a line for each "
                              "interaction: user, item, value.",
                              file));
    }
    if (cursor.lines() == 1 && line.starts_with(byte_order_mark)) {
      line_begin = byte_order_mark.size();
      line.remove_prefix(line_begin);
    }
  } while (trimmed(line).empty());
  const std::string where = place(file, cursor.lines());

  Layout layout;
  layout.file = file;
  layout.allow_negative = options.allow_negative;
  layout.delimiter = find_delimiter(line, options.delimiter, where);
  std::vector<std::string_view> fields;
  Splitter splitter(layout.delimiter);
  if (splitter.split(line, fields) != SplitFault::none) {
    refuse(where,
           "a quoted field does not end on its line, or text follows its closing quote. Double the "
           "quotes inside quoted fields, and take line breaks out of them.");
  }
  if (fields.size() < 2) {
    refuse(where,
           fmt::format("one column only, '{}'. A line needs a user and an item, with '{}' between "
                       "them; choose another with --delimiter.",
                       shown(line),
                       shown(layout.delimiter.text)));
  }
  layout.fields = static_cast<int>(fields.size());
  const bool header = find_columns(layout, fields, options, where);
  layout.columns =
      names_of_columns(layout.column, header ? fields : std::span<const std::string_view>());
  if (header && options.columns.empty()) {
    layout.unused = unused_columns(layout.column, fields);
  }
  layout.skip_bytes = header ? cursor.bytes() : line_begin;
  layout.skip_lines = header ? cursor.lines() : cursor.lines() - 1;
  return layout;
}

}  // namespace alsace
