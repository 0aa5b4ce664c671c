#include "read/block_ids.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t some_hash = 0xff00000000001234U;

TEST(BlockIds, TellLongIdsOfOneHashApart) {
  BlockIds ids;

  EXPECT_EQ(ids.add("long id one", some_hash), 0);
  EXPECT_EQ(ids.add("long id two", some_hash), 1);
  EXPECT_EQ(ids.add("long id one", some_hash), 0);
  EXPECT_EQ(ids.add("long id two", some_hash), 1);
  EXPECT_THAT(ids.ids(), ElementsAre("long id one", "long id two"));
}

TEST(BlockIds, TakeBackTheLatestId) {
  BlockIds ids;
  ids.add("a", IdKey::of_any("a"));
  ids.undo(ids.add("b", IdKey::of_any("b")), 1);
  ids.undo(ids.add("a", IdKey::of_any("a")), 1);

  EXPECT_THAT(ids.ids(), ElementsAre("a"));
  EXPECT_EQ(ids.add("c", IdKey::of_any("c")), 1);
  EXPECT_EQ(ids.add("b", IdKey::of_any("b")), 2);
}

TEST(KeyedIds, MergeBlocksBehindTheIdsThereAre) {
  IdTable table;
  table.find_or_add("old and long");
  table.find_or_add("a");
  KeyedIds all(table);
  BlockIds block;
  for (const char* id : {"b", "a", "old and long", "long id one"}) {
    block.add(id, IdKey::of_any(id));
  }
  block.add("long id two", IdKey::of_any("long id one"));  // As if their hashes met.
  std::vector<Index> rows;

  all.find_or_add(block, rows);
  EXPECT_THAT(rows, ElementsAre(2, 1, 0, 3, 4));
  all.find_or_add(block, rows);
  EXPECT_THAT(rows, ElementsAre(2, 1, 0, 3, 4));

  const IdTable merged = all.take();
  EXPECT_EQ(merged.size(), 5);
  EXPECT_EQ(merged[4], "long id two");
}

TEST(IdKey, SaysAllAboutShortIds) {
  const std::string padded = std::string("1234567\0rest of it", 18);
  for (std::size_t length = 1; length <= 7; ++length) {
    const std::string_view id = std::string_view(padded).substr(0, length);
    EXPECT_EQ(IdKey::of(id), IdKey::of_any(id));
    EXPECT_TRUE(IdKey::exact(IdKey::of(id)));
  }
  EXPECT_FALSE(IdKey::exact(IdKey::of(std::string_view(padded).substr(0, 8))));
  EXPECT_NE(IdKey::of_any("a"), IdKey::of_any(std::string_view("a\0", 2)));
}

}  // namespace
}  // namespace alsace
