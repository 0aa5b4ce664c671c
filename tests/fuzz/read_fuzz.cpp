// Any bytes are either refused with an Error or read into interactions that keep the reader's
// promises, the same for any block size. The first two bytes choose the options.
#include "alsace/error.h"

#include "base/text.h"
#include "read/read_text.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace alsace;

constexpr const char* name = "fuzz.csv";
constexpr std::size_t smallest_block = 512;

void expect(bool holds) {
  if (!holds) {
    std::abort();
  }
}

ReadOptions options_of(unsigned choice) {
  static const std::array<std::optional<std::string>, 4> delimiters = {
      std::nullopt, ",", "::", " "};
  static const std::array<std::vector<std::string>, 4> columns = {
      {{}, {"1", "2"}, {"2", "1", "-", "3"}, {"user", "item", "value"}}};
  ReadOptions options;
  options.threads = 1;
  options.skip_bad_lines = (choice & 1U) != 0;
  options.allow_negative = (choice & 2U) != 0;
  options.delimiter = delimiters[(choice >> 2U) % 4];
  options.columns = columns[(choice >> 4U) % 4];
  return options;
}

void check_ids(const IdTable& ids, const std::vector<Index>& rows) {
  for (const Index row : rows) {
    expect(row >= 0 && row < ids.size());
  }
  for (Index row = 0; row < ids.size(); ++row) {
    expect(!ids[row].empty() && is_utf8(ids[row]) && ids.find(ids[row]) == row);
  }
}

void check(const Interactions& read, const ReadOptions& options) {
  const Triplets& triplets = read.triplets;
  expect(triplets.size() > 0 && triplets.items.size() == triplets.users.size());
  expect(triplets.values.empty() || triplets.values.size() == triplets.users.size());
  expect(triplets.times.empty() || triplets.times.size() == triplets.users.size());
  check_ids(read.user_ids, triplets.users);
  check_ids(read.item_ids, triplets.items);
  for (const float value : triplets.values) {
    expect(std::isfinite(value) && (options.allow_negative || value >= 0));
  }
  for (const double time : triplets.times) {
    expect(std::isfinite(time));
  }
}

/// All that reading gives, as one text, or the message.
std::string outcome(std::string_view text, const ReadOptions& options, std::size_t block_size) {
  std::string all;
  const auto add = [&](const auto& values) {
    all.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
    all += '|';
  };
  try {
    ReadReport report;
    const Interactions read = read_text(text, name, options, &report, block_size);
    check(read, options);
    add(read.triplets.users);
    add(read.triplets.items);
    add(read.triplets.values);
    add(read.triplets.times);
    add(read.user_ids.bytes());
    add(read.item_ids.bytes());
    all += report.first_bad_line + std::to_string(report.bad_lines);
  } catch (const Error& error) {
    expect(is_utf8(error.what()));
    all = error.what();
  }
  return all;
}

/// A matrix's size must be in the first block; what gzip unpacks to, who knows.
bool begins_early(std::string_view text) {
  return text.substr(0, smallest_block).find("%%") == std::string_view::npos &&
         !text.starts_with('\x1f');
}

/// Every text of a table is UTF-8, every column as long as the table, every label there.
void read_some_items(std::string_view text) {
  try {
    const ItemTable items = read_items_text(text, name);
    const auto rows = static_cast<std::size_t>(items.ids.size());
    expect(items.titles.size() == rows);
    for (const std::string& title : items.titles) {
      expect(is_utf8(title));
    }
    for (const ItemColumn& column : items.columns) {
      const bool numbers = column.kind == ColumnKind::number;
      expect(is_utf8(column.name) && column.numbers.size() == (numbers ? rows : 0));
      expect(numbers || column.offsets.size() == rows + 1);
      expect(numbers || column.offsets.back() == column.places.size());
      for (const Index place : column.places) {
        expect(place >= 0 && static_cast<std::size_t>(place) < column.labels.size());
      }
      for (const std::string& label : column.labels) {
        expect(is_utf8(label));
      }
    }
  } catch (const Error& error) {
    expect(is_utf8(error.what()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const ReadOptions options = options_of(data[0]);
  const std::string whole = outcome(text, options, std::size_t{1} << 14);
  const std::string pieces = outcome(text, options, smallest_block + data[1]);
  expect(whole == pieces || !begins_early(text));
  if (data[1] % 4 == 0) {
    read_some_items(text);
  }
  return 0;
}
