#include "read/support.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace::test {
namespace {

const std::string header = "user,item,value\n";
const std::string columns = "Columns are user,item,value; choose others with --columns.";

TEST(ReadErrors, NameFileAndLineAndTheNextStep) {
  EXPECT_EQ(refusal(header + "ann,tea,1\nann,bun,three\n"),
            "plays.csv:3: value 'three' is not a number. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,\n"), "plays.csv:2: value '' is not a number. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,1x\n"),
            "plays.csv:2: value '1x' is not a number. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,0x10\n"),
            "plays.csv:2: value '0x10' is not a number. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,+-1\n"),
            "plays.csv:2: value '+-1' is not a number. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,nan\n"),
            "plays.csv:2: value 'nan' is not finite, it must be. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,-inf\n"),
            "plays.csv:2: value '-inf' is not finite, it must be. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,1e39\n"),
            "plays.csv:2: value '1e39' is too large for a 32-bit float. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,1e999\n"),
            "plays.csv:2: value '1e999' is too large for a 32-bit float. " + columns);
  EXPECT_EQ(
      refusal(header + "ann,tea,-2\n"),
      "plays.csv:2: value '-2' is negative, for implicit feedback it must be 0 or more. Train "
      "with --explicit, or leave such lines out with --skip-bad-lines.");
  EXPECT_EQ(refusal(header + ",tea,1\n"), "plays.csv:2: the user id is empty. " + columns);
  EXPECT_EQ(refusal(header + "ann,\"\",1\n"), "plays.csv:2: the item id is empty. " + columns);
  EXPECT_EQ(refusal("ann,tea,1,5\nann,tea,1,noon\n"),
            "plays.csv:2: time 'noon' is neither a number nor a date such as 2024-05-31T12:30:00Z. "
            "Columns are 1,2,3,4; choose others with --columns.");
}

TEST(ReadErrors, RefuseTimesThatAreNoTimes) {
  for (const char* time : {"2023-02-29",
                           "2024-13-01",
                           "2024-1-1",
                           "2024-01-01T25:00",
                           "2024-01-01T12:00:00.",
                           "2024-01-01T12:00+1",
                           "2024-01-01x",
                           "nan",
                           ""}) {
    EXPECT_THAT(refusal(std::string("u,i,1,1\nu,i,1,") + time + "\n"),
                testing::StartsWith(std::string("plays.csv:2: time '") + time + "' is neither"));
  }
}

TEST(ReadErrors, ShortenAndEscapeTheValueTheyShow) {
  EXPECT_EQ(refusal(header + "ann,tea," + std::string(1000, 'x') + "\n"),
            "plays.csv:2: value '" + std::string(40, 'x') + "...' is not a number. " + columns);
  EXPECT_EQ(refusal(header + "ann,tea,\x01\xFFz\n"),
            "plays.csv:2: value '\\x01\\xffz' is not a number. " + columns);
}

TEST(ReadErrors, RefuseAWrongNumberOfColumns) {
  const std::string next = "Correct the line, or leave such lines out with --skip-bad-lines.";
  EXPECT_EQ(refusal(header + "ann,tea\n"), "plays.csv:2: 2 columns, the first line has 3. " + next);
  EXPECT_EQ(refusal(header + "ann\n"), "plays.csv:2: 1 column, the first line has 3. " + next);
  EXPECT_EQ(refusal(header + "ann,tea,1,2\n"),
            "plays.csv:2: 4 columns, the first line has 3. " + next);
  EXPECT_EQ(refusal("a b 1\na b  1 2\n"), "plays.csv:2: 4 columns, the first line has 3. " + next);
  EXPECT_EQ(refusal("a::b::1\na::b\n"), "plays.csv:2: 2 columns, the first line has 3. " + next);
}

TEST(ReadErrors, RefuseBrokenQuotes) {
  EXPECT_EQ(refusal(header + "ann,\"tea\nbun\",1\n"),
            "plays.csv:2: a quoted field does not end on its line. Line breaks inside quotes are "
            "not read: take them out.");
  EXPECT_EQ(refusal(header + "ann,\"tea\"s,1\n"),
            "plays.csv:2: text follows the closing quote of a field. Double the quotes inside "
            "quoted fields.");
  EXPECT_EQ(refusal("\"user,item,value\nann,tea,1\n"),
            "plays.csv:1: a quoted field does not end on its line, or text follows its closing "
            "quote. Double the quotes inside quoted fields, and take line breaks out of them.");
}

TEST(ReadErrors, RefuseIdsThatAreNotUtf8) {
  EXPECT_EQ(refusal(header + "Zo\xEB,tea,1\n"),
            "plays.csv:2: user id 'Zo\\xeb' is not UTF-8. Convert the file, for example with iconv "
            "-f latin1 -t utf-8.");
  for (const char* id :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "long enough \xFF"}) {
    EXPECT_THAT(refusal(header + "ann," + id + ",1\n"), testing::HasSubstr("is not UTF-8")) << id;
  }
}

TEST(ReadErrors, ReportTheFirstBadLineEvenWhereALaterOneIsFoundSooner) {
  EXPECT_THAT(refusal(header + "ann,\xFF,1\nann,tea,x\n"),
              testing::StartsWith("plays.csv:2: item"));
}

TEST(ReadErrors, RefuseFilesWithoutLines) {
  const std::string next = "Give a file with a line for each interaction";
  EXPECT_EQ(refusal(""), "plays.csv: the file is empty. " + next + ": user, item, value.");
  EXPECT_EQ(refusal("\n \n"), "plays.csv: the file is empty. " + next + ": user, item, value.");
  EXPECT_EQ(refusal(gzip("")), "plays.csv: the file is empty. " + next + ": user, item, value.");
  EXPECT_EQ(refusal(header), "plays.csv: there is a header, but no line of data. " + next + ".");
  EXPECT_EQ(refusal(header + "ann,tea,x\n,,1\n", {.skip_bad_lines = true}),
            "plays.csv: no line is left, all 2 are bad. The first of them: plays.csv:2: value 'x' "
            "is not a number. " +
                columns);
}

TEST(ReadErrors, ListTheColumnsThereAre) {
  EXPECT_EQ(refusal(header, {.columns = {"user", "song"}}, ErrorCode::invalid_argument),
            "plays.csv:1: there is no column 'song'. There are 3: user,item,value. Choose of them "
            "with --columns, by name where there is a header, or by position from 1.");
  EXPECT_EQ(refusal("a,b,1\n", {.columns = {"1", "4"}}, ErrorCode::invalid_argument),
            "plays.csv:1: there is no column '4'. There are 3: a,b,1. Choose of them with "
            "--columns, by name where there is a header, or by position from 1.");
  EXPECT_EQ(refusal("a,b,1\n", {.columns = {"0", "2"}}, ErrorCode::invalid_argument),
            "plays.csv:1: there is no column '0'. There are 3: a,b,1. Choose of them with "
            "--columns, by name where there is a header, or by position from 1.");
  EXPECT_EQ(refusal("a,b,1\n", {.columns = {"2", "2"}}, ErrorCode::invalid_argument),
            "plays.csv:1: --columns names column 2 twice. Each role needs a column of its own, - "
            "means none.");
  EXPECT_EQ(refusal("x,x,y\n", {.columns = {"x", "y"}}, ErrorCode::invalid_argument),
            "plays.csv:1: two columns are named 'x', of x,x,y. Choose by position from 1.");
  EXPECT_EQ(refusal("a,b,1\n", {.columns = {"1"}}, ErrorCode::invalid_argument),
            "columns: '1' does not name a user and an item. Give two to four names or positions: "
            "USER,ITEM[,VALUE[,TIME]]; - for no value or no time.");
}

TEST(ReadErrors, RefuseToGuessColumns) {
  const std::string next = "Name the ones to use with --columns USER,ITEM[,VALUE[,TIME]]";
  EXPECT_EQ(refusal("a,b,1,2,3\n"),
            "plays.csv:1: 5 columns, without one named user and one named item: a,b,1,2,3. " +
                next + ", or by position from 1.");
  EXPECT_EQ(refusal("id,user,thing\n1,ann,tea\n"),
            "plays.csv:1: 3 columns, without one named user and one named item: id,user,thing. " +
                next + ", or by position from 1.");
  EXPECT_EQ(refusal("session,song,timestamp\n1,ann,5\n"),
            "plays.csv:1: 3 columns, without one named user and one named item: "
            "session,song,timestamp. " +
                next + ", or by position from 1.");
  EXPECT_EQ(refusal("user,item,value,rating\na,b,1,2\n"),
            "plays.csv:1: columns 'value' and 'rating' may both be the value. " + next + ".");
  EXPECT_EQ(refusal("uid,userId,item\na,b,1\n"),
            "plays.csv:1: columns 'uid' and 'userId' may both be the user. " + next + ".");
}

TEST(ReadErrors, RefuseLinesOfOneColumn) {
  EXPECT_EQ(refusal("ann\nbob\n"),
            "plays.csv:1: one column only, 'ann'. A line needs a user and an item; if they are "
            "there, say what is between them with --delimiter.");
  EXPECT_EQ(refusal("ann,tea\n", {.delimiter = ";"}),
            "plays.csv:1: one column only, 'ann,tea'. A line needs a user and an item, with ';' "
            "between them; choose another with --delimiter.");
  for (const char* delimiter : {"", "\n", "\""}) {
    EXPECT_THAT(refusal("a,b\n", {.delimiter = delimiter}, ErrorCode::invalid_argument),
                testing::HasSubstr("cannot stand between columns"));
  }
}

TEST(ReadErrors, RefuseGzipThatIsCutOrDamaged) {
  std::string lines;
  for (int i = 0; i < 2000; ++i) {
    lines += "user" + std::to_string(i * 7919 % 2003) + ",tea,1\n";
  }
  const std::string packed = gzip(lines);
  for (const std::size_t size : {packed.size() - 1, packed.size() - 9, packed.size() / 2}) {
    EXPECT_THAT(
        refusal(packed.substr(0, size), {.skip_bad_lines = true}),
        testing::MatchesRegex("plays.csv: the gzip stream ends early, after [0-9]+ bytes of "
                              "text. Copy or pack the file again."));
  }
  EXPECT_THAT(refusal(packed + "more"), testing::HasSubstr("is followed by other bytes"));
  std::string damaged = packed;
  damaged[packed.size() - 5] = static_cast<char>(damaged[packed.size() - 5] ^ 1);
  EXPECT_THAT(refusal(damaged), testing::HasSubstr("the gzip stream is damaged"));
}

TEST(ReadErrors, CountBlankLinesAtTheBeginning) {
  const std::string text = std::string(100, '\n') + "ann,tea,1\n\nann,bun,three\n";

  const std::string message =
      error_of(ErrorCode::invalid_data, [&] { read_text(text, "plays.csv", {}, nullptr, 16); });

  EXPECT_EQ(message,
            "plays.csv:103: value 'three' is not a number. Columns are 1,2,3; choose others with "
            "--columns.");
  EXPECT_EQ(message, refusal(text));
}

TEST(ReadErrors, CountLinesOfPackedTextToo) {
  EXPECT_EQ(refusal(gzip(header + "ann,tea,1\nann,bun,three\n")),
            "plays.csv:3: value 'three' is not a number. " + columns);
}

TEST(ReadErrors, RefuseMatricesThatAreNotWhole) {
  const auto matrix = [](const std::string& rest, const char* kind = "real general") {
    return refusal(std::string("%%MatrixMarket matrix coordinate ") + kind + "\n" + rest);
  };
  EXPECT_EQ(matrix("3 3 2\n1 1 1\n"),
            "plays.csv: the size line says 2 entries, there are 1. The file is cut short or the "
            "size is wrong: copy it again or correct it.");
  EXPECT_EQ(
      matrix("3 3 1\n4 1 1\n"),
      "plays.csv:3: row '4' is not a whole number from 1 to 3, as the size line of the matrix "
      "says. Correct the line or the size.");
  EXPECT_EQ(matrix("3 3 1\n1 0 1\n"),
            "plays.csv:3: column '0' is not a whole number from 1 to 3, as the size line of the "
            "matrix says. Correct the line or the size.");
  EXPECT_EQ(
      matrix("3 3 1\n1 1\n"),
      "plays.csv:3: 2 columns, an entry of this matrix has 3. Correct the line, or leave such "
      "lines out with --skip-bad-lines.");
  EXPECT_EQ(matrix("% no size\n"),
            "plays.csv: the Matrix Market size line is missing. The file is cut short: copy it "
            "again.");
  EXPECT_EQ(matrix("3 x 1\n"),
            "plays.csv:2: '3 x 1' is not the size of a matrix. It must be three numbers: rows, "
            "columns (each at most 2147483647) and entries.");
  EXPECT_EQ(matrix("1 1 1\n1 1 1\n", "real symmetric"),
            "plays.csv:1: Matrix Market symmetry 'symmetric' is not read: rows are users and "
            "columns items. Write the matrix as 'general', with all its entries.");
  EXPECT_EQ(matrix("1 1 1\n1 1 1 1\n", "complex general"),
            "plays.csv:1: Matrix Market values of type 'complex' are not read. They must be real, "
            "integer or pattern.");
  EXPECT_EQ(refusal("%%MatrixMarket matrix array real general\n1 1\n1\n"),
            "plays.csv:1: Matrix Market object 'matrix' in format 'array' is not read. Write the "
            "matrix as 'matrix coordinate'.");
}

class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text)
      : path_(std::filesystem::path(testing::TempDir()) / name) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(ReadFiles, AreReadOneAfterTheOtherIntoOneSetOfIds) {
  const TemporaryFile one("alsace_one.csv", "ann,tea,3\nbob,bun,1\n");
  const TemporaryFile two("alsace_two.tsv.gz", gzip("user\titem\nbob\ttea\neve\tbun\n"));
  const std::vector<std::filesystem::path> files = {one.path(), two.path()};
  ReadReport report;

  const Interactions read = read_interactions(files, {}, &report);

  EXPECT_EQ(
      lines_of(read),
      (std::vector<Line>{
          {"ann", "tea", 3, 0}, {"bob", "bun", 1, 0}, {"bob", "tea", 1, 0}, {"eve", "bun", 1, 0}}));
  EXPECT_EQ(report.lines, 4);
  EXPECT_EQ(read.user_ids.size(), 3);
}

TEST(ReadFiles, NumberRowsBehindTheIdsThatAreThere) {
  const TemporaryFile one("alsace_three.csv", "ann,tea,3\nbob,bun,1\n");
  const std::vector<std::filesystem::path> files = {one.path()};
  IdTable users;
  IdTable items;
  users.find_or_add("bob");
  items.find_or_add("a rather long item id");

  const Triplets read = read_triplets(files, {}, users, items);

  EXPECT_THAT(read.users, testing::ElementsAre(1, 0));
  EXPECT_THAT(read.items, testing::ElementsAre(1, 2));
  EXPECT_EQ(users[0], "bob");
}

TEST(ReadFiles, LeaveIdsAloneWhenRefused) {
  const TemporaryFile one("alsace_four.csv", "ann,tea,3\nbob,bun,x\n");
  const std::vector<std::filesystem::path> files = {one.path()};
  IdTable users;
  IdTable items;

  EXPECT_THROW(read_triplets(files, {}, users, items), Error);

  EXPECT_TRUE(users.empty());
}

TEST(ReadFiles, MustAllHaveTimesOrNone) {
  const TemporaryFile one("alsace_five.csv", "ann,tea,3,10\n");
  const TemporaryFile two("alsace_six.csv", "ann,tea,3\n");
  const std::vector<std::filesystem::path> files = {one.path(), two.path()};

  EXPECT_EQ(error_of(ErrorCode::invalid_data, [&] { read_interactions(files); }),
            two.path().string() +
                ": it has no column of times, the file before has one. Give all files the same "
                "columns, or leave times out with --columns USER,ITEM,VALUE.");
}

TEST(ReadFiles, MustAllHaveTimesOrNoneAlsoWhereTheyAreNotKept) {
  const TemporaryFile one("alsace_seven.csv", "ann,tea,3,10\n");
  const TemporaryFile two("alsace_eight.csv", "ann,bun,3,11\n");
  const TemporaryFile three("alsace_nine.csv", "ann,tea,3\n");
  const ReadOptions options{.keep_times = false};

  EXPECT_EQ(read_interactions({{one.path(), two.path()}}, options).triplets.size(), 2);
  EXPECT_THAT(error_of(ErrorCode::invalid_data,
                       [&] { read_interactions({{one.path(), three.path()}}, options); }),
              testing::HasSubstr("it has no column of times, the file before has one"));
}

TEST(ReadFiles, ThatTakeMoreMemoryThanTheyMayAreRefused) {
  // 12 bytes an interaction, 3 to merge duplicates; 6 letters and 5 numbers of 8 bytes for ids.
  const std::string text = "ann,t,3\nann,u,3\n";
  const std::uint64_t needed = 2 * (12 + 3) + 5 + 5 * 8;

  EXPECT_EQ(refusal(text, {.memory_limit = needed - 1}, ErrorCode::invalid_argument),
            "plays.csv: 75 B of memory are needed to hold the first 2 interactions, the limit "
            "(--memory-limit) is 74 B. Read fewer lines or columns (--columns), or raise the "
            "limit.");
  EXPECT_EQ(lines_of(text, {.memory_limit = needed}).size(), 2U);
}

TEST(ReadFiles, ThatWillNotFitAreRefusedByTheirBeginning) {
  std::string lines;
  for (int line = 0; line < 2'000'000; ++line) {
    lines += "ann,tea\n";
  }
  const TemporaryFile file("alsace_large.csv", lines);
  const std::vector<std::filesystem::path> files = {file.path()};
  const ReadOptions options{.threads = 1, .memory_limit = 10'000'000};

  // 11 bytes each, and nine tenths of the lines that its size makes likely.
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { read_interactions(files, options); }),
              testing::HasSubstr(
                  "19.8 MB of memory are needed to hold about 1800000 interactions, the limit "
                  "(--memory-limit) is 10.0 MB"));
}

TEST(ReadFiles, ThatAreNotThereAreNamed) {
  const std::vector<std::filesystem::path> files = {"no/such/file.csv"};

  EXPECT_EQ(error_of(ErrorCode::io_error, [&] { read_interactions(files); }),
            "no/such/file.csv: cannot be read: No such file or directory. Check the path and the "
            "rights.");
}

TEST(ReadFiles, TellProgressAndStopWhenAsked) {
  std::string text;
  for (int i = 0; i < 400000; ++i) {
    text += "user" + std::to_string(i) + ",tea,1\n";
  }
  const TemporaryFile one("alsace_seven.csv", text);
  const std::vector<std::filesystem::path> files = {one.path()};
  ReadOptions options{.threads = 1};
  std::int64_t last = 0;
  options.progress = [&](std::int64_t taken, std::int64_t total) {
    EXPECT_GE(taken, last);
    EXPECT_EQ(total, static_cast<std::int64_t>(text.size()));
    last = taken;
    return true;
  };

  EXPECT_EQ(read_interactions(files, options).triplets.size(), 400000);
  EXPECT_EQ(last, static_cast<std::int64_t>(text.size()));

  options.progress = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { read_interactions(files, options); }),
              testing::MatchesRegex("read: stopped after [0-9]+ bytes, as asked."));
}

}  // namespace
}  // namespace alsace::test
