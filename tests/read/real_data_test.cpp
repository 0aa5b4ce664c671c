#include "read/support.h"
#include "support/data.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace alsace::test {
namespace {

struct Counts {
  std::int64_t entries;
  Index users;
  Index items;
  bool operator==(const Counts&) const = default;
};

void PrintTo(const Counts& counts, std::ostream* out) {
  *out << counts.entries << " entries, " << counts.users << " users, " << counts.items << " items";
}

Counts counts(const Interactions& read) {
  return {read.triplets.size(), read.user_ids.size(), read.item_ids.size()};
}

Interactions read_data(const std::string& name, const ReadOptions& options = {}) {
  const std::vector<std::filesystem::path> files = {data_file(name)};
  return read_interactions(files, options);
}

TEST(ReadRealData, MovieLens100k) {
  ALSACE_NEEDS_DATA("movielens-100k/u.data");

  const Interactions read = read_data("movielens-100k/u.data");

  EXPECT_EQ(counts(read), (Counts{100000, 943, 1682}));
  EXPECT_EQ(lines_of(read)[0], (Line{"196", "242", 3, 881250949}));
  EXPECT_EQ(counts(prepare(read, {.min_value = 4})), (Counts{55375, 942, 1447}));
  EXPECT_EQ(counts(read_data("movielens-100k/u1.base")), (Counts{80000, 943, 1650}));
}

TEST(ReadRealData, MovieLens100kLeaveOneOut) {
  ALSACE_NEEDS_DATA("movielens-100k/loo-ge4/train.tsv");

  EXPECT_EQ(counts(read_data("movielens-100k/loo-ge4/train.tsv")), (Counts{53491, 942, 1427}));
  const Interactions rows =
      read_data("movielens-100k/loo-ge4/train.tsv", {.columns = {"uid", "iid"}});
  EXPECT_EQ(counts(rows), (Counts{53491, 942, 1427}));
  EXPECT_EQ(lines_of(rows)[0], (Line{"0", "172", 1, 0}));
}

TEST(ReadRealData, MovieLens1m) {
  ALSACE_NEEDS_DATA("movielens-1m/interactions.tsv");

  EXPECT_EQ(counts(read_data("movielens-1m/interactions.tsv")), (Counts{1000209, 6040, 3706}));
}

TEST(ReadRealData, MovieLensLatestSmall) {
  ALSACE_NEEDS_DATA("movielens-latest-small/ratings.csv");

  EXPECT_EQ(counts(read_data("movielens-latest-small/ratings.csv")), (Counts{100836, 610, 9724}));
  const ItemTable titles = read_items(data_file("movielens-latest-small/movies.csv"));
  EXPECT_EQ(titles.ids.size(), 9742);
  EXPECT_EQ(titles.find("11"), "American President, The (1995)");
}

TEST(ReadRealData, LastfmCounts) {
  ALSACE_NEEDS_DATA("lastfm-hetrec2011/user_artists.dat");

  const Interactions read = read_data("lastfm-hetrec2011/user_artists.dat");

  EXPECT_EQ(counts(read), (Counts{92834, 1892, 17632}));
  EXPECT_EQ(*std::max_element(read.triplets.values.begin(), read.triplets.values.end()), 352698);
}

TEST(ReadRealData, TitlesOfMovieLens) {
  ALSACE_NEEDS_DATA("movielens-100k/u.item");
  ALSACE_NEEDS_DATA("movielens-1m/movies.dat");

  const ItemTable small = read_items(data_file("movielens-100k/u.item"));
  EXPECT_EQ(small.ids.size(), 1682);
  EXPECT_EQ(small.find("1"), "Toy Story (1995)");
  EXPECT_EQ(small.find("543"), "Mis\xC3\xA9rables, Les (1995)");
  const ItemTable large = read_items(data_file("movielens-1m/movies.dat"));
  EXPECT_EQ(large.ids.size(), 3883);
  EXPECT_EQ(large.find("1"), "Toy Story (1995)");
}

}  // namespace
}  // namespace alsace::test
