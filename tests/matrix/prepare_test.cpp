#include "alsace/interactions.h"

#include "matrix/from_lines.h"
#include "support/error_of.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::from_lines;
using test::Line;
using test::lines_of;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Line> low(const Interactions& made) {
  return lines_of(made.low, made.user_ids, made.item_ids);
}

std::vector<std::string> names(const IdTable& ids) {
  std::vector<std::string> all;
  for (Index row = 0; row < ids.size(); ++row) {
    all.emplace_back(ids[row]);
  }
  return all;
}

TEST(Prepare, KeepsValuesOfOneThroughTheCore) {
  const Interactions core =
      prepare(from_lines({{"a", "x"}, {"a", "y"}, {"b", "x"}}), {.min_per_user = 2});

  EXPECT_EQ(core.triplets.values, (std::vector<float>{1, 1}));
}

TEST(Prepare, MovesSmallValuesToLowAndRenumbers) {
  PrepareReport report;
  const Interactions made = prepare(from_lines({{"a", "x", 3},
                                                {"b", "y", 4},
                                                {"a", "y", 5},
                                                {"c", "y", 1},
                                                {"b", "z", 2},
                                                {"b", "x", 4}}),
                                    {.min_value = 4},
                                    &report);

  // c and z have no kept entry; b is now seen first. b-z and c-y go with them.
  EXPECT_THAT(names(made.user_ids), ElementsAre("b", "a"));
  EXPECT_THAT(names(made.item_ids), ElementsAre("y", "x"));
  EXPECT_THAT(lines_of(made), ElementsAre(Line{"b", "y", 4}, Line{"a", "y", 5}, Line{"b", "x", 4}));
  EXPECT_THAT(low(made), ElementsAre(Line{"a", "x", 1}));
  EXPECT_THAT(made.low.values, IsEmpty());
  EXPECT_EQ(report.below_value, 3);
}

TEST(Prepare, ComparesTheMinimumAsTheFloatThatAFileGives) {
  const Interactions made =
      prepare(from_lines({{"a", "x", 0.7F}, {"a", "y", 0.1F}}), {.min_value = 0.7});

  EXPECT_THAT(lines_of(made), ElementsAre(Line{"a", "x", 0.7F}));
}

TEST(Prepare, MergesBeforeItComparesWithTheMinimum) {
  EXPECT_THAT(lines_of(prepare(from_lines({{"a", "x", 2}, {"a", "x", 2}}), {.min_value = 4})),
              ElementsAre(Line{"a", "x", 4}));
}

TEST(Prepare, MakesEveryKeptValueOneWhenBinary) {
  const Interactions made =
      prepare(from_lines({{"a", "x", 5}, {"a", "y", 2}}), {.min_value = 4, .binary = true});

  EXPECT_THAT(made.triplets.values, IsEmpty());
  EXPECT_EQ(made.triplets.size(), 1);
}

TEST(Prepare, DropsRareUsersAndItemsUntilNoneIsLeft) {
  // d has 1 item; without d item z has 1 user; without z user c has 1 item; a and b stay.
  PrepareReport report;
  const Interactions made = prepare(
      from_lines(
          {{"d", "z"}, {"c", "z"}, {"c", "x"}, {"b", "x"}, {"b", "y"}, {"a", "y"}, {"a", "x"}}),
      {.min_per_user = 2, .min_per_item = 2},
      &report);

  EXPECT_THAT(names(made.user_ids), ElementsAre("b", "a"));
  EXPECT_THAT(names(made.item_ids), ElementsAre("x", "y"));
  EXPECT_EQ(made.triplets.size(), 4);
  EXPECT_EQ(report.below_counts, 3);
}

TEST(Prepare, KeepsIdsAsTheyAreWhenNothingIsDropped) {
  Interactions made = from_lines({{"a", "x"}, {"b", "y"}});
  std::swap(made.triplets.users[0], made.triplets.users[1]);

  EXPECT_THAT(names(prepare(made, {}).user_ids), ElementsAre("a", "b"));
}

TEST(Prepare, ForgetsIdsWithoutAnEntry) {
  Interactions made = from_lines({{"a", "x"}, {"b", "y"}});
  made.item_ids.find_or_add("never");

  EXPECT_THAT(names(prepare(made, {}).item_ids), ElementsAre("x", "y"));
}

TEST(Prepare, KeepsLowPairsFromBefore) {
  Interactions made = from_lines({{"a", "x", 5}, {"a", "y", 1}, {"b", "y", 5}});
  made.low = {.users = {1}, .items = {0}};

  EXPECT_THAT(low(prepare(made, {.min_value = 4})), ElementsAre(Line{"b", "x"}, Line{"a", "y"}));
}

TEST(Prepare, TreatsEachPartByItselfOverOneSetOfIds) {
  const Interactions all = from_lines({{"gone", "gone", 1},
                                       {"a", "x", 5},
                                       {"a", "x", 5},
                                       {"a", "y", 1},
                                       {"b", "y", 5},
                                       {"a", "x", 4},
                                       {"a", "z", 1}},
                                      false);
  const auto part = [&](std::size_t begin, std::size_t end) {
    Triplets made;
    for (std::size_t i = begin; i < end; ++i) {
      made.users.push_back(all.triplets.users[i]);
      made.items.push_back(all.triplets.items[i]);
      made.values.push_back(all.triplets.values[i]);
    }
    return made;
  };
  std::array<Triplets, 2> parts = {part(0, 4), part(4, 7)};
  IdTable users = all.user_ids;
  IdTable items = all.item_ids;
  PrepareReport report;

  const Triplets first_low = prepare(parts, users, items, {.min_value = 4}, &report);

  EXPECT_THAT(names(users), ElementsAre("a", "b"));
  EXPECT_THAT(names(items), ElementsAre("x", "y"));
  EXPECT_THAT(lines_of(parts[0], users, items), ElementsAre(Line{"a", "x", 10}));
  EXPECT_THAT(lines_of(parts[1], users, items), ElementsAre(Line{"b", "y", 5}, Line{"a", "x", 4}));
  EXPECT_THAT(lines_of(first_low, users, items), ElementsAre(Line{"a", "y", 1}));
  EXPECT_EQ(report.duplicates, 1);
  EXPECT_EQ(report.below_value, 3);
}

TEST(Prepare, RefusesWhatItCannotDo) {
  const Interactions some = from_lines({{"a", "x", 1, 1}});
  const auto call = [&](const PrepareOptions& options) {
    return [&some, options] { prepare(some, options); };
  };
  EXPECT_EQ(error_of(ErrorCode::invalid_argument, call({.min_per_user = -1})),
            "prepare: min_per_user is -1, it must be 0 or more. 0 keeps everyone.");
  EXPECT_EQ(error_of(ErrorCode::invalid_argument, call({.min_per_item = -2})),
            "prepare: min_per_item is -2, it must be 0 or more. 0 keeps everyone.");
  EXPECT_EQ(error_of(ErrorCode::invalid_argument, call({.min_value = std::nan("")})),
            "prepare: min_value is not a number. Give a number.");
  EXPECT_EQ(
      error_of(ErrorCode::invalid_data, call({.min_value = 2.5})),
      "interactions: nothing is left; 1 were below min_value 2.5, 0 went with a user of fewer "
      "than 0 or an item of fewer than 0. Lower the minima.");
  EXPECT_EQ(error_of(ErrorCode::invalid_data, [] { prepare({}, {}); }),
            "interactions: there are none. Give a file with some.");

  Interactions out_of_range = some;
  out_of_range.triplets.items[0] = 1;
  EXPECT_EQ(error_of(ErrorCode::invalid_argument, [&] { prepare(out_of_range, {}); }),
            "prepare: item row 1 is out of range, there are 1 ids. Give row numbers from 0.");
  Interactions uneven = some;
  uneven.triplets.times.push_back(1);
  EXPECT_EQ(
      error_of(ErrorCode::invalid_argument, [&] { prepare(uneven, {}); }),
      "prepare: there are 1 users, 1 items, 1 values and 2 times. Each must be as many as the "
      "users; no values or no times is fine.");

  std::array<Triplets, 2> parts = {some.triplets, some.triplets};
  IdTable users = some.user_ids;
  IdTable items = some.item_ids;
  EXPECT_EQ(
      error_of(ErrorCode::invalid_argument,
               [&] { prepare(parts, users, items, {.min_per_user = 2}); }),
      "prepare: min_per_user is 2 and min_per_item 0, with 2 given parts both must be 0. Filter "
      "before splitting.");
}

/// prepare() of one part by plain loops over named lines: slow, and independent.
std::vector<Line> oracle(std::vector<Line> lines, const PrepareOptions& options) {
  std::vector<Line> merged;
  for (const Line& line : lines) {
    const auto same = [&](const Line& other) {
      return other.user == line.user && other.item == line.item;
    };
    const auto first = std::find_if(merged.begin(), merged.end(), same);
    if (first == merged.end()) {
      merged.push_back(line);
      continue;
    }
    first->value = options.duplicates == Duplicates::sum   ? first->value + line.value
                   : options.duplicates == Duplicates::max ? std::max(first->value, line.value)
                   : line.time >= first->time              ? line.value
                                                           : first->value;
    first->time = std::max(first->time, line.time);
  }
  std::erase_if(merged, [&](const Line& line) {
    return options.min_value && line.value < *options.min_value;
  });
  for (std::size_t before = merged.size() + 1; merged.size() < before;) {
    before = merged.size();
    std::map<std::string, int> users;
    std::map<std::string, int> items;
    for (Line& line : merged) {
      line.value = options.binary ? 1 : line.value;
      ++users[line.user];
      ++items[line.item];
    }
    std::erase_if(merged, [&](const Line& line) {
      return users[line.user] < options.min_per_user || items[line.item] < options.min_per_item;
    });
  }
  return merged;
}

RC_GTEST_PROP(Prepare, AgreesWithPlainLoops, ()) {
  const auto line = rc::gen::apply(
      [](int user, int item, int value, int time) {
        return Line{"u" + std::to_string(user),
                    "i" + std::to_string(item),
                    static_cast<float>(value),
                    static_cast<double>(time)};
      },
      rc::gen::inRange(0, 8),
      rc::gen::inRange(0, 6),
      rc::gen::inRange(0, 6),
      rc::gen::inRange(0, 4));
  const auto lines = *rc::gen::container<std::vector<Line>>(line);
  PrepareOptions options;
  options.duplicates = *rc::gen::element(Duplicates::sum, Duplicates::last, Duplicates::max);
  options.min_value = *rc::gen::element<std::optional<double>>(std::nullopt, 2.0);
  options.binary = *rc::gen::arbitrary<bool>();
  options.min_per_user = *rc::gen::inRange(0, 4);
  options.min_per_item = *rc::gen::inRange(0, 4);
  const std::vector<Line> truth = oracle(lines, options);
  if (truth.empty()) {
    RC_ASSERT_THROWS_AS(prepare(from_lines(lines), options), Error);
    return;
  }

  PrepareReport report;
  const Interactions made = prepare(from_lines(lines), options, &report);

  RC_ASSERT(lines_of(made) == truth);
  std::vector<std::string> users;
  std::vector<std::string> items;
  for (const Line& kept_line : truth) {
    if (std::find(users.begin(), users.end(), kept_line.user) == users.end()) {
      users.push_back(kept_line.user);
    }
    if (std::find(items.begin(), items.end(), kept_line.item) == items.end()) {
      items.push_back(kept_line.item);
    }
  }
  RC_ASSERT(names(made.user_ids) == users);
  RC_ASSERT(names(made.item_ids) == items);
  RC_ASSERT(report.duplicates + report.below_value + report.below_counts + made.triplets.size() ==
            static_cast<std::int64_t>(lines.size()));
}

TEST(Prepare, KeepsTheKindOfIds) {
  Interactions interactions{.triplets = {.users = {0, 1}, .items = {0, 1}, .values = {1, 5}}};
  interactions.user_ids = IdTable::numbered(2);
  interactions.item_ids = IdTable::numbered(2);

  const Interactions prepared = prepare(interactions, {.min_value = 2});

  EXPECT_EQ(prepared.user_ids.size(), 1);
  EXPECT_EQ(prepared.user_ids.kind(), IdKind::integer);
}

}  // namespace
}  // namespace alsace
