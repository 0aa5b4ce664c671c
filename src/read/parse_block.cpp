#include "read/parse_block.h"

#include "base/text.h"
#include "read/numbers.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101U;

std::uint64_t load_word(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return std::endian::native == std::endian::big ? __builtin_bswap64(word) : word;
}

/// The top bit of each byte of `word` that is 0, exactly.
std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  constexpr std::uint64_t low = 0x7f * ones;
  return ~(((word & low) + low) | word | low);
}

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
    find_marks(text);
    parse_by_marks(text);
  } else {
    parse_general(text);
  }
  add_pending();
}

/// Eight bytes at a time, without a branch for each: most words hold one or two marks.
void BlockParser::find_marks(std::string_view text) {
  marks_.resize(std::max(marks_.size(), text.size() + Block::padding));
  const std::uint64_t delimiters =
      ones * static_cast<unsigned char>(layout_->delimiter.text.front());
  std::uint32_t* mark = marks_.data();
  for (std::size_t base = 0; base < text.size(); base += 8) {
    const std::uint64_t word = load_word(text.data() + base);
    std::uint64_t found = zero_bytes(word ^ delimiters) |
                          zero_bytes(word ^ (ones * static_cast<unsigned char>('\n'))) |
                          zero_bytes(word ^ (ones * static_cast<unsigned char>('"')));
    const auto count = static_cast<std::ptrdiff_t>(((found >> 7) * ones) >> 56);
    std::uint32_t* const end = mark + count;
    const auto next = [&] {
      *mark++ = static_cast<std::uint32_t>(base) +
                static_cast<std::uint32_t>(std::countr_zero(found)) / 8;
      found &= found - 1;
    };
    next();
    next();
    while (mark < end) {
      next();
    }
    mark = end;
  }
  mark_count_ = static_cast<std::size_t>(mark - marks_.data());
}

void BlockParser::parse_by_marks(std::string_view text) {
  const auto fields = static_cast<std::size_t>(layout_->fields);
  const char delimiter = layout_->delimiter.text.front();
  const char* const data = text.data();
  const std::array<int, roles> column = layout_->column;
  std::size_t begin = 0;
  std::size_t mark = 0;
  while (begin < text.size() && !stopped()) {
    const std::uint32_t* const line = marks_.data() + mark;
    bool plain = mark + fields <= mark_count_ && data[line[fields - 1]] == '\n';
    for (std::size_t i = 0; plain && i + 1 < fields; ++i) {
      plain = data[line[i]] == delimiter;
    }
    ++parsed_.lines;
    if (!plain) {
      const std::size_t end = text.find('\n', begin);
      parse_line(text.substr(begin, end - begin));
      while (mark < mark_count_ && marks_[mark] <= end) {
        ++mark;
      }
      begin = end + 1;
      continue;
    }
    const std::size_t end = line[fields - 1];
    const std::size_t stop = end > begin && data[end - 1] == '\r' ? end - 1 : end;
    const auto field = [&](int number) -> std::string_view {
      if (number < 0) {
        return {};
      }
      const auto place = static_cast<std::size_t>(number);
      const std::size_t from = place == 0 ? begin : line[place - 1] + 1;
      const std::size_t to = place + 1 == fields ? stop : line[place];
      return {data + from, to - from};
    };
    add(field(column[user_role]),
        field(column[item_role]),
        field(column[value_role]),
        field(column[time_role]));
    mark += fields;
    begin = end + 1;
  }
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
    add(field(user_role), field(item_role), field(value_role), field(time_role));
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
  add(row, column, value, {});
}

void BlockParser::add(std::string_view user,
                      std::string_view item,
                      std::string_view value,
                      std::string_view time) {
  const bool with_value = layout_->column[value_role] != Layout::none;
  const bool with_time = layout_->column[time_role] != Layout::none;
  float number = 1;
  if (with_value && !parse_short_value(value, number) && !read_value(value, number)) {
    return;
  }
  std::optional<double> seconds;
  if (with_time && !(seconds = parse_time(time))) {
    fault(fmt::format("time '{}' is neither a number nor a date such as 2024-05-31T12:30:00Z. {}",
                      shown(time),
                      choose_columns()));
    return;
  }
  if (user.empty() || item.empty()) {
    fault(fmt::format("the {} id is empty. {}", user.empty() ? "user" : "item", choose_columns()));
    return;
  }
  Pending& entry = pending_[pending_count_];
  entry = {
      user, item, IdKey::of(user), IdKey::of(item), seconds.value_or(0), number, parsed_.lines};
  parsed_.user_ids.prefetch(entry.user_key);
  parsed_.item_ids.prefetch(entry.item_key);
  if (++pending_count_ == batch) {
    add_pending();
  }
}

/// Looks up the ids of the pending lines and adds these to the result.
void BlockParser::add_pending() {
  for (std::size_t entry = 0; entry < pending_count_ && !stopped(); ++entry) {
    add_pending(pending_[entry]);
  }
  pending_count_ = 0;
}

void BlockParser::add_pending(const Pending& entry) {
  const Index users_before = parsed_.user_ids.size();
  const Index user = parsed_.user_ids.add(entry.user, entry.user_key);
  const Index item = user == BlockIds::malformed ? BlockIds::malformed
                                                 : parsed_.item_ids.add(entry.item, entry.item_key);
  if (item == BlockIds::malformed) {
    parsed_.user_ids.undo(user, users_before);
    const bool is_user = user == BlockIds::malformed;
    note_fault(entry.line,
               fmt::format("{} id '{}' is not UTF-8. Convert the file, for example with iconv -f "
                           "latin1 -t utf-8.",
                           is_user ? "user" : "item",
                           shown(is_user ? entry.user : entry.item)));
    return;
  }
  parsed_.users.push_back(user);
  parsed_.items.push_back(item);
  if (layout_->column[value_role] != Layout::none) {
    parsed_.values.push_back(entry.value);
  }
  if (layout_->column[time_role] != Layout::none) {
    parsed_.times.push_back(entry.time);
  }
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
