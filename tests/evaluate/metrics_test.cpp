#include "evaluate/metrics.h"

#include "alsace/evaluate.h"

#include "support/error_of.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Test items came at ranks 1, 3 and 8 of the list; two more test items did not come at all.
const Hits some_hits{.ranks = {1, 3, 8}, .test_items = 5};

TEST(Metrics, RecallIsHitsOverTestItems) {
  EXPECT_DOUBLE_EQ(recall(some_hits, 1), 1.0 / 5);
  EXPECT_DOUBLE_EQ(recall(some_hits, 2), 1.0 / 5);
  EXPECT_DOUBLE_EQ(recall(some_hits, 3), 2.0 / 5);
  EXPECT_DOUBLE_EQ(recall(some_hits, 10), 3.0 / 5);
}

TEST(Metrics, CappedRecallIsHitsOverTheMostThatFit) {
  EXPECT_DOUBLE_EQ(recall_capped(some_hits, 1), 1.0);
  EXPECT_DOUBLE_EQ(recall_capped(some_hits, 3), 2.0 / 3);
  EXPECT_DOUBLE_EQ(recall_capped(some_hits, 10), 3.0 / 5);
}

TEST(Metrics, PrecisionIsHitsOverTheLengthOfTheList) {
  EXPECT_DOUBLE_EQ(precision(some_hits, 4), 2.0 / 4);
  EXPECT_DOUBLE_EQ(precision(some_hits, 10), 3.0 / 10);
}

TEST(Metrics, NdcgDiscountsByLog2OfRankPlusOneAndCutsTheIdeal) {
  // Gain 1/log2(2) + 1/log2(4) = 1.5; ideal of three: 1 + 1/log2(3) + 1/2 = 2.130930.
  EXPECT_NEAR(ndcg(some_hits, 3), 1.5 / 2.1309297535714573, 1e-15);
  // At 10 the hit at rank 8 adds 1/log2(9); the ideal has all five test items.
  const double gain = 1.5 + 1 / std::log2(9.0);
  const double ideal = 1 + 1 / std::log2(3.0) + 0.5 + 1 / std::log2(5.0) + 1 / std::log2(6.0);
  EXPECT_NEAR(ndcg(some_hits, 10), gain / ideal, 1e-15);
}

TEST(Metrics, NdcgOfAPerfectListIsOne) {
  EXPECT_DOUBLE_EQ(ndcg({.ranks = {1, 2, 3}, .test_items = 3}, 10), 1.0);
  EXPECT_DOUBLE_EQ(ndcg({.ranks = {1, 2, 3}, .test_items = 9}, 3), 1.0);
}

TEST(Metrics, AveragePrecisionAveragesPrecisionAtTheHits) {
  // Precision at rank 1 is 1/1, at rank 3 2/3, at rank 8 3/8; five test items fit into ten places.
  EXPECT_DOUBLE_EQ(average_precision(some_hits, 10), (1.0 + 2.0 / 3 + 3.0 / 8) / 5);
  EXPECT_DOUBLE_EQ(average_precision(some_hits, 3), (1.0 + 2.0 / 3) / 3);
}

TEST(Metrics, ReciprocalRankAndHitRateLookAtTheFirstHit) {
  const Hits hits{.ranks = {4, 5}, .test_items = 2};
  EXPECT_DOUBLE_EQ(reciprocal_rank(hits, 10), 0.25);
  EXPECT_DOUBLE_EQ(reciprocal_rank(hits, 3), 0.0);
  EXPECT_DOUBLE_EQ(hit_rate(hits, 10), 1.0);
  EXPECT_DOUBLE_EQ(hit_rate(hits, 4), 1.0);
  EXPECT_DOUBLE_EQ(hit_rate(hits, 3), 0.0);
}

TEST(Metrics, AreZeroWithoutAHit) {
  const Hits none{.ranks = {}, .test_items = 2};
  for (const auto metric :
       {recall, recall_capped, ndcg, precision, average_precision, reciprocal_rank, hit_rate}) {
    EXPECT_EQ(metric(none, 10), 0.0);
  }
}

TEST(Metrics, NoveltyIsTheMeanSelfInformation) {
  // Of 8 users 4, 1 and none have the item: 1, 3 and (counted as one) 3 bits.
  const std::vector<std::int64_t> counts = {4, 1, 0};
  const std::vector<Index> list = {0, 1, 2};
  EXPECT_DOUBLE_EQ(novelty(list, counts, 8), (1.0 + 3.0 + 3.0) / 3);
  EXPECT_EQ(novelty({}, counts, 8), 0.0);
}

TEST(Metrics, CoverageIsTheShareOfItemsInAnyList) {
  const std::vector<std::int64_t> listed = {3, 0, 1, 0};
  EXPECT_DOUBLE_EQ(coverage(listed), 0.5);
}

TEST(Metrics, PersonalizationIsOneLessTheMeanOverlap) {
  // Lists of two: {0,1} {0,1} {0,2}. Overlaps of the three pairs: 2, 1, 1; 1 - (4 / 3) / 2 = 1/3.
  const std::vector<std::int64_t> listed = {3, 2, 1};
  EXPECT_DOUBLE_EQ(personalization(listed, 2, 3), 1.0 / 3);
  const std::vector<std::int64_t> same = {3, 3};
  EXPECT_DOUBLE_EQ(personalization(same, 2, 3), 0.0);
  const std::vector<std::int64_t> apart = {1, 1, 1, 1};
  EXPECT_DOUBLE_EQ(personalization(apart, 2, 2), 1.0);
  EXPECT_DOUBLE_EQ(personalization(apart, 4, 1), 0.0);
}

std::string message_of(const std::string& text) {
  return test::error_of(ErrorCode::invalid_argument, [&] { parse_metrics(text); });
}

TEST(ParseMetrics, ReadsNamesAndCutOffs) {
  const auto metrics = parse_metrics("recall@10, ndcg@5,auc");
  ASSERT_EQ(metrics.size(), 3U);
  EXPECT_EQ(metrics[0], (Metric{"recall", 10}));
  EXPECT_EQ(metrics[1], (Metric{"ndcg", 5}));
  EXPECT_EQ(metrics[2], (Metric{"auc", 0}));
}

TEST(ParseMetrics, DropsRepeatedMetrics) {
  EXPECT_EQ(parse_metrics("recall@10,ndcg@10,recall@10,recall@5").size(), 3U);
}

TEST(ParseMetrics, GivesBackWhatToStringWrites) {
  const std::string text =
      "recall@1,recall_capped@2,ndcg@3,precision@4,map@5,mrr@6,hit_rate@7,coverage@8,novelty@9,"
      "personalization@10,auc,rmse,mae";
  std::string written;
  for (const Metric& metric : parse_metrics(text)) {
    written += (written.empty() ? "" : ",") + metric.to_string();
  }
  EXPECT_EQ(written, text);
}

TEST(ParseMetrics, ListsTheMetricsWhenOneIsNotKnown) {
  EXPECT_THAT(message_of("recal@10"),
              AllOf(HasSubstr("'recal@10'"),
                    HasSubstr("recall@K"),
                    HasSubstr("recall_capped@K"),
                    HasSubstr("personalization@K"),
                    HasSubstr("auc"),
                    HasSubstr("rmse, mae")));
  EXPECT_THAT(message_of(""), HasSubstr("recall@K"));
  EXPECT_THAT(message_of("recall@10,"), HasSubstr("''"));
}

TEST(ParseMetrics, SaysHowToWriteAMissingCutOff) {
  EXPECT_THAT(message_of("recall"), HasSubstr("recall@10"));
}

TEST(ParseMetrics, RefusesACutOffThatIsNone) {
  for (const std::string text :
       {"recall@", "recall@0", "recall@-1", "recall@ten", "recall@10x", "recall@9999999999"}) {
    EXPECT_THAT(message_of(text), HasSubstr("from 1 to")) << text;
  }
  EXPECT_THAT(message_of("auc@10"), HasSubstr("write auc"));
  EXPECT_THAT(message_of("rmse@1"), HasSubstr("write rmse"));
}

}  // namespace
}  // namespace alsace
