#include "alsace/error.h"
#include "alsace/read.h"

#include "base/text.h"
#include "read/blocks.h"
#include "read/layout.h"
#include "read/read_text.h"
#include "read/source.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::array<std::string_view, 4> id_names = {"item", "item_id", "movieid", "id"};
constexpr std::array<std::string_view, 2> title_names = {"title", "name"};

std::string as_utf8(std::string_view text) {
  return is_utf8(text) ? std::string(text) : from_latin1(text);
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

/// Reads lines of an items file into titles.
class TitleReader {
 public:
  TitleReader(std::string name, std::optional<std::string> delimiter)
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
    keep(fields_[id_column_], fields_[title_column_]);
  }

  ItemTitles finish() {
    if (titles_.ids.empty()) {
      throw Error(ErrorCode::invalid_data,
                  fmt::format("{}: there are no titles. Give a file with an item id and a title on "
                              "each line.",
                              name_));
    }
    return std::move(titles_);
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
    id_column_ = id == Layout::none ? 0 : static_cast<std::size_t>(id);
    title_column_ =
        title == Layout::none ? (id_column_ == 0 ? 1 : 0) : static_cast<std::size_t>(title);
    return id != Layout::none || title != Layout::none;
  }

  /// The first title of an id stays.
  void keep(std::string_view id, std::string_view title) {
    if (id.empty()) {
      refuse("the item id is empty. Correct the line.");
    }
    const Index row = titles_.ids.find_or_add(as_utf8(id));
    if (static_cast<std::size_t>(row) == titles_.titles.size()) {
      titles_.titles.push_back(as_utf8(title));
    }
  }

  std::string name_;
  std::optional<std::string> named_delimiter_;
  std::optional<Splitter> splitter_;
  std::vector<std::string_view> fields_;
  std::size_t id_column_ = 0;
  std::size_t title_column_ = 1;
  std::int64_t lines_ = 0;
  ItemTitles titles_;
};

ItemTitles read_titles(Source& source,
                       const std::string& name,
                       const std::optional<std::string>& delimiter) {
  constexpr std::size_t block_size = std::size_t{1} << 20;
  BlockReader blocks(source, name, block_size);
  TitleReader reader(name, delimiter);
  Block block;
  while (blocks.next(block)) {
    LineCursor lines(block.text());
    for (std::string_view line; lines.next(line);) {
      reader.add(line);
    }
  }
  return reader.finish();
}

}  // namespace

std::optional<std::string_view> ItemTitles::find(std::string_view item_id) const {
  const std::optional<Index> row = ids.find(item_id);
  return row ? std::optional<std::string_view>(titles[static_cast<std::size_t>(*row)])
             : std::nullopt;
}

ItemTitles read_titles(const std::filesystem::path& file,
                       const std::optional<std::string>& delimiter) {
  const auto source = open_source(file);
  return read_titles(*source, name_of(file), delimiter);
}

ItemTitles read_titles_text(std::string_view text,
                            const std::string& name,
                            const std::optional<std::string>& delimiter) {
  const auto source = memory_source(text, name);
  return read_titles(*source, name, delimiter);
}

}  // namespace alsace
