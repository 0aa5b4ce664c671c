#include "alsace/interactions.h"

#include "matrix/from_lines.h"
#include "support/error_of.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::from_lines;
using test::Line;
using test::lines_of;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<Line> repeated = {
    {"a", "x", 2, 5}, {"b", "x", 1, 1}, {"a", "x", 7, 3}, {"a", "y", 4, 1}, {"a", "x", 3, 5}};

TEST(Prepare, SumsDuplicatesIntoTheFirstLineWithTheLatestTime) {
  PrepareReport report;
  const Interactions made = prepare(from_lines(repeated), {}, &report);

  EXPECT_THAT(lines_of(made),
              ElementsAre(Line{"a", "x", 12, 5}, Line{"b", "x", 1, 1}, Line{"a", "y", 4, 1}));
  EXPECT_EQ(report.duplicates, 2);
  EXPECT_EQ(report.below_value, 0);
  EXPECT_EQ(report.below_counts, 0);
}

TEST(Prepare, KeepsTheLastOfDuplicatesByTimeThenByLine) {
  EXPECT_EQ(lines_of(prepare(from_lines(repeated), {.duplicates = Duplicates::last}))[0],
            (Line{"a", "x", 3, 5}));
  // Without times the later line is the last; here the same one. Without line 5 they differ.
  const std::vector<Line> four(repeated.begin(), repeated.end() - 1);
  EXPECT_EQ(lines_of(prepare(from_lines(four), {.duplicates = Duplicates::last}))[0],
            (Line{"a", "x", 2, 5}));
  EXPECT_EQ(lines_of(prepare(from_lines(four, false), {.duplicates = Duplicates::last}))[0],
            (Line{"a", "x", 7, 0}));
}

TEST(Prepare, KeepsTheLargestOfDuplicates) {
  EXPECT_EQ(lines_of(prepare(from_lines(repeated), {.duplicates = Duplicates::max}))[0],
            (Line{"a", "x", 7, 5}));
}

TEST(Prepare, RefusesDuplicatesWhenAsked) {
  EXPECT_EQ(error_of(ErrorCode::invalid_data,
                     [] { prepare(from_lines(repeated), {.duplicates = Duplicates::error}); }),
            "interactions: user 'a' and item 'x' come twice, as entries 1 and 3. Leave one out, or "
            "choose sum, last or max with --duplicates.");
}

TEST(Prepare, CountsDuplicatesWithoutValuesWhenSumming) {
  Interactions made = from_lines(repeated);
  made.triplets.values.clear();

  EXPECT_THAT(prepare(made, {}).triplets.values, ElementsAre(3, 1, 1));
  EXPECT_THAT(prepare(made, {.duplicates = Duplicates::last}).triplets.values, IsEmpty());
  EXPECT_THAT(prepare(made, {.duplicates = Duplicates::max}).triplets.values, IsEmpty());
}

TEST(Prepare, RefusesASumBeyondAFloat) {
  EXPECT_THAT(error_of(ErrorCode::invalid_data,
                       [] { prepare(from_lines({{"a", "x", 3e38F}, {"a", "x", 3e38F}}), {}); }),
              testing::MatchesRegex("interactions: the values of user 'a' and item 'x' sum to "
                                    "6.*e\\+38, beyond a 32-bit float. Scale the values down, or "
                                    "choose last or max with --duplicates\\."));
}

TEST(Prepare, MergesPartsTooLargeToGroupAtOnce) {
  // Grouped in fours and fives; a user of a third of all entries is a group of his own.
  constexpr std::int64_t lines = 300'000;
  Interactions made;
  for (int row = 0; row < 1000; ++row) {
    made.user_ids.find_or_add("u" + std::to_string(row));
    made.item_ids.find_or_add("i" + std::to_string(row));
  }
  std::map<std::pair<Index, Index>, float> sums;
  std::vector<std::pair<Index, Index>> order;
  for (std::int64_t line = 0; line < lines; ++line) {
    const auto user = static_cast<Index>(line % 3 == 0 ? 500 : line * 7919 % 1000);
    const auto item = static_cast<Index>(line * 104'729 % 997);
    made.triplets.users.push_back(user);
    made.triplets.items.push_back(item);
    made.triplets.values.push_back(static_cast<float>(line % 5));
    if (sums.try_emplace({user, item}, 0).second) {
      order.emplace_back(user, item);
    }
    sums[{user, item}] += static_cast<float>(line % 5);
  }
  Triplets expected;
  for (const auto& pair : order) {
    expected.users.push_back(pair.first);
    expected.items.push_back(pair.second);
    expected.values.push_back(sums[pair]);
  }
  PrepareReport report;

  std::vector<Triplets> parts = {std::move(made.triplets)};
  (void)prepare(parts, made.user_ids, made.item_ids, {}, &report);

  // Numbers change: what nobody has goes.
  ASSERT_EQ(parts[0].users.size(), order.size());
  EXPECT_EQ(report.duplicates, lines - static_cast<std::int64_t>(order.size()));
  EXPECT_EQ(parts[0].values, expected.values);
  for (std::size_t entry = 0; entry < order.size(); ++entry) {
    ASSERT_EQ(made.user_ids[parts[0].users[entry]], "u" + std::to_string(expected.users[entry]));
    ASSERT_EQ(made.item_ids[parts[0].items[entry]], "i" + std::to_string(expected.items[entry]));
  }
}

}  // namespace
}  // namespace alsace
