#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "evaluate/evaluate_data.h"
#include "support/error_of.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
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
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// One user per call of add, entries as (item, time).
Interactions timed(const std::vector<std::tuple<Index, Index, double>>& entries,
                   Index users,
                   Index items) {
  Triplets triplets;
  for (const auto& [user, item, time] : entries) {
    triplets.users.push_back(user);
    triplets.items.push_back(item);
    triplets.times.push_back(time);
  }
  return with_ids(std::move(triplets), users, items);
}

std::string message_of(Interactions interactions, const SplitOptions& options, ErrorCode code) {
  return test::error_of(code, [&] { split(std::move(interactions), options); });
}

TEST(LeaveLastTwo, TestsTheLastAndValidatesTheLastButOne) {
  const Split result =
      split(timed({{0, 5, 30}, {1, 1, 5}, {0, 2, 10}, {0, 3, 20}, {0, 4, 40}}, 2, 6),
            {.method = SplitMethod::leave_last_two});
  EXPECT_THAT(pairs_of(result.test), ElementsAre(Pair(0, 4)));
  EXPECT_THAT(pairs_of(result.valid), ElementsAre(Pair(0, 5)));
  // User 1 has fewer than three entries: trained on, not tested. Entries keep their order.
  EXPECT_THAT(pairs_of(result.train.triplets), ElementsAre(Pair(1, 1), Pair(0, 2), Pair(0, 3)));
  EXPECT_THAT(result.train.triplets.times, ElementsAre(5, 10, 20));
  EXPECT_THAT(pairs_of(result.fold_in), IsEmpty());
}

TEST(LeaveLastTwo, BreaksTiesInTimeByTheOrderOfEntries) {
  const SplitOptions options{.method = SplitMethod::leave_last_two};
  // All at one time: the last lines are the latest.
  const Split same = split(timed({{0, 7, 1}, {0, 3, 1}, {0, 5, 1}, {0, 1, 1}}, 1, 8), options);
  EXPECT_THAT(pairs_of(same.test), ElementsAre(Pair(0, 1)));
  EXPECT_THAT(pairs_of(same.valid), ElementsAre(Pair(0, 5)));
  // The latest stands first; of the two tied behind it the later line is the last but one.
  const Split first = split(timed({{0, 7, 9}, {0, 3, 2}, {0, 5, 2}, {0, 1, 1}}, 1, 8), options);
  EXPECT_THAT(pairs_of(first.test), ElementsAre(Pair(0, 7)));
  EXPECT_THAT(pairs_of(first.valid), ElementsAre(Pair(0, 5)));
  // Two tied at the end: the later line is the test, the other validation.
  const Split end = split(timed({{0, 7, 9}, {0, 3, 2}, {0, 5, 9}, {0, 1, 1}}, 1, 8), options);
  EXPECT_THAT(pairs_of(end.test), ElementsAre(Pair(0, 5)));
  EXPECT_THAT(pairs_of(end.valid), ElementsAre(Pair(0, 7)));
}

TEST(LeaveLastOne, TestsUsersWithTwoEntriesOrMore) {
  const Split result =
      split(timed({{0, 0, 2}, {0, 1, 1}, {1, 2, 1}, {2, 0, 1}, {2, 1, 2}, {2, 2, 3}}, 3, 3),
            {.method = SplitMethod::leave_last_one});
  EXPECT_THAT(pairs_of(result.test), ElementsAre(Pair(0, 0), Pair(2, 2)));
  EXPECT_THAT(pairs_of(result.valid), IsEmpty());
  EXPECT_THAT(pairs_of(result.train.triplets),
              ElementsAre(Pair(0, 1), Pair(1, 2), Pair(2, 0), Pair(2, 1)));
}

TEST(Split, KeepsIdsAndLowPairs) {
  Interactions interactions = timed({{0, 0, 1}, {0, 1, 2}, {1, 1, 3}, {1, 0, 4}}, 2, 5);
  interactions.low = pairs({{1, 4}});
  for (const SplitMethod method : {SplitMethod::leave_last_one,
                                   SplitMethod::random,
                                   SplitMethod::temporal,
                                   SplitMethod::new_users}) {
    const Split result = split(interactions, {.method = method});
    EXPECT_EQ(result.train.user_ids.size(), 2);
    EXPECT_EQ(result.train.item_ids.size(), 5);
    EXPECT_THAT(pairs_of(result.train.low), ElementsAre(Pair(1, 4)));
  }
}

TEST(TemporalSplit, CutsBetweenTwoTimes) {
  const Split result =
      split(timed({{0, 0, 50}, {0, 1, 10}, {1, 0, 40}, {1, 1, 20}, {1, 2, 30}}, 2, 3),
            {.method = SplitMethod::temporal, .test_fraction = 0.4});
  EXPECT_THAT(pairs_of(result.test), ElementsAre(Pair(0, 0), Pair(1, 0)));
  EXPECT_EQ(result.train.triplets.size(), 3);
}

TEST(TemporalSplit, KeepsEqualTimesTogetherOnTheNearerSide) {
  // Wanted cut before the fourth of five; the run of 2s spans places 1 to 3. One place to its end,
  // three to its beginning: the run is trained on.
  const Split late = split(timed({{0, 0, 1}, {0, 1, 2}, {0, 2, 2}, {0, 3, 2}, {0, 4, 3}}, 1, 5),
                           {.method = SplitMethod::temporal, .test_fraction = 0.4});
  EXPECT_THAT(pairs_of(late.test), ElementsAre(Pair(0, 4)));
  // Wanted cut before the second: the run's beginning is just there.
  const Split early = split(timed({{0, 0, 1}, {0, 1, 2}, {0, 2, 2}, {0, 3, 2}, {0, 4, 3}}, 1, 5),
                            {.method = SplitMethod::temporal, .test_fraction = 0.8});
  EXPECT_EQ(early.test.size(), 4);
  // A run through the end is never all of the training: something is always tested.
  const Split end = split(timed({{0, 0, 1}, {0, 1, 2}, {0, 2, 2}, {0, 3, 2}}, 1, 4),
                          {.method = SplitMethod::temporal, .test_fraction = 0.01});
  EXPECT_EQ(end.test.size(), 3);
}

TEST(RandomSplit, HoldsOutTheFractionAndLeavesOneToTrain) {
  Triplets triplets;
  constexpr Index users = 3000;
  for (Index user = 0; user < users; ++user) {
    for (Index item = 0; item < 1 + user % 4; ++item) {
      triplets.users.push_back(user);
      triplets.items.push_back(item);
    }
  }
  const auto entries = static_cast<double>(triplets.size());
  const Split result = split(with_ids(std::move(triplets), users, 4),
                             {.method = SplitMethod::random, .test_fraction = 0.25});
  std::vector<int> trained(users, 0);
  for (const Index user : result.train.triplets.users) {
    ++trained[static_cast<std::size_t>(user)];
  }
  EXPECT_EQ(std::ranges::count(trained, 0), 0);
  // Users with one entry keep it: 750 entries that cannot be held out, a quarter of the rest.
  EXPECT_NEAR(static_cast<double>(result.test.size()), 0.25 * (entries - users / 4), 100);
  // A user of four entries gives exactly one: floor(0.25 * 4 + u) is 1 for all u.
  std::vector<int> tested(users, 0);
  for (const Index user : result.test.users) {
    ++tested[static_cast<std::size_t>(user)];
  }
  for (std::size_t user = 3; user < users; user += 4) {
    EXPECT_EQ(tested[user], 1);
  }
}

TEST(RandomSplit, PicksEveryPlaceOfAHistoryEquallyOften) {
  Triplets triplets;
  constexpr Index users = 8000;
  for (Index user = 0; user < users; ++user) {
    for (Index item = 0; item < 5; ++item) {
      triplets.users.push_back(user);
      triplets.items.push_back(item);
    }
  }
  const Split result = split(with_ids(std::move(triplets), users, 5),
                             {.method = SplitMethod::random, .test_fraction = 0.4});
  std::vector<int> by_item(5, 0);
  for (const Index item : result.test.items) {
    ++by_item[static_cast<std::size_t>(item)];
  }
  for (const int count : by_item) {
    EXPECT_NEAR(count, 3200, 220);  // Five standard deviations of a binomial (8000, 0.4).
  }
}

TEST(RandomSplit, DependsOnTheSeedAlone) {
  Triplets triplets;
  for (Index entry = 0; entry < 200; ++entry) {
    triplets.users.push_back(entry % 10);
    triplets.items.push_back(entry / 10);
  }
  const Interactions interactions = with_ids(std::move(triplets), 10, 20);
  const SplitOptions seven{.method = SplitMethod::random, .seed = 7};
  const SplitOptions eight{.method = SplitMethod::random, .seed = 8};
  EXPECT_EQ(pairs_of(split(interactions, seven).test), pairs_of(split(interactions, seven).test));
  EXPECT_NE(pairs_of(split(interactions, seven).test), pairs_of(split(interactions, eight).test));
}

TEST(NewUsersSplit, HoldsOutWholeUsersAndShowsTheFirstOfTheirHistories) {
  // Ten users of five entries each, the items in the order 4 3 2 1 0 of time.
  std::vector<std::tuple<Index, Index, double>> entries;
  for (Index user = 0; user < 10; ++user) {
    for (Index item = 0; item < 5; ++item) {
      entries.emplace_back(user, item, 100.0 - item);
    }
  }
  const Split result =
      split(timed(entries, 10, 5), {.method = SplitMethod::new_users, .test_fraction = 0.3});
  const std::set<Index> held_out(result.test.users.begin(), result.test.users.end());
  ASSERT_EQ(held_out.size(), 3U);
  EXPECT_EQ(result.train.triplets.size(), 35);
  EXPECT_EQ(result.fold_in.size(), 12);
  EXPECT_EQ(result.test.size(), 3);
  EXPECT_THAT(result.test.items, testing::Each(0));  // Item 0 has the latest time.
  for (const Index user : result.train.triplets.users) {
    EXPECT_FALSE(held_out.contains(user));
  }
}

TEST(NewUsersSplit, TrainsOnUsersWithASingleEntry) {
  Triplets triplets = pairs({{0, 0}, {1, 0}, {1, 1}, {2, 0}});
  const Split result = split(with_ids(std::move(triplets), 3, 2),
                             {.method = SplitMethod::new_users, .test_fraction = 0.9});
  EXPECT_THAT(pairs_of(result.train.triplets), ElementsAre(Pair(0, 0), Pair(2, 0)));
  EXPECT_EQ(result.fold_in.size(), 1);
  EXPECT_EQ(result.test.size(), 1);
}

TEST(NewUsersSplit, ShowsARandomPartWhereThereAreNoTimes) {
  Triplets triplets;
  for (Index user = 0; user < 400; ++user) {
    for (Index item = 0; item < 5; ++item) {
      triplets.users.push_back(user);
      triplets.items.push_back(item);
    }
  }
  const Split result = split(with_ids(std::move(triplets), 400, 5),
                             {.method = SplitMethod::new_users, .test_fraction = 0.5});
  EXPECT_EQ(result.test.size(), 200);
  for (Index item = 0; item < 5; ++item) {
    EXPECT_NEAR(static_cast<double>(std::ranges::count(result.test.items, item)), 40, 28);
  }
}

TEST(Split, RefusesToUseTimesThatAreNotThere) {
  for (const SplitMethod method :
       {SplitMethod::leave_last_one, SplitMethod::leave_last_two, SplitMethod::temporal}) {
    EXPECT_THAT(message_of(with_ids(pairs({{0, 0}, {0, 1}, {0, 2}}), 1, 3),
                           {.method = method},
                           ErrorCode::invalid_argument),
                HasSubstr("--split random"));
  }
}

TEST(Split, RefusesWhatItCannotSplit) {
  EXPECT_THAT(message_of(timed({{0, 0, 4}, {0, 1, 4}}, 1, 2),
                         {.method = SplitMethod::temporal},
                         ErrorCode::invalid_argument),
              HasSubstr("time 4"));
  EXPECT_THAT(message_of(with_ids(pairs({{0, 0}, {0, 1}}), 1, 2),
                         {.method = SplitMethod::new_users},
                         ErrorCode::invalid_data),
              HasSubstr("another to train on"));
  EXPECT_THAT(
      message_of(with_ids({}, 1, 2), {.method = SplitMethod::random}, ErrorCode::invalid_data),
      HasSubstr("no entries"));
  EXPECT_THAT(message_of(timed({{0, 0, std::numeric_limits<double>::quiet_NaN()}}, 1, 1),
                         {.method = SplitMethod::leave_last_one},
                         ErrorCode::invalid_data),
              HasSubstr("finite"));
  EXPECT_THAT(message_of(with_ids(pairs({{0, 7}}), 1, 2),
                         {.method = SplitMethod::random},
                         ErrorCode::invalid_argument),
              HasSubstr("item row 7"));
  for (const double fraction : {0.0, 1.0, -0.5, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(message_of(with_ids(pairs({{0, 0}, {0, 1}}), 1, 2),
                           {.method = SplitMethod::random, .test_fraction = fraction},
                           ErrorCode::invalid_argument),
                HasSubstr("test_fraction"));
  }
}

/// Random entries with few distinct times, so that ties are common.
Interactions random_interactions(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto users = static_cast<Index>(2 + random() % 8);
  const auto items = static_cast<Index>(2 + random() % 10);
  Triplets triplets;
  for (Index user = 0; user < users; ++user) {
    for (Index item = 0; item < items; ++item) {
      if (user < 2 || random() % 2 == 0) {
        triplets.users.push_back(user);
        triplets.items.push_back(item);
        triplets.values.push_back(static_cast<float>(1 + random() % 5));
        triplets.times.push_back(
            static_cast<double>(triplets.users.size() == 1 ? 9 : random() % 9));
      }
    }
  }
  triplets.times.back() = 0;  // At least two distinct times.
  return with_ids(std::move(triplets), users, items);
}

using Entry = std::tuple<Index, Index, float, double>;

void append(const Triplets& triplets, std::vector<Entry>& entries) {
  for (std::size_t entry = 0; entry < triplets.users.size(); ++entry) {
    entries.emplace_back(triplets.users[entry],
                         triplets.items[entry],
                         triplets.values[entry],
                         triplets.times[entry]);
  }
}

RC_GTEST_PROP(Split, KeepsEveryEntryExactlyOnce, (std::uint32_t seed)) {
  const Interactions interactions = random_interactions(seed);
  std::vector<Entry> expected;
  append(interactions.triplets, expected);
  std::ranges::sort(expected);
  for (const SplitMethod method : {SplitMethod::leave_last_one,
                                   SplitMethod::leave_last_two,
                                   SplitMethod::random,
                                   SplitMethod::temporal,
                                   SplitMethod::new_users}) {
    const double fraction = 0.05 + 0.9 * static_cast<double>(seed % 17) / 17;
    const Split result =
        split(interactions, {.method = method, .test_fraction = fraction, .seed = seed});
    std::vector<Entry> entries;
    for (const Triplets* part :
         {&result.train.triplets, &result.valid, &result.test, &result.fold_in}) {
      append(*part, entries);
    }
    std::ranges::sort(entries);
    RC_ASSERT(entries == expected);
    RC_ASSERT(result.train.triplets.size() > 0);
  }
}

RC_GTEST_PROP(LeaveLastTwo, IsTheEndOfAStableSortByTime, (std::uint32_t seed)) {
  const Interactions interactions = random_interactions(seed);
  const Triplets& all = interactions.triplets;
  const Split result = split(interactions, {.method = SplitMethod::leave_last_two});
  std::set<std::pair<Index, Index>> test;
  std::set<std::pair<Index, Index>> valid;
  for (Index user = 0; user < interactions.user_ids.size(); ++user) {
    std::vector<std::size_t> own;
    for (std::size_t entry = 0; entry < all.users.size(); ++entry) {
      if (all.users[entry] == user) {
        own.push_back(entry);
      }
    }
    std::ranges::stable_sort(own, {}, [&](std::size_t entry) { return all.times[entry]; });
    if (own.size() >= 3) {
      test.emplace(user, all.items[own.back()]);
      valid.emplace(user, all.items[own[own.size() - 2]]);
    }
  }
  const auto held_out = pairs_of(result.test);
  const auto validated = pairs_of(result.valid);
  RC_ASSERT(std::set(held_out.begin(), held_out.end()) == test);
  RC_ASSERT(std::set(validated.begin(), validated.end()) == valid);
}

RC_GTEST_PROP(TemporalSplit, TestsOnlyWhatIsLaterThanAllTraining, (std::uint32_t seed)) {
  const Interactions interactions = random_interactions(seed);
  const Split result = split(interactions, {.method = SplitMethod::temporal, .test_fraction = 0.3});
  RC_ASSERT(std::ranges::max(result.train.triplets.times) < std::ranges::min(result.test.times));
}

}  // namespace
}  // namespace alsace
