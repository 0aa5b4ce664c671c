#include "alsace/error.h"
#include "alsace/interactions.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Line {
  std::string user;
  std::string item;
  float value = 1;
  double time = 0;
  bool operator==(const Line&) const = default;
};

Interactions from_lines(const std::vector<Line>& lines, bool with_times = true) {
  Interactions made;
  for (const Line& line : lines) {
    made.triplets.users.push_back(made.user_ids.find_or_add(line.user));
    made.triplets.items.push_back(made.item_ids.find_or_add(line.item));
    made.triplets.values.push_back(line.value);
    if (with_times) {
      made.triplets.times.push_back(line.time);
    }
  }
  return made;
}

std::vector<Line> to_lines(const Triplets& triplets, const IdTable& users, const IdTable& items) {
  std::vector<Line> lines;
  for (std::int64_t entry = 0; entry < triplets.size(); ++entry) {
    const auto i = static_cast<std::size_t>(entry);
    lines.push_back({std::string(users[triplets.users[i]]),
                     std::string(items[triplets.items[i]]),
                     triplets.value(entry),
                     triplets.times.empty() ? 0 : triplets.times[i]});
  }
  return lines;
}

std::vector<Line> kept(const Interactions& made) {
  return to_lines(made.triplets, made.user_ids, made.item_ids);
}

std::vector<Line> low(const Interactions& made) {
  return to_lines(made.low, made.user_ids, made.item_ids);
}

std::vector<std::string> names(const IdTable& ids) {
  std::vector<std::string> all;
  for (Index row = 0; row < ids.size(); ++row) {
    all.emplace_back(ids[row]);
  }
  return all;
}

std::string message_of(ErrorCode code, const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "no error";
}

const std::vector<Line> repeated = {
    {"a", "x", 2, 5}, {"b", "x", 1, 1}, {"a", "x", 7, 3}, {"a", "y", 4, 1}, {"a", "x", 3, 5}};

TEST(Prepare, SumsDuplicatesIntoTheFirstLineWithTheLatestTime) {
  PrepareReport report;
  const Interactions made = prepare(from_lines(repeated), {}, &report);

  EXPECT_THAT(kept(made),
              ElementsAre(Line{"a", "x", 12, 5}, Line{"b", "x", 1, 1}, Line{"a", "y", 4, 1}));
  EXPECT_EQ(report.duplicates, 2);
  EXPECT_EQ(report.below_value, 0);
  EXPECT_EQ(report.below_counts, 0);
}

TEST(Prepare, KeepsTheLastOfDuplicatesByTimeThenByLine) {
  EXPECT_EQ(kept(prepare(from_lines(repeated), {.duplicates = Duplicates::last}))[0],
            (Line{"a", "x", 3, 5}));
  // Without times the later line is the last; here the same one. Without line 5 they differ.
  const std::vector<Line> four(repeated.begin(), repeated.end() - 1);
  EXPECT_EQ(kept(prepare(from_lines(four), {.duplicates = Duplicates::last}))[0],
            (Line{"a", "x", 2, 5}));
  EXPECT_EQ(kept(prepare(from_lines(four, false), {.duplicates = Duplicates::last}))[0],
            (Line{"a", "x", 7, 0}));
}

TEST(Prepare, KeepsTheLargestOfDuplicates) {
  EXPECT_EQ(kept(prepare(from_lines(repeated), {.duplicates = Duplicates::max}))[0],
            (Line{"a", "x", 7, 5}));
}

TEST(Prepare, RefusesDuplicatesWhenAsked) {
  EXPECT_EQ(message_of(ErrorCode::invalid_data,
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
  EXPECT_THAT(message_of(ErrorCode::invalid_data,
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
  EXPECT_THAT(kept(made), ElementsAre(Line{"b", "y", 4}, Line{"a", "y", 5}, Line{"b", "x", 4}));
  EXPECT_THAT(low(made), ElementsAre(Line{"a", "x", 1}));
  EXPECT_THAT(made.low.values, IsEmpty());
  EXPECT_EQ(report.below_value, 3);
}

TEST(Prepare, ComparesTheMinimumAsTheFloatThatAFileGives) {
  const Interactions made =
      prepare(from_lines({{"a", "x", 0.7F}, {"a", "y", 0.1F}}), {.min_value = 0.7});

  EXPECT_THAT(kept(made), ElementsAre(Line{"a", "x", 0.7F}));
}

TEST(Prepare, MergesBeforeItComparesWithTheMinimum) {
  EXPECT_THAT(kept(prepare(from_lines({{"a", "x", 2}, {"a", "x", 2}}), {.min_value = 4})),
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
  EXPECT_THAT(to_lines(parts[0], users, items), ElementsAre(Line{"a", "x", 10}));
  EXPECT_THAT(to_lines(parts[1], users, items), ElementsAre(Line{"b", "y", 5}, Line{"a", "x", 4}));
  EXPECT_THAT(to_lines(first_low, users, items), ElementsAre(Line{"a", "y", 1}));
  EXPECT_EQ(report.duplicates, 1);
  EXPECT_EQ(report.below_value, 3);
}

TEST(Prepare, RefusesWhatItCannotDo) {
  const Interactions some = from_lines({{"a", "x", 1, 1}});
  const auto call = [&](const PrepareOptions& options) {
    return [&some, options] { prepare(some, options); };
  };
  EXPECT_EQ(message_of(ErrorCode::invalid_argument, call({.min_per_user = -1})),
            "prepare: min_per_user is -1, it must be 0 or more. 0 keeps everyone.");
  EXPECT_EQ(message_of(ErrorCode::invalid_argument, call({.min_per_item = -2})),
            "prepare: min_per_item is -2, it must be 0 or more. 0 keeps everyone.");
  EXPECT_EQ(message_of(ErrorCode::invalid_argument, call({.min_value = std::nan("")})),
            "prepare: min_value is not a number. Give a number.");
  EXPECT_EQ(
      message_of(ErrorCode::invalid_data, call({.min_value = 2.5})),
      "interactions: nothing is left; 1 were below min_value 2.5, 0 went with a user of fewer "
      "than 0 or an item of fewer than 0. Lower the minima.");
  EXPECT_EQ(message_of(ErrorCode::invalid_data, [] { prepare({}, {}); }),
            "interactions: there are none. Give a file with some.");

  Interactions out_of_range = some;
  out_of_range.triplets.items[0] = 1;
  EXPECT_EQ(message_of(ErrorCode::invalid_argument, [&] { prepare(out_of_range, {}); }),
            "prepare: item row 1 is out of range, there are 1 ids. Give row numbers from 0.");
  Interactions uneven = some;
  uneven.triplets.times.push_back(1);
  EXPECT_EQ(
      message_of(ErrorCode::invalid_argument, [&] { prepare(uneven, {}); }),
      "prepare: there are 1 users, 1 items, 1 values and 2 times. Each must be as many as the "
      "users; no values or no times is fine.");

  std::array<Triplets, 2> parts = {some.triplets, some.triplets};
  IdTable users = some.user_ids;
  IdTable items = some.item_ids;
  EXPECT_EQ(
      message_of(ErrorCode::invalid_argument,
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

  RC_ASSERT(kept(made) == truth);
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
