#include "alsace/error.h"
#include "alsace/read.h"

#include "base/text.h"
#include "read/blocks.h"
#include "read/item_columns.h"
#include "read/layout.h"
#include "read/read_text.h"
#include "read/source.h"
#include "read/utf16.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Columns looked at beside id and title.
constexpr std::size_t most_columns = 200;

constexpr std::array<std::string_view, 10> id_names = {"item",
                                                       "item_id",
                                                       "itemid",
                                                       "iid",
                                                       "movie_id",
                                                       "movieid",
                                                       "artist_id",
                                                       "artistid",
                                                       "movie id",
                                                       "id"};
constexpr std::array<std::string_view, 3> title_names = {"title", "name", "movie title"};

std::string as_utf8(std::string_view text) {
  return is_utf8(text) ? std::string(text) : from_windows_1252(text);
}

/// The first field with one of these names; the earlier names come first.
int named(std::span<const std::string_view> header, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t column = 0; column < header.size(); ++column) {
      if (lower(trimmed(header[column])) == name) {
        return static_cast<int>(column);
      }
    }
  }
  return Layout::none;
}

/// Reads lines of an items file into a table.
class ItemReader {
 public:
  ItemReader(std::string name, std::optional<std::string> delimiter)
      : name_(std::move(name)), named_delimiter_(std::move(delimiter)) {}

  void add(std::string_view line) {
    ++lines_;
    if (lines_ == 1 && line.starts_with(byte_order_mark)) {
      line.remove_prefix(byte_order_mark.size());
    }
    if (trimmed(line).empty()) {
      return;
    }
    if (!splitter_) {
      splitter_.emplace(find_delimiter(line, named_delimiter_, place(name_, lines_)));
      if (split(line); find_columns()) {
        return;
      }
    }
    split(line);
    const std::size_t needed = std::max(id_column_, title_column_);
    if (fields_.size() <= needed) {
      refuse(fmt::format("{} column{}, the title is in column {}. Correct the line.",
                         fields_.size(),
                         fields_.size() == 1 ? "" : "s",
                         title_column_ + 1));
    }
    keep();
  }

  /// `flag_names` are the labels of 0/1 columns without a header, or empty.
  ItemTable finish(std::span<const std::string> flag_names) {
    if (table_.ids.empty()) {
      throw Error(ErrorCode::invalid_data,
                  fmt::format("{}: there are no titles. Give a file with an item id and a title on "
                              "each line.",
                              name_));
    }
    for (std::size_t column = 0; column < builders_.size();) {
      const std::size_t end = end_of_flags(column);
      if (end - column >= 2) {
        finish_flags(std::span(builders_).subspan(column, end - column), flag_names);
        column = end;
      } else {
        keep_column(builders_[column++].finish(table_.notes));
      }
    }
    add_years();
    return std::move(table_);
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw Error(ErrorCode::invalid_data, fmt::format("{}: {}", place(name_, lines_), message));
  }

  void split(std::string_view line) {
    if (splitter_->split(line, fields_) != SplitFault::none) {
      refuse(
          "a quoted field does not end on its line, or text follows its closing quote. Double the "
          "quotes inside quoted fields, and take line breaks out of them.");
    }
  }

  /// True when the first line is a header.
  bool find_columns() {
    const int id = named(fields_, id_names);
    const int title = named(fields_, title_names);
    has_header_ = id != Layout::none || title != Layout::none;
    id_column_ = id == Layout::none ? 0 : static_cast<std::size_t>(id);
    title_column_ =
        title == Layout::none ? (id_column_ == 0 ? 1 : 0) : static_cast<std::size_t>(title);
    // Without a name of its own the title may be a column worth having, "item,genre".
    const bool keeps_title = has_header_ && title == Layout::none;
    for (std::size_t column = 0; column < fields_.size(); ++column) {
      if (column == id_column_ || (column == title_column_ && !keeps_title)) {
        continue;
      }
      if (builders_.size() == most_columns) {
        table_.notes.push_back(
            fmt::format("the items have {} columns, those after the first {} are left out.",
                        fields_.size(),
                        most_columns));
        break;
      }
      const std::string_view name = trimmed(fields_[column]);
      builders_.emplace_back(has_header_ && !name.empty() ? as_utf8(name)
                                                          : fmt::format("column {}", column + 1));
      fields_of_columns_.push_back(column);
    }
    return has_header_;
  }

  /// The first line of an id stays.
  void keep() {
    const std::string_view id = fields_[id_column_];
    if (id.empty()) {
      refuse("the item id is empty. Correct the line.");
    }
    const Index row = table_.ids.find_or_add(as_utf8(id));
    if (static_cast<std::size_t>(row) != table_.titles.size()) {
      return;
    }
    table_.titles.push_back(as_utf8(fields_[title_column_]));
    for (std::size_t i = 0; i < builders_.size(); ++i) {
      const std::size_t column = fields_of_columns_[i];
      builders_[i].add(column < fields_.size() ? as_utf8(fields_[column]) : std::string());
    }
  }

  [[nodiscard]] std::size_t end_of_flags(std::size_t column) const {
    std::size_t end = column;
    // Only columns that stand side by side.
    while (end < builders_.size() && builders_[end].is_flag() &&
           (end == column || fields_of_columns_[end] == fields_of_columns_[end - 1] + 1)) {
      ++end;
    }
    return end;
  }

  void finish_flags(std::span<ColumnBuilder> flags, std::span<const std::string> names) {
    std::string name = has_header_
                           ? fmt::format("{} to {}", flags.front().name(), flags.back().name())
                           : fmt::format("columns {} to {}",
                                         flags.front().name().substr(sizeof("column")),
                                         flags.back().name().substr(sizeof("column")));
    if (!has_header_ && names.size() == flags.size()) {
      name = "genre";
      for (std::size_t i = 0; i < flags.size(); ++i) {
        flags[i].rename(names[i]);
      }
    }
    table_.columns.push_back(join_flags(flags, std::move(name)));
  }

  void keep_column(std::optional<ItemColumn> column) {
    if (column) {
      table_.columns.push_back(std::move(*column));
    }
  }

  void add_years() {
    const auto is_year = [](const ItemColumn& column) { return lower(column.name) == "year"; };
    std::optional<ItemColumn> years = years_of_titles(table_.titles);
    if (years && std::ranges::none_of(table_.columns, is_year)) {
      table_.columns.insert(table_.columns.begin(), std::move(*years));
    }
  }

  std::string name_;
  std::optional<std::string> named_delimiter_;
  std::optional<Splitter> splitter_;
  std::vector<std::string_view> fields_;
  bool has_header_ = false;
  std::size_t id_column_ = 0;
  std::size_t title_column_ = 1;
  std::vector<ColumnBuilder> builders_;
  std::vector<std::size_t> fields_of_columns_;  ///< Which field each builder takes.
  std::int64_t lines_ = 0;
  ItemTable table_;
};

/// Calls take(line) with every line of a source.
void each_line(std::unique_ptr<Source> bytes, const std::string& name, const auto& take) {
  constexpr std::size_t block_size = std::size_t{1} << 20;
  const std::unique_ptr<Source> source = without_utf16(std::move(bytes));
  BlockReader blocks(*source, name, block_size);
  Block block;
  while (blocks.next(block)) {
    LineCursor lines(block.text());
    for (std::string_view line; lines.next(line);) {
      take(line);
    }
  }
}

ItemTable read_items(std::unique_ptr<Source> source,
                     const std::string& name,
                     const std::optional<std::string>& delimiter,
                     std::span<const std::string> flag_names) {
  ItemReader reader(name, delimiter);
  each_line(std::move(source), name, [&](std::string_view line) { reader.add(line); });
  return reader.finish(flag_names);
}

/// The names in u.genre beside the file, "Action|1", in its order; none where it is not there.
std::vector<std::string> flag_names_beside(const std::filesystem::path& file) {
  const std::filesystem::path beside = file.parent_path() / "u.genre";
  std::error_code error;
  std::vector<std::string> names;
  if (file == "-" || !std::filesystem::is_regular_file(beside, error)) {
    return names;
  }
  each_line(open_source(beside), name_of(beside), [&](std::string_view line) {
    line = trimmed(line.substr(0, line.find('|')));
    if (!line.empty()) {
      names.push_back(as_utf8(line));
    }
  });
  return names;
}

}  // namespace

ItemTable read_items(const std::filesystem::path& file,
                     const std::optional<std::string>& delimiter) {
  return read_items(open_source(file), name_of(file), delimiter, flag_names_beside(file));
}

ItemTable read_items_text(std::string_view text,
                          const std::string& name,
                          const std::optional<std::string>& delimiter) {
  return read_items(memory_source(text, name), name, delimiter, {});
}

}  // namespace alsace
