#include "alsace/interactions.h"

#include "support/error_of.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using test::error_of;

/// Edit distance by the textbook's table.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      table[i][j] = i == 0   ? j
                    : j == 0 ? i
                             : std::min({table[i - 1][j] + 1,
                                         table[i][j - 1] + 1,
                                         table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
    }
  }
  return table[a.size()][b.size()];
}

TEST(IdTable, NumbersIdsByFirstAppearance) {
  IdTable ids;
  EXPECT_TRUE(ids.empty());
  EXPECT_EQ(ids.find("a"), std::nullopt);

  EXPECT_EQ(ids.find_or_add("b"), 0);
  EXPECT_EQ(ids.find_or_add("a"), 1);
  EXPECT_EQ(ids.find_or_add("b"), 0);

  EXPECT_EQ(ids.size(), 2);
  EXPECT_EQ(ids[0], "b");
  EXPECT_EQ(ids[1], "a");
  EXPECT_EQ(ids.find("a"), 1);
  EXPECT_EQ(ids.find("c"), std::nullopt);
  EXPECT_EQ(ids.bytes(), "ba");
  EXPECT_THAT(ids.offsets(), testing::ElementsAre(0, 1, 2));
}

TEST(IdTable, IsWholeAgainFromItsParts) {
  IdTable ids;
  for (int i = 0; i < 1000; ++i) {
    ids.find_or_add("id" + std::to_string(i * 7919 % 100003));
  }

  const IdTable copy =
      IdTable::from_parts(std::string(ids.bytes()), {ids.offsets().begin(), ids.offsets().end()});

  ASSERT_EQ(copy.size(), ids.size());
  for (Index row = 0; row < ids.size(); ++row) {
    EXPECT_EQ(copy.find(ids[row]), row);
  }
}

TEST(IdTable, GrowsFromPartsToo) {
  IdTable ids = IdTable::from_parts("ab", {0, 1, 2});

  EXPECT_EQ(ids.find_or_add("c"), 2);
  EXPECT_EQ(ids.find_or_add("a"), 0);
  EXPECT_EQ(IdTable::from_parts("", {0}).size(), 0);
}

TEST(IdTable, RefusesPartsThatDoNotFit) {
  const std::string rule =
      " do not rise from 0 to the 2 bytes of the names. The data is damaged: make it again.";
  EXPECT_EQ(error_of(ErrorCode::invalid_data, [] { IdTable::from_parts("ab", {}); }),
            "ids: 0 offsets" + rule);
  EXPECT_EQ(error_of(ErrorCode::invalid_data, [] { IdTable::from_parts("ab", {1, 2}); }),
            "ids: 2 offsets" + rule);
  EXPECT_EQ(error_of(ErrorCode::invalid_data, [] { IdTable::from_parts("ab", {0, 3}); }),
            "ids: 2 offsets" + rule);
  EXPECT_EQ(error_of(ErrorCode::invalid_data, [] { IdTable::from_parts("ab", {0, 2, 1, 2}); }),
            "ids: 4 offsets" + rule);
  EXPECT_EQ(error_of(ErrorCode::invalid_data, [] { IdTable::from_parts("abab", {0, 2, 4}); }),
            "ids: rows 0 and 1 are both named 'ab'. Every row needs a name of its own.");
}

TEST(IdTable, ListsTheNearestIdsFirst) {
  IdTable ids;
  for (const char* id : {"matrix", "titanic", "metrics", "alien", "Matrix", "7"}) {
    ids.find_or_add(id);
  }

  EXPECT_THAT(ids.nearest("matrix"), testing::ElementsAre("matrix", "Matrix", "metrics"));
  EXPECT_THAT(ids.nearest("matrx", 2), testing::ElementsAre("matrix", "Matrix"));
  EXPECT_THAT(ids.nearest("8"), testing::IsEmpty());  // "7" is further than half its length.
  EXPECT_THAT(ids.nearest("matrix", 0), testing::IsEmpty());
  EXPECT_THAT(ids.nearest(std::string(1000, 'x')), testing::IsEmpty());
  EXPECT_THAT(ids.nearest(""), testing::IsEmpty());
}

RC_GTEST_PROP(IdTable, AgreesWithAMap, (const std::vector<std::string>& words)) {
  IdTable ids;
  std::unordered_map<std::string, Index> truth;
  for (const std::string& word : words) {
    const auto next = static_cast<Index>(truth.size());
    RC_ASSERT(ids.find_or_add(word) == truth.emplace(word, next).first->second);
  }
  RC_ASSERT(static_cast<std::size_t>(ids.size()) == truth.size());
  for (const auto& [word, row] : truth) {
    RC_ASSERT(ids[row] == word);
    RC_ASSERT(ids.find(word) == row);
  }
}

RC_GTEST_PROP(IdTable, NearestIsByEditDistance, ()) {
  // Longer ids are compared by their first 64 bytes.
  const auto word =
      rc::gen::resize(12, rc::gen::container<std::string>(rc::gen::inRange('a', 'd')));
  const auto words = *rc::gen::unique<std::vector<std::string>>(word);
  const std::string wanted = *word;
  IdTable ids;
  std::vector<std::pair<std::size_t, Index>> truth;
  for (const std::string& id : words) {
    const Index row = ids.find_or_add(id);
    if (2 * distance(wanted, id) <= id.size()) {
      truth.emplace_back(distance(wanted, id), row);
    }
  }
  std::sort(truth.begin(), truth.end());
  truth.resize(std::min<std::size_t>(truth.size(), 3));

  const auto found = ids.nearest(wanted);

  RC_ASSERT(found.size() == truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    RC_ASSERT(found[i] == ids[truth[i].second]);
  }
}

TEST(IdTable, NumberedNamesRowsByTheirNumbers) {
  const IdTable ids = IdTable::numbered(12);

  EXPECT_EQ(ids.size(), 12);
  EXPECT_EQ(ids[11], "11");
  EXPECT_EQ(ids.find("7"), 7);
  EXPECT_EQ(ids.kind(), IdKind::integer);
  EXPECT_TRUE(IdTable::numbered(0).empty());
}

}  // namespace
}  // namespace alsace
