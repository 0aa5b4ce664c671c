#include "solve/schedule.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

TEST(Schedule, TakesTheLongestRowsFirst) {
  const std::vector<std::int64_t> offsets = {0, 2, 2, 7, 9, 10};  // Lengths 2, 0, 5, 2, 1.

  const Schedule schedule = make_schedule(offsets, 2, 1000);

  EXPECT_EQ(schedule.rows, (std::vector<Index>{2, 0, 3, 4, 1}));
  EXPECT_EQ(schedule.tasks, (std::vector<std::size_t>{0, 2, 4, 5}));
  EXPECT_EQ(std::vector<Index>(schedule.task(1).begin(), schedule.task(1).end()),
            (std::vector<Index>{3, 4}));
}

TEST(Schedule, EndsATaskThatIsLongEnough) {
  const std::vector<std::int64_t> offsets = {0, 100, 150, 160, 161};

  const Schedule schedule = make_schedule(offsets, 10, 100);

  EXPECT_EQ(schedule.tasks, (std::vector<std::size_t>{0, 1, 4}));
}

TEST(Schedule, HasEveryRowOnce) {
  std::vector<std::int64_t> offsets = {0};
  for (std::int64_t row = 0; row < 500; ++row) {
    offsets.push_back(offsets.back() + row * 7919 % 97);
  }

  const Schedule schedule = make_schedule(offsets, 7, 300);

  std::vector<Index> rows = schedule.rows;
  std::ranges::sort(rows);
  std::vector<Index> all(500);
  std::iota(all.begin(), all.end(), Index{0});
  EXPECT_EQ(rows, all);
  EXPECT_EQ(schedule.tasks.front(), 0U);
  EXPECT_EQ(schedule.tasks.back(), 500U);
  EXPECT_TRUE(std::ranges::is_sorted(schedule.tasks));
}

TEST(Schedule, LengthsFallByAnEighthAtMostBetweenNeighboursThatRise) {
  std::vector<std::int64_t> offsets = {0};
  for (std::int64_t row = 0; row < 3000; ++row) {
    offsets.push_back(offsets.back() + (row * row * 7919 % 100'003 << row % 24));
  }
  const auto length = [&](Index row) {
    const auto r = static_cast<std::size_t>(row);
    return offsets[r + 1] - offsets[r];
  };

  const Schedule schedule = make_schedule(offsets, 7, 300);

  for (std::size_t place = 1; place < schedule.rows.size(); ++place) {
    const Index before = schedule.rows[place - 1];
    const Index now = schedule.rows[place];
    ASSERT_LE(length(now), length(before) + length(before) / 8);
    ASSERT_TRUE(length(now) < length(before) || length(now) > length(before) || before < now);
  }
}

TEST(Schedule, OfNothingHasNoTask) {
  const std::vector<std::int64_t> offsets = {0};
  EXPECT_EQ(make_schedule(offsets, 7, 300).task_count(), 0U);
}

}  // namespace
}  // namespace alsace
