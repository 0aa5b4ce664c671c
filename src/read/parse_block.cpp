#include "read/parse_block.h"

#include "base/text.h"
#include "read/numbers.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

std::string_view field_of(std::span<const std::string_view> fields, int column) noexcept {
  return column < 0 ? std::string_view() : fields[static_cast<std::size_t>(column)];
}

/// A matrix row or column number without leading zeros, or nothing where it is out of range.
std::string_view matrix_number(std::string_view field, std::int64_t most) noexcept {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  if (error != std::errc() || end != field.data() + field.size() || number < 1 || number > most) {
    return {};
  }
  return field.substr(field.find_first_not_of('0'));
}

}  // namespace

void ParsedBlock::clear() {
  user_ids.clear();
  item_ids.clear();
  users.clear();
  items.clear();
  values.clear();
  times.clear();
  lines = 0;
  bad_lines = 0;
  first_bad_line = 0;
  first_fault.clear();
}

void BlockParser::parse(std::string_view text, const Layout& layout, bool skip_bad_lines) {
  splitter_ = Splitter(layout.delimiter);
  layout_ = &layout;
  skip_ = skip_bad_lines;
  parsed_.clear();
  pending_count_ = 0;
  if (layout.delimiter.single()) {
    parse_plain(text);
  } else {
    parse_general(text);
  }
  add_pending();
}

/// Lines of plain fields, nearly all: their ends are found eight bytes at a time. Any other line
/// goes the general way.
void BlockParser::parse_plain(std::string_view text) {
  const auto fields = static_cast<std::size_t>(layout_->fields);
  starts_.resize(fields + 2);
  const FieldEnd field_end(layout_->delimiter.text.front());
  // A role without a column has the empty field behind the last.
  std::array<std::size_t, roles> column{};
  for (std::size_t role = 0; role < roles; ++role) {
    const int number = layout_->column[role];
    column[role] = number == Layout::none ? fields : static_cast<std::size_t>(number);
  }
  const char* begin = text.data();
  const char* const end = begin + text.size();
  while (begin < end && !stopped()) {
    ++parsed_.lines;
    const char* const stop = find_fields(begin, field_end);
    if (stop == nullptr) {
      const std::string_view rest(begin, static_cast<std::size_t>(end - begin));
      const std::string_view line = rest.substr(0, rest.find('\n'));
      parse_line(line);
      begin += line.size() + 1;
      continue;
    }
    const auto field = [&](Role role) -> std::string_view {
      const char* const from = starts_[column[role]];
      return {from, static_cast<std::size_t>(starts_[column[role] + 1] - from) - 1};
    };
    add({field(user_role), field(item_role), field(value_role), field(time_role)});
    begin = stop + 1;
  }
}

/// Fills starts_ with where the fields of a line begin and returns where the line ends; null where
/// it has another number of fields or a quoted one.
const char* BlockParser::find_fields(const char* begin, FieldEnd field_end) {
  const char** start = starts_.data();
  const char** const last = start + starts_.size() - 3;
  const char* stop = nullptr;
  for (; start <= last; ++start) {
    stop = field_end.of(begin);
    if (*begin == '"' || (*stop == '\n') != (start == last)) {
      return nullptr;
    }
    *start = begin;
    begin = stop + 1;
  }
  start[0] = stop[-1] == '\r' ? stop : stop + 1;
  start[1] = start[0] + 1;
  return stop;
}

void BlockParser::parse_general(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size() && !stopped();) {
    const std::size_t end = text.find('\n', begin);
    ++parsed_.lines;
    parse_line(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

/// A line of nothing but blanks, unless blanks are what separates its empty fields.
bool BlockParser::is_blank(std::string_view line) const noexcept {
  return trimmed(line).empty() && (layout_->delimiter.blanks() ||
                                   line.find(layout_->delimiter.text) == std::string_view::npos);
}

/// Any line, blank or bad or quoted.
void BlockParser::parse_line(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (is_blank(line)) {
    return;
  }
  switch (splitter_.split(line, fields_)) {
    case SplitFault::none:
      break;
    case SplitFault::open_quote:
      fault(
          "a quoted field does not end on its line. Line breaks inside quotes are not read: take "
          "them out.");
      return;
    case SplitFault::text_after_quote:
      fault("text follows the closing quote of a field. Double the quotes inside quoted fields.");
      return;
  }
  if (fields_.size() != static_cast<std::size_t>(layout_->fields)) {
    fault(
        fmt::format("{} column{}, {} has {}. Correct the line, or leave such lines out with "
                    "--skip-bad-lines.",
                    fields_.size(),
                    fields_.size() == 1 ? "" : "s",
                    layout_->matrix ? "an entry of this matrix" : "the first line",
                    layout_->fields));
    return;
  }
  const auto field = [&](Role role) { return field_of(fields_, layout_->column[role]); };
  if (layout_->matrix) {
    add_matrix_entry(field(user_role), field(item_role), field(value_role));
  } else {
    add({field(user_role), field(item_role), field(value_role), field(time_role)});
  }
}

void BlockParser::add_matrix_entry(std::string_view user,
                                   std::string_view item,
                                   std::string_view value) {
  const std::string_view row = matrix_number(user, layout_->matrix->rows);
  const std::string_view column = matrix_number(item, layout_->matrix->columns);
  if (row.empty() || column.empty()) {
    fault(
        fmt::format("{} '{}' is not a whole number from 1 to {}, as the size line of the matrix "
                    "says. Correct the line or the size.",
                    row.empty() ? "row" : "column",
                    shown(row.empty() ? user : item),
                    row.empty() ? layout_->matrix->rows : layout_->matrix->columns));
    return;
  }
  add({row, column, value, {}});
}

void BlockParser::add(const RoleFields& line) {
  float value = 1;
  double time = 0;
  if (layout_->column[value_role] != Layout::none && !parse_short_value(line.value, value) &&
      !read_value(line.value, value)) {
    return;
  }
  if (layout_->column[time_role] != Layout::none && !read_time(line.time, time)) {
    return;
  }
  if (line.user.empty() || line.item.empty()) {
    fault(fmt::format(
        "the {} id is empty. {}", line.user.empty() ? "user" : "item", choose_columns()));
    return;
  }
  Pending& entry = pending_[pending_count_];
  entry = {
      line.user, line.item, IdKey::of(line.user), IdKey::of(line.item), time, value, parsed_.lines};
  parsed_.user_ids.prefetch(entry.user_key);
  parsed_.item_ids.prefetch(entry.item_key);
  if (++pending_count_ == batch) {
    add_pending();
  }
}

/// Looks up the ids of the pending lines and adds these to the result.
void BlockParser::add_pending() {
  std::size_t added = 0;
  for (std::size_t i = 0; i < pending_count_ && !stopped(); ++i) {
    if (find_rows(pending_[i], user_rows_[added], item_rows_[added])) {
      values_[added] = pending_[i].value;
      times_[added] = pending_[i].time;
      ++added;
    }
  }
  pending_count_ = 0;
  const auto append = [added](auto& column, const auto& batch_of_it) {
    column.insert(column.end(), batch_of_it.begin(), batch_of_it.begin() + added);
  };
  append(parsed_.users, user_rows_);
  append(parsed_.items, item_rows_);
  if (layout_->column[value_role] != Layout::none) {
    append(parsed_.values, values_);
  }
  if (layout_->column[time_role] != Layout::none) {
    append(parsed_.times, times_);
  }
}

/// False where an id is not UTF-8; then neither is kept.
bool BlockParser::find_rows(const Pending& entry, Index& user, Index& item) {
  const Index users_before = parsed_.user_ids.size();
  user = parsed_.user_ids.add(entry.user, entry.user_key);
  item = user == BlockIds::malformed ? BlockIds::malformed
                                     : parsed_.item_ids.add(entry.item, entry.item_key);
  if (item != BlockIds::malformed) {
    return true;
  }
  parsed_.user_ids.undo(user, users_before);
  const bool is_user = user == BlockIds::malformed;
  note_fault(entry.line,
             fmt::format("{} id '{}' is not UTF-8. Convert the file, for example with iconv -f "
                         "latin1 -t utf-8.",
                         is_user ? "user" : "item",
                         shown(is_user ? entry.user : entry.item)));
  return false;
}

bool BlockParser::read_value(std::string_view field, float& value) {
  switch (parse_value(field, value)) {
    case NumberFault::none:
      break;
    case NumberFault::not_a_number:
      fault(fmt::format("value '{}' is not a number. {}", shown(field), choose_columns()));
      return false;
    case NumberFault::not_finite:
      fault(
          fmt::format("value '{}' is not finite, it must be. {}", shown(field), choose_columns()));
      return false;
    case NumberFault::too_large:
      fault(fmt::format(
          "value '{}' is too large for a 32-bit float. {}", shown(field), choose_columns()));
      return false;
  }
  if (value < 0 && !layout_->allow_negative) {
    fault(
        fmt::format("value '{}' is negative, for implicit feedback it must be 0 or more. Train "
                    "with --explicit, or leave such lines out with --skip-bad-lines.",
                    shown(field)));
    return false;
  }
  return true;
}

bool BlockParser::read_time(std::string_view field, double& time) {
  const std::optional<double> seconds = parse_time(field);
  if (!seconds) {
    fault(fmt::format("time '{}' is neither a number nor a date such as 2024-05-31T12:30:00Z. {}",
                      shown(field),
                      choose_columns()));
    return false;
  }
  time = *seconds;
  return true;
}

std::string BlockParser::choose_columns() const {
  if (layout_->matrix) {
    return "Correct the line, or leave such lines out with --skip-bad-lines.";
  }
  return fmt::format("Columns are {}; choose others with --columns.", layout_->columns);
}

/// A fault of the line at hand; those of pending lines come before.
void BlockParser::fault(std::string message) {
  add_pending();
  if (!stopped()) {
    note_fault(parsed_.lines, std::move(message));
  }
}

void BlockParser::note_fault(std::int64_t line, std::string message) {
  if (parsed_.bad_lines++ == 0) {
    parsed_.first_bad_line = line;
    parsed_.first_fault = std::move(message);
  }
}

}  // namespace alsace
