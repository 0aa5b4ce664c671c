#include "alsace/read.h"

#include "read/read_text.h"
#include "support/datasets.h"
#include "support/temporary_folder.h"

#include <cmath>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::NanSensitiveDoubleEq;

std::vector<std::string> labels(const ItemColumn& column, Index row) {
  std::vector<std::string> out;
  for (const Index place : column.labels_of(row)) {
    out.push_back(column.labels[static_cast<std::size_t>(place)]);
  }
  return out;
}

/// ASCII text as UTF-16 with its mark.
std::string utf16(std::string_view text, bool big_endian) {
  std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char letter : text) {
    out += big_endian ? std::string{'\0', letter} : std::string{letter, '\0'};
  }
  return out;
}

TEST(ReadItems, ColumnsAreNumbersOrCategories) {
  const ItemTable items = read_items_text(
      "id,title,genres,price,released\n"
      "a,Tea,Hot|Drink|Hot,1.5,1995-07-02\n"
      "b,Bun,Food,,2000-01-01\n"
      "c,Pie,,-2,NA\n",
      "items.csv");

  ASSERT_EQ(items.columns.size(), 3U);
  EXPECT_EQ(items.columns[0].name, "genres");
  EXPECT_EQ(items.columns[0].kind, ColumnKind::category);
  EXPECT_THAT(items.columns[0].labels, ElementsAre("Hot", "Drink", "Food"));
  EXPECT_THAT(labels(items.columns[0], 0), ElementsAre("Hot", "Drink"));
  EXPECT_THAT(labels(items.columns[0], 2), ElementsAre());
  EXPECT_EQ(items.columns[1].name, "price");
  EXPECT_THAT(items.columns[1].numbers, ElementsAre(1.5, NanSensitiveDoubleEq(std::nan("")), -2));
  EXPECT_EQ(items.columns[2].name, "released");
  EXPECT_NEAR(items.columns[2].numbers[0], 1995 + 182 / 365.25, 1e-9);
  EXPECT_EQ(items.columns[2].numbers[1], 2000);
  EXPECT_TRUE(items.notes.empty());
}

TEST(ReadItems, TheYearOfATitleIsAColumn) {
  const ItemTable items = read_items_text(
      "1::Heat (1995)::Action|Crime\n2::Toy Story (1996) ::Animation\n3::X (99)::Crime\n",
      "movies.dat");

  ASSERT_EQ(items.columns.size(), 2U);
  EXPECT_EQ(items.columns[0].name, "year");
  EXPECT_THAT(items.columns[0].numbers,
              ElementsAre(1995, 1996, NanSensitiveDoubleEq(std::nan(""))));
  EXPECT_EQ(items.columns[1].name, "column 3");
  EXPECT_THAT(labels(items.columns[1], 0), ElementsAre("Action", "Crime"));

  const ItemTable own = read_items_text("id,title,Year\n1,A (1990),5\n2,B (1991),6\n", "own.csv");
  ASSERT_EQ(own.columns.size(), 1U);
  EXPECT_THAT(own.columns[0].numbers, ElementsAre(5, 6));
}

TEST(ReadItems, FlagsInARowAreOneCategory) {
  const ItemTable items =
      read_items_text("1|A|01-Jan-1995|0|1|1\n2|B|02-Jan-1995|0|0|0\n", "u.item");

  ASSERT_EQ(items.columns.size(), 2U);
  EXPECT_EQ(items.columns[0].kind, ColumnKind::number);
  EXPECT_EQ(items.columns[1].name, "columns 4 to 6");
  EXPECT_THAT(items.columns[1].labels, ElementsAre("column 4", "column 5", "column 6"));
  EXPECT_THAT(labels(items.columns[1], 0), ElementsAre("column 5", "column 6"));
  EXPECT_THAT(labels(items.columns[1], 1), ElementsAre());

  const ItemTable named = read_items_text("item,title,old,new\n1,A,0,1\n2,B,1,0\n", "items.csv");
  ASSERT_EQ(named.columns.size(), 1U);
  EXPECT_EQ(named.columns[0].name, "old to new");
  EXPECT_THAT(labels(named.columns[0], 1), ElementsAre("old"));
}

TEST(ReadItems, NamesOfFlagsStandBesideTheFile) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "u.genre") << "Action|0\nDrama|1\n\n";
  std::ofstream(folder.path() / "u.item") << "1|A|0|1\n2|B|1|1\n";
  std::ofstream(folder.path() / "other") << "1|A|0|1|1\n2|B|1|1|0\n";

  const ItemTable items = read_items(folder.path() / "u.item");
  ASSERT_EQ(items.columns.size(), 1U);
  EXPECT_EQ(items.columns[0].name, "genre");
  EXPECT_THAT(items.columns[0].labels, ElementsAre("Action", "Drama"));
  EXPECT_EQ(read_items(folder.path() / "other").columns[0].name, "columns 3 to 5");
}

TEST(ReadItems, ColumnsThatSayNothingAreLeftOutWithANote) {
  std::string text = "id,title,link,same,blank\n";
  for (int i = 0; i < 30; ++i) {
    text += std::to_string(i) + ",T,http://x/" + std::to_string(i) + ",7,\n";
  }
  const ItemTable items = read_items_text(text, "items.csv");

  EXPECT_TRUE(items.columns.empty());
  EXPECT_THAT(items.notes,
              ElementsAre("column 'link' of the items is left out: nearly every item has a text of "
                          "its own there.",
                          "column 'same' of the items is left out: it holds one value only.",
                          "column 'blank' of the items is left out: it is empty."));
}

TEST(ReadItems, VeryManyColumnsAreBounded) {
  std::string names = "id,title";
  std::string first = "1,A";
  std::string second = "2,B";
  for (int i = 0; i < 300; ++i) {
    names += ",c" + std::to_string(i);
    first += ",2";
    second += ",3";
  }
  const ItemTable items = read_items_text(names + "\n" + first + "\n" + second + "\n", "wide.csv");
  EXPECT_EQ(items.columns.size(), 200U);
  EXPECT_THAT(items.notes, ElementsAre(HasSubstr("302 columns, those after the first 200")));
}

TEST(ReadItems, ReadsUtf16AndWindows1252) {
  const std::string text = "id\ttitle\r\n1\tHeat\r\n";
  for (const bool big_endian : {false, true}) {
    EXPECT_EQ(read_items_text(utf16(text, big_endian), "items.tsv").find("1"), "Heat");
  }
  // A pair of surrogates, U+1F600, and a half of one.
  const std::string wide =
      utf16("1,", true) + std::string("\xD8\x3D\xDE\x00\xD8\x3D", 6) + std::string("\0a", 2);
  EXPECT_EQ(read_items_text(wide, "items.csv").find("1"),
            "\xF0\x9F\x98\x80\xEF\xBF\xBD"
            "a");
  // A quote and a euro of Windows-1252, an accent of Latin-1.
  EXPECT_EQ(read_items_text("1,\x93"
                            "caf\xE9\x94 \x80\n",
                            "items.csv")
                .find("1"),
            "\xE2\x80\x9C"
            "caf\xC3\xA9\xE2\x80\x9D \xE2\x82\xAC");
  EXPECT_EQ(read_items_text("\xEF\xBB\xBFid,title\n1,A\n", "items.csv").find("1"), "A");
}

TEST(ReadItems, TheFirstLineOfAnItemStays) {
  const ItemTable items = read_items_text("id,title,n\n1,A,5\n2,B,6\n1,C,7\n", "items.csv");
  EXPECT_EQ(items.find("1"), "A");
  EXPECT_THAT(items.columns[0].numbers, ElementsAre(5, 6));
}

TEST(ReadItems, MovieLens) {
  ALSACE_NEEDS_DATA("movielens-100k/u.item");
  ALSACE_NEEDS_DATA("movielens-latest-small/movies.csv");

  const ItemTable small = read_items(data_file("movielens-100k/u.item"));
  ASSERT_EQ(small.columns.size(), 3U);  // year, the date, genre; the address is left out.
  EXPECT_EQ(small.columns[2].name, "genre");
  EXPECT_EQ(small.columns[2].labels.size(), 19U);
  EXPECT_THAT(labels(small.columns[2], 0), ElementsAre("Animation", "Children's", "Comedy"));
  const ItemTable latest = read_items(data_file("movielens-latest-small/movies.csv"));
  ASSERT_EQ(latest.columns.size(), 2U);
  EXPECT_EQ(latest.columns[1].name, "genres");
  EXPECT_EQ(latest.columns[1].labels.size(), 20U);
}

}  // namespace
}  // namespace alsace::test
