#include "read/support.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<Line> two = {{"ann", "tea", 3, 10}, {"bob", "tea", 1.5F, 20}};

TEST(ReadFormats, ReadsEveryDelimiter) {
  EXPECT_EQ(lines_of("ann,tea,3,10\nbob,tea,1.5,20\n"), two);
  EXPECT_EQ(lines_of("ann\ttea\t3\t10\nbob\ttea\t1.5\t20\n"), two);
  EXPECT_EQ(lines_of("ann::tea::3::10\nbob::tea::1.5::20\n"), two);
  EXPECT_EQ(lines_of("ann;tea;3;10\nbob;tea;1.5;20\n"), two);
  EXPECT_EQ(lines_of("ann|tea|3|10\nbob|tea|1.5|20\n"), two);
  EXPECT_EQ(lines_of("  ann tea   3 10\nbob\ttea 1.5 20  \n", {.delimiter = " "}), two);
  EXPECT_EQ(lines_of("ann tea  3 10\nbob tea 1.5   20 \n"), two);
  EXPECT_EQ(lines_of("ann#tea#3#10\nbob#tea#1.5#20\n", {.delimiter = "#"}), two);
  EXPECT_EQ(lines_of("ann->tea->3->10\nbob->tea->1.5->20\n", {.delimiter = "->"}), two);
  EXPECT_EQ(lines_of("ann\ttea\t3\t10\nbob\ttea\t1.5\t20\n", {.delimiter = "\\t"}), two);
}

TEST(ReadFormats, ReadsEveryLineEnd) {
  EXPECT_EQ(lines_of("ann,tea,3,10\r\nbob,tea,1.5,20\r\n"), two);
  EXPECT_EQ(lines_of("ann,tea,3,10\nbob,tea,1.5,20"), two);
  EXPECT_THAT(lines_of("ann,tea\r\nbob,\r\nann,tea\r\n", {.skip_bad_lines = true}),
              ElementsAre(Line{"ann", "tea", 1, 0}, Line{"ann", "tea", 1, 0}));
  EXPECT_EQ(lines_of("ann,tea,3,10\r\nbob,tea,1.5,20\r"), two);
  EXPECT_EQ(lines_of("\n \nann,tea,3,10\n\n\r\n  \nbob,tea,1.5,20\n\n\n"), two);
  EXPECT_EQ(lines_of("ann::tea::3::10\r\n\r\nbob::tea::1.5::20\r\n"), two);
}

TEST(ReadFormats, SkipsAByteOrderMark) {
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"
                     "ann,tea,3,10\nbob,tea,1.5,20\n"),
            two);
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"
                     "user,item,rating,timestamp\nann,tea,3,10\nbob,tea,1.5,20\n"),
            two);
}

TEST(ReadFormats, FindsColumnsByTheNamesOfTheHeader) {
  EXPECT_EQ(lines_of("time,rating,item,user\n10,3,tea,ann\n20,1.5,tea,bob\n"), two);
  EXPECT_EQ(lines_of("userId,movieId,rating,timestamp\nann,tea,3,10\nbob,tea,1.5,20\n"), two);
  EXPECT_EQ(lines_of("USER_ID\tgenre\tITEM_ID\tcount\ttime\n"
                     "ann\tg\ttea\t3\t10\nbob\t\ttea\t1.5\t20\n"),
            two);
  EXPECT_EQ(lines_of("\"user\",\"item\",\"value\",\"time\"\nann,tea,3,10\nbob,tea,1.5,20\n"), two);
  EXPECT_THAT(lines_of("userID\tartistID\tweight\n2\t51\t13883\n"),
              ElementsAre(Line{"2", "51", 13883, 0}));
}

TEST(ReadFormats, NamesTheColumnsThatAreNotUsedWhereNoneIsTheValue) {
  const auto unused = [](std::string_view text, const ReadOptions& options = {}) {
    ReadReport report;
    (void)read_text(text, "plays.csv", options, &report);
    return report.unused_columns;
  };

  EXPECT_EQ(unused("user,item,clicks\nann,tea,3\n"), "clicks");
  EXPECT_EQ(unused("age,user,item,time, clicks \n7,ann,tea,10,3\n"), "age,clicks");
  EXPECT_EQ(unused("user,item,rating,mood\nann,tea,3,2\n"), "");
  EXPECT_EQ(unused("user,item\nann,tea\n"), "");
  EXPECT_EQ(unused("ann,tea,3,10\n"), "");
  EXPECT_EQ(unused("user,item,clicks\nann,tea,3\n", {.columns = {"user", "item"}}), "");
  EXPECT_EQ(unused("user,item,clicks\nann,tea,3\n", {.ids_only = true}), "");
}

TEST(ReadFormats, IdsOnlyLookAtNothingElse) {
  const std::string text = "user,item,rating,timestamp\nann,tea,-,later\nbob,tea,,\n";

  const Interactions read = read_text(text, "plays.csv", {.ids_only = true});

  EXPECT_THAT(lines_of(read), ElementsAre(Line{"ann", "tea", 1, 0}, Line{"bob", "tea", 1, 0}));
  EXPECT_THAT(read.triplets.values, IsEmpty());
  EXPECT_THAT(
      lines_of("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 x\n", {.ids_only = true}),
      ElementsAre(Line{"1", "2", 1, 0}));
}

TEST(ReadFormats, TimesThatAreNotKeptAreCheckedAllTheSame) {
  const Interactions read =
      read_text("ann,tea,3,10\nbob,tea,1.5,20\n", "plays.csv", {.keep_times = false});

  EXPECT_THAT(lines_of(read), ElementsAre(Line{"ann", "tea", 3, 0}, Line{"bob", "tea", 1.5F, 0}));
  EXPECT_THAT(read.triplets.times, IsEmpty());
  EXPECT_THAT(refusal("ann,tea,3,10\nbob,tea,3,later\n", {.keep_times = false}),
              testing::HasSubstr("time 'later'"));
}

TEST(ReadFormats, PrefersThePlainNamesOfAHeader) {
  const std::string text = "uid\tiid\tuser\titem\trating\ttimestamp\n0\t172\tann\ttea\t3\t10\n";

  EXPECT_THAT(lines_of(text), ElementsAre(two[0]));
  EXPECT_THAT(lines_of(text, {.columns = {"uid", "iid"}}), ElementsAre(Line{"0", "172", 1, 0}));
}

TEST(ReadFormats, FindsColumnsByNameOrPositionWhenTheyAreGiven) {
  const std::string text = "a,b,c,d,e\nx,ann,3,tea,10\ny,bob,1.5,tea,20\n";
  EXPECT_EQ(lines_of(text, {.columns = {"b", "d", "c", "e"}}), two);
  EXPECT_EQ(lines_of(text, {.columns = {"B", "4", "c", "5"}}), two);
  EXPECT_EQ(lines_of(text, {.columns = {"2", "4", "3", "5"}}), two);
  EXPECT_THAT(lines_of(text, {.columns = {"b", "d", "-", "e"}}),
              ElementsAre(Line{"ann", "tea", 1, 10}, Line{"bob", "tea", 1, 20}));
  EXPECT_THAT(lines_of("x,ann,3,tea\ny,bob,1.5,tea\n", {.columns = {"2", "4", "3"}}),
              ElementsAre(Line{"ann", "tea", 3, 0}, Line{"bob", "tea", 1.5F, 0}));
}

TEST(ReadFormats, TakesTheFirstLineForAHeaderWhenItsValueIsNoNumber) {
  EXPECT_THAT(lines_of("who,what,much\nann,tea,3\n"), ElementsAre(Line{"ann", "tea", 3, 0}));
  EXPECT_THAT(lines_of("who,what,when\nann,tea,3\n", {.columns = {"1", "2", "-", "3"}}),
              ElementsAre(Line{"ann", "tea", 1, 3}));
  EXPECT_THAT(lines_of("user,item\nann,tea\n"), ElementsAre(Line{"ann", "tea", 1, 0}));
  EXPECT_THAT(lines_of("user,item\nann,tea\n", {.columns = {"1", "2"}}),
              ElementsAre(Line{"ann", "tea", 1, 0}));
  EXPECT_THAT(lines_of("who,tea\nann,tea\n"),
              ElementsAre(Line{"who", "tea", 1, 0}, Line{"ann", "tea", 1, 0}));
}

TEST(ReadFormats, GivesEveryLineTheValueOneWithoutAValueColumn) {
  const Interactions read = read_text("ann,tea\nbob,tea\n", "plays.csv");

  EXPECT_THAT(read.triplets.values, IsEmpty());
  EXPECT_THAT(read.triplets.times, IsEmpty());
  EXPECT_THAT(read.triplets.users, ElementsAre(0, 1));
  EXPECT_THAT(read.triplets.items, ElementsAre(0, 0));
}

TEST(ReadFormats, UnquotesFields) {
  EXPECT_THAT(lines_of("user,item,value\n"
                       "\"Smith, Ann\",\"say \"\"tea\"\"\",\"3\"\n"
                       "bob,5\" disk,2\n"
                       "\"eve\"\t,\"\"\"\"\"\",1\n",
                       {.skip_bad_lines = true}),
              ElementsAre(Line{"Smith, Ann", "say \"tea\"", 3, 0}, Line{"bob", "5\" disk", 2, 0}));
  EXPECT_THAT(lines_of("\"a\";\"b;\";1\n"), ElementsAre(Line{"a", "b;", 1, 0}));
  EXPECT_THAT(lines_of("\"u 1\" \"i 1\" 5\n"), ElementsAre(Line{"u 1", "i 1", 5, 0}));
}

TEST(ReadFormats, TakesAnUnclosedQuoteForALetterWhereQuotesAreNotTheFormatsOwn) {
  EXPECT_THAT(lines_of("ann\t\"Weird Al\" Yankovic\t3\nbob\t\"x\t2\neve\t\"y\"\t1\n"),
              ElementsAre(Line{"ann", "\"Weird Al\" Yankovic", 3, 0},
                          Line{"bob", "\"x", 2, 0},
                          Line{"eve", "y", 1, 0}));
}

TEST(ReadFormats, KeepsIdsAsTheyAre) {
  EXPECT_THAT(lines_of("007, tea,1\n7,tea,1\nZo\xC3\xAB,\xE8\x8C\xB6,1\n"
                       "0123456,01234567,1\n0123456,012345678901234567,2\n"),
              ElementsAre(Line{"007", " tea", 1, 0},
                          Line{"7", "tea", 1, 0},
                          Line{"Zo\xC3\xAB", "\xE8\x8C\xB6", 1, 0},
                          Line{"0123456", "01234567", 1, 0},
                          Line{"0123456", "012345678901234567", 2, 0}));
}

TEST(ReadFormats, ReadsNumbersAsTheyAreWritten) {
  std::vector<float> values;
  for (const Line& line : lines_of("u,a,1\nu,b,+2.5\nu,c,1e3\nu,d, 4 \nu,e,0.1\nu,f,16777217\n"
                                   "u,g,1e-60\nu,h,1e-999\nu,i,.5\nu,j,5.\nu,k,3.40282347e38\n"
                                   "u,l,0000000000000000000001\nu,m,-0\n")) {
    values.push_back(line.value);
  }
  EXPECT_THAT(values,
              ElementsAre(1, 2.5, 1000, 4, 0.1F, 16777216, 0, 0, 0.5, 5, 3.40282347e38F, 1, -0.0F));
  EXPECT_THAT(lines_of("u,a,-1.5\n", {.allow_negative = true}), ElementsAre(Line{"u", "a", -1.5F}));
}

TEST(ReadFormats, ReadsTimesAsNumbersOrDates) {
  std::vector<double> times;
  for (const Line& line : lines_of("u,a,1,978824351\nu,b,1,-1.5\nu,c,1,1970-01-02\n"
                                   "u,d,1,2000-02-29T12:30\nu,e,1,2000-02-29 12:30:15.25Z\n"
                                   "u,f,1,2024-05-31T12:00:00+02:00\nu,g,1,1969-12-31T23:59:59Z\n"
                                   "u,h,1,2024-05-31T12:00:00-0130\nu,i,1,1e9\n")) {
    times.push_back(line.time);
  }
  EXPECT_THAT(
      times,
      ElementsAre(
          978824351, -1.5, 86400, 951827400, 951827415.25, 1717149600, -1, 1717162200, 1e9));
}

TEST(ReadFormats, UnpacksGzipOfSeveralMembers) {
  const std::string first = gzip("ann,tea,3,10\nbob,");
  const std::string second = gzip("tea,1.5,20\n");

  EXPECT_EQ(lines_of(first + second), two);
  EXPECT_EQ(lines_of(first + gzip("") + second + std::string(512, '\0')), two);
}

TEST(ReadFormats, ReadsMatrixMarket) {
  EXPECT_THAT(lines_of("%%MatrixMarket matrix coordinate real general\n% made by hand\n\n"
                       "3 4 2\n1 4 2.5\n 3  02 1\n"),
              ElementsAre(Line{"1", "4", 2.5F, 0}, Line{"3", "2", 1, 0}));
  EXPECT_THAT(
      lines_of("%%matrixmarket MATRIX Coordinate pattern General\r\n3 4 2\r\n1 4\r\n3 2\r\n"),
      ElementsAre(Line{"1", "4", 1, 0}, Line{"3", "2", 1, 0}));
  EXPECT_THAT(lines_of("%%MatrixMarket matrix coordinate integer general\n3 4 1\n1 4 7\n"),
              ElementsAre(Line{"1", "4", 7, 0}));
}

TEST(ReadFormats, ReportsWhatItFound) {
  ReadReport report;
  read_text("user,item,plays,junk\nann,tea,3,x\nbob,,1,x\nbob,tea,nan,x\n",
            "plays.csv",
            {.skip_bad_lines = true},
            &report);

  EXPECT_EQ(report.bytes, 56);
  EXPECT_EQ(report.lines, 1);
  EXPECT_EQ(report.bad_lines, 2);
  EXPECT_EQ(report.first_bad_line,
            "plays.csv:3: the item id is empty. Columns are user,item,plays; choose others with "
            "--columns.");
  EXPECT_EQ(report.columns, "user,item,plays");

  read_text("ann,tea,3,10\n", "plays.csv", {.columns = {"1", "2", "-", "4"}}, &report);
  EXPECT_EQ(report.columns, "1,2,-,4");
}

TEST(ReadFormats, LeavesNoTraceOfBadLines) {
  const Interactions read = read_text("eve,x\xFF,1\nann,tea,3\nzoe,\xFFlongish id,1\nzoe,bun,1\n",
                                      "plays.csv",
                                      {.skip_bad_lines = true});

  EXPECT_EQ(read.user_ids.size(), 2);
  EXPECT_EQ(read.item_ids.size(), 2);
  EXPECT_EQ(lines_of(read), (std::vector<Line>{{"ann", "tea", 3, 0}, {"zoe", "bun", 1, 0}}));
}

TEST(ReadItems, ReadsQuotedTitlesWithAHeader) {
  const ItemTable titles = read_items_text(
      "movieId,title,genres\n11,\"American President, The (1995)\",Drama\n2,Jumanji "
      "(1995),Fantasy\n",
      "movies.csv");

  EXPECT_EQ(titles.find("11"), "American President, The (1995)");
  EXPECT_EQ(titles.find("2"), "Jumanji (1995)");
  EXPECT_EQ(titles.find("3"), std::nullopt);
}

TEST(ReadItems, TakesTextThatIsNotUtf8ForLatin1) {
  EXPECT_EQ(read_items_text("1|Caf\xE9 (1990)|x\n2|Caf\xC3\xA9|x\n", "u.item").find("1"),
            "Caf\xC3\xA9 (1990)");
  EXPECT_EQ(read_items_text("1::Caf\xC3\xA9::x\r\n", "movies.dat").find("1"), "Caf\xC3\xA9");
}

TEST(ReadItems, FindsColumnsByName) {
  EXPECT_EQ(read_items_text("name;year;item\nTea;1990;t\n", "items.csv").find("t"), "Tea");
}

TEST(ReadItems, RefusesWhatHasNoTitles) {
  const auto message = [](std::string_view text) {
    return error_of(ErrorCode::invalid_data, [&] { read_items_text(text, "items.csv"); });
  };
  EXPECT_EQ(
      message(""),
      "items.csv: there are no titles. Give a file with an item id and a title on each line.");
  EXPECT_EQ(message("1,a\n2\n"),
            "items.csv:2: 1 column, the title is in column 2. Correct the line.");
  EXPECT_EQ(message("1,a\n,b\n"), "items.csv:2: the item id is empty. Correct the line.");
}

}  // namespace
}  // namespace alsace::test
