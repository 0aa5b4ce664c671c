#include "read/support.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace alsace::test {
namespace {

/// What a slow reader makes of headerless lines: std::getline and strtof, nothing of ours. Bad
/// lines are those with another number of fields, a value that is no number from 0 on, or an empty
/// id.
struct SlowRead {
  std::vector<Line> lines;
  std::int64_t bad = 0;
  std::int64_t first_bad = 0;
};

SlowRead slow_read(const std::string& text, char delimiter) {
  SlowRead read;
  std::istringstream in(text);
  std::string line;
  for (std::int64_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    if (line.empty()) {
      continue;
    }
    std::vector<std::string> fields(1);
    for (const char letter : line) {
      if (letter == delimiter) {
        fields.emplace_back();
      } else {
        fields.back() += letter;
      }
    }
    char* end = nullptr;
    const float value = fields.size() == 3 ? std::strtof(fields[2].c_str(), &end) : 0.0F;
    if (fields.size() != 3 || fields[0].empty() || fields[1].empty() || fields[2].empty() ||
        *end != '\0' || value < 0) {
      read.first_bad = read.bad++ == 0 ? number : read.first_bad;
      continue;
    }
    read.lines.push_back({fields[0], fields[1], value, 0});
  }
  return read;
}

/// A random file whose ids are of all lengths around those that are treated alike (7 and 8 bytes),
/// with blank lines, bad lines, either line end, and perhaps no last one.
std::string random_text(char delimiter, bool with_bad) {
  const auto id = rc::gen::apply(
      [](int number, int shape) {
        switch (shape) {
          case 0:
            return fmt::format("{}", number);
          case 1:
            return fmt::format("{:07}", number);
          case 2:
            return fmt::format("{:08}", number);
          case 3:
            return fmt::format("user-{:020}", number);
          default:
            return fmt::format("\xC3\xA9{}", number);
        }
      },
      rc::gen::inRange(0, 40),
      rc::gen::inRange(0, 5));
  const auto value = rc::gen::apply(
      [](int digits, int decimals) {
        return decimals == 0 ? fmt::format("{}", digits)
                             : fmt::format("{}.{:0{}}", digits / 7, digits % 10, decimals);
      },
      rc::gen::inRange(0, 20000000),
      rc::gen::inRange(0, 6));
  const int lines = *rc::gen::inRange(1, 120);
  std::string text = fmt::format("first{}line{}1\n", delimiter, delimiter);
  for (int i = 0; i < lines; ++i) {
    const int kind = *rc::gen::inRange(0, 20);
    std::string line = *id + delimiter + *id + delimiter + *value;
    if (kind == 0) {
      line.clear();
    } else if (with_bad && kind == 1) {
      line += "x";
    } else if (with_bad && kind == 2) {
      line += delimiter;
    } else if (with_bad && kind == 3) {
      line = delimiter + line.substr(line.find(delimiter) + 1);
    }
    text += line + (kind % 2 == 0 ? "\n" : "\r\n");
  }
  if (*rc::gen::arbitrary<bool>()) {
    text.pop_back();
  }
  return text;
}

bool same(const Interactions& a, const Interactions& b) {
  return a.triplets.users == b.triplets.users && a.triplets.items == b.triplets.items &&
         a.triplets.values == b.triplets.values && a.user_ids.bytes() == b.user_ids.bytes() &&
         a.item_ids.bytes() == b.item_ids.bytes();
}

RC_GTEST_PROP(Read, AgreesWithASlowReaderForAnyThreadsAndBlocks, ()) {
  const char delimiter = *rc::gen::element(',', '\t', ';', '|');
  const std::string text = random_text(delimiter, false);
  const auto threads = *rc::gen::element(1, 2, 3, 8);
  const auto block_size = *rc::gen::inRange<std::size_t>(1, 400);
  const bool packed = *rc::gen::arbitrary<bool>();

  const Interactions read =
      read_text(packed ? gzip(text) : text, "plays.csv", {.threads = threads}, nullptr, block_size);

  RC_ASSERT(lines_of(read) == slow_read(text, delimiter).lines);
  RC_ASSERT(same(read, read_text(text, "plays.csv", {.threads = 1})));
}

RC_GTEST_PROP(Read, FindsTheSameFirstBadLineForAnyThreadsAndBlocks, ()) {
  const std::string text = random_text(',', true);
  const SlowRead slow = slow_read(text, ',');
  const ReadOptions options{.threads = *rc::gen::element(1, 2, 3, 8)};
  const auto block_size = *rc::gen::inRange<std::size_t>(1, 400);
  ReadOptions skipping = options;
  skipping.skip_bad_lines = true;
  ReadReport report;

  const Interactions read = read_text(text, "plays.csv", skipping, &report, block_size);

  RC_ASSERT(lines_of(read) == slow.lines);
  RC_ASSERT(report.bad_lines == slow.bad);
  RC_ASSERT(report.bytes >= static_cast<std::int64_t>(text.size()));
  if (slow.bad > 0) {
    const std::string place = fmt::format("plays.csv:{}: ", slow.first_bad);
    RC_ASSERT(report.first_bad_line.starts_with(place));
    const std::string refused = error_of(ErrorCode::invalid_data, [&] {
      read_text(text, "plays.csv", options, nullptr, block_size);
    });
    RC_ASSERT(refused == report.first_bad_line);
  }
}

/// A field as CSV writers quote it.
std::string quoted(const std::string& field) {
  std::string text = "\"";
  for (const char letter : field) {
    text += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return text + "\"";
}

RC_GTEST_PROP(Read, GivesBackAnyIdsThatWereQuoted, ()) {
  const auto letter = rc::gen::element('a', 'b', '"', ',', ' ', '\t', ';');
  const auto id = rc::gen::nonEmpty(rc::gen::container<std::string>(letter));
  const auto pairs = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::pair<std::string, std::string>>>(rc::gen::pair(id, id)));
  std::string text = "user,item\n";
  std::vector<Line> truth;
  for (const auto& [user, item] : pairs) {
    text += quoted(user) + "," + quoted(item) + "\n";
    truth.push_back({user, item, 1, 0});
  }

  RC_ASSERT(lines_of(read_text(text, "plays.csv", {}, nullptr, 64)) == truth);
}

RC_GTEST_PROP(Read, RoundsEveryValueAsStrtofDoes, ()) {
  const auto digits =
      rc::gen::container<std::string>(rc::gen::inRange('0', static_cast<char>('9' + 1)));
  std::string text = "user,item,value\n";
  std::vector<float> truth;
  for (int i = 0; i < 20; ++i) {
    std::string number = "0" + *digits;
    if (*rc::gen::arbitrary<bool>()) {
      number += "." + *digits;
    }
    if (*rc::gen::inRange(0, 4) == 0) {
      number += fmt::format("e{}", *rc::gen::inRange(-60, 10));
    }
    const float value = std::strtof(number.c_str(), nullptr);
    if (std::isfinite(value)) {
      truth.push_back(value);
      text += "a,b," + number + "\n";
    }
  }

  RC_ASSERT(truth.empty() || read_text(text, "plays.csv").triplets.values == truth);
}

}  // namespace
}  // namespace alsace::test
