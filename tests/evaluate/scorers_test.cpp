#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "evaluate/evaluate_data.h"

#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using testing::ElementsAre;

TEST(PopularityScorer, CountsTrainingInteractions) {
  const Split split = worked_example();
  EXPECT_THAT(scores_of(popularity_scorer(split), 0, 6), ElementsAre(3, 2, 2, 1, 0, 0));
  EXPECT_FALSE(popularity_scorer(split).predict);
}

TEST(RandomScorer, HasAnOrderOfItsOwnForEveryUserAndSeed) {
  const auto scores = scores_of(random_scorer(1), 0, 1000);
  EXPECT_EQ(scores, scores_of(random_scorer(1), 0, 1000));
  EXPECT_NE(scores, scores_of(random_scorer(1), 1, 1000));
  EXPECT_NE(scores, scores_of(random_scorer(2), 0, 1000));
}

TEST(RandomScorer, PutsEveryItemFirstEquallyOften) {
  std::vector<int> first(4, 0);
  for (Index user = 0; user < 8000; ++user) {
    const auto scores = scores_of(random_scorer(3), user, 4);
    ++first[static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin())];
  }
  for (const int count : first) {
    EXPECT_NEAR(count, 2000, 195);  // Five standard deviations.
  }
}

TEST(MeanScorers, PredictTheMeanAndTheItemsMean) {
  Split split;
  split.train = with_ids(pairs({{0, 0}, {1, 0}, {1, 1}}), 2, 3);
  split.train.triplets.values = {5, 4, 3};
  EXPECT_DOUBLE_EQ(mean_scorer(split).predict(0, 1), 4.0);
  const Scorer item_mean = item_mean_scorer(split);
  EXPECT_DOUBLE_EQ(item_mean.predict(0, 0), 4.5);
  EXPECT_DOUBLE_EQ(item_mean.predict(0, 1), 3.0);
  EXPECT_DOUBLE_EQ(item_mean.predict(0, 2), 4.0);  // Never trained: the mean.
  EXPECT_THAT(scores_of(item_mean, 0, 3), ElementsAre(4.5F, 3.0F, 4.0F));
  EXPECT_THAT(scores_of(mean_scorer(split), 1, 3), ElementsAre(4.0F, 4.0F, 4.0F));
}

TEST(ListScorer, GoesByTheOrderWithoutValues) {
  // Users' lines may be mixed; item 2 comes twice for user 1, the better place counts.
  const Scorer scorer = list_scorer("mine", pairs({{1, 2}, {0, 3}, {1, 0}, {0, 1}, {1, 2}}));
  EXPECT_EQ(scorer.name, "mine");
  EXPECT_THAT(scores_of(scorer, 1, 4), ElementsAre(-1, minus_infinity, 0, minus_infinity));
  EXPECT_THAT(scores_of(scorer, 0, 4), ElementsAre(minus_infinity, -1, minus_infinity, 0));
}

TEST(ListScorer, GoesByTheValuesWhereThereAreSome) {
  Triplets lists = pairs({{0, 0}, {0, 2}});
  lists.values = {0.25F, 0.75F};
  EXPECT_THAT(scores_of(list_scorer("mine", lists), 0, 3),
              ElementsAre(0.25F, minus_infinity, 0.75F));
}

TEST(ListScorer, HasNothingForAUserWithoutAList) {
  const Scorer scorer = list_scorer("mine", pairs({{1, 0}}));
  EXPECT_THAT(scores_of(scorer, 0, 2), ElementsAre(minus_infinity, minus_infinity));
  EXPECT_THAT(scores_of(scorer, 7, 2), ElementsAre(minus_infinity, minus_infinity));
}

TEST(ListScorer, RefusesItemsThatTheSplitDoesNotHave) {
  EXPECT_THROW(scores_of(list_scorer("mine", pairs({{0, 9}})), 0, 3), Error);
  EXPECT_THROW(list_scorer("mine", pairs({{0, -1}})), Error);
}

}  // namespace
}  // namespace alsace
