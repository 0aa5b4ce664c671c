// The published split of MovieLens 100K (leave-last-two of ratings of 4 and more).

#include "alsace/evaluate.h"

#include "evaluate/evaluate_data.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace alsace {
namespace {

std::filesystem::path data_folder() {
  const char* given = std::getenv("ALSACE_DATA");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(__FILE__).parent_path() / "../../../shared/data";
}

/// Columns user and item of a file with the header uid iid user item rating timestamp.
Triplets read_pairs(const std::filesystem::path& file, IdTable& user_ids, IdTable& item_ids) {
  std::ifstream in(file);
  Triplets triplets;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string uid, iid, user, item;
    fields >> uid >> iid >> user >> item;
    triplets.users.push_back(user_ids.find_or_add(user));
    triplets.items.push_back(item_ids.find_or_add(item));
  }
  return triplets;
}

class LooGe4 : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = data_folder() / "movielens-100k" / "loo-ge4";
    if (!std::filesystem::exists(folder / "train.tsv")) {
      GTEST_SKIP() << "no " << folder << ": set ALSACE_DATA to the folder of data sets";
    }
    Interactions& train = split_.train;
    train.triplets = read_pairs(folder / "train.tsv", train.user_ids, train.item_ids);
    split_.valid = read_pairs(folder / "val.tsv", train.user_ids, train.item_ids);
    split_.test = read_pairs(folder / "test.tsv", train.user_ids, train.item_ids);
  }

  Split split_;
};

TEST_F(LooGe4, HasThePublishedCounts) {
  const SplitFacts found = facts(split_);
  EXPECT_EQ(found.users, 942);
  EXPECT_EQ(found.items, 1447);
  EXPECT_EQ(found.train_interactions, 53491);
  EXPECT_EQ(found.test_interactions, 942);
  EXPECT_EQ(found.test_users, 942);
  EXPECT_EQ(found.users_left_out, 0);
}

TEST_F(LooGe4, GivesPopularityThePublishedHitsWithinItsTies) {
  const Evaluation result = evaluate(
      popularity_scorer(split_), split_, {.metrics = parse_metrics("recall@10,ndcg@10,map@10")});
  // 77 hits in the published order of ties, 80 with the lower of the published rows first.
  const double hits = result.values[0].mean * 942;
  EXPECT_NEAR(hits, std::round(hits), 1e-9);
  EXPECT_GE(std::round(hits), 76);
  EXPECT_LE(std::round(hits), 81);
  EXPECT_GT(result.values[1].mean, 0.039);
  EXPECT_LT(result.values[1].mean, 0.042);
  EXPECT_NEAR(result.values[2].mean, 0.0275, 0.001);
  // One test item per user: 0 or 1, so Wilson's interval.
  EXPECT_NEAR(result.values[0].low.value(), 0.066, 0.003);
  EXPECT_NEAR(result.values[0].high.value(), 0.101, 0.003);
}

TEST_F(LooGe4, GivesRandomListsWhatChanceGives) {
  // Ten of about 1447 - 57 places: 0.0072 on average over seeds; one seed has 1 to 15 hits.
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    mean += evaluate(random_scorer(seed), split_, {.metrics = parse_metrics("recall@10")})
                .values[0]
                .mean /
            20;
  }
  EXPECT_NEAR(mean, 0.0072, 0.0018);
}

/// Ratings of 4 and more of u.data, rows by first appearance.
Interactions read_liked(const std::filesystem::path& file) {
  std::ifstream in(file);
  Interactions liked;
  std::string user, item;
  double rating = 0;
  double time = 0;
  while (in >> user >> item >> rating >> time) {
    if (rating >= 4) {
      liked.triplets.users.push_back(liked.user_ids.find_or_add(user));
      liked.triplets.items.push_back(liked.item_ids.find_or_add(item));
      liked.triplets.times.push_back(time);
    }
  }
  return liked;
}

TEST(LeaveLastTwo, OfMovieLens100KAgreesWithTheIndependentScript) {
  const auto file = data_folder() / "movielens-100k" / "u.data";
  if (!std::filesystem::exists(file)) {
    GTEST_SKIP() << "no " << file << ": set ALSACE_DATA to the folder of data sets";
  }
  const Split result = split(read_liked(file), {.method = SplitMethod::leave_last_two});
  const SplitFacts found = facts(result);
  EXPECT_EQ(found.users, 942);
  EXPECT_EQ(found.items, 1447);
  EXPECT_EQ(found.train_interactions, 53491);
  EXPECT_EQ(found.test_users, 942);
  EXPECT_EQ(result.valid.size(), 942);
  const Evaluation popularity = evaluate(popularity_scorer(result), result);
  // tests/python/protocol_check.py prints these.
  EXPECT_NEAR(popularity.values[0].mean, 76.0 / 942, 1e-12);
  EXPECT_NEAR(popularity.values[1].mean, 0.04008728609376124, 1e-12);
}

/// The same computed by numpy from dense matrices (items' cosines, BM25 weights of
/// alsace.bm25_weight with k1 1.2 and b 0.75, the inverse of EASE), stable sorts, untrained items
/// left out.
TEST_F(LooGe4, HasTheItemModelsOfDenseMatrices) {
  const auto measured = [&](const Scorer& scorer) {
    const Evaluation found = evaluate(scorer, split_);
    return std::pair(found.values[0].mean, found.values[1].mean);
  };
  const auto expect_near = [](std::pair<double, double> found, double recall, double ndcg) {
    EXPECT_NEAR(found.first, recall, 1e-6);
    EXPECT_NEAR(found.second, ndcg, 1e-6);
  };
  expect_near(measured(neighbor_scorer(split_)), 0.113588, 0.060223);
  expect_near(
      measured(neighbor_scorer(split_, {.weights = NeighborWeights::bm25})), 0.142251, 0.071231);
  expect_near(measured(ease_scorer(split_)), 0.139066, 0.071303);
}

}  // namespace
}  // namespace alsace
