#include "alsace/error.h"
#include "alsace/recommend.h"
#include "alsace/train.h"

#include "matrix/csr.h"
#include "support/datasets.h"
#include "support/sparse_oracle.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::random_interactions;
using testing::HasSubstr;

IdTable ids_of(const std::vector<std::string>& names) {
  IdTable ids;
  for (const std::string& name : names) {
    ids.find_or_add(name);
  }
  return ids;
}

/// Two histories over 30 items.
CsrMatrix two_histories() {
  return {.rows = 2,
          .columns = 30,
          .offsets = {0, 3, 5},
          .indices = {1, 4, 9, 0, 29},
          .values = {2, 1, 5, 3, 4}};
}

std::vector<ItemValue> history(const CsrMatrix& rows, Index row) {
  std::vector<ItemValue> values;
  std::int64_t entry = rows.offsets[static_cast<std::size_t>(row)];
  for (const Index item : rows.row(row)) {
    values.push_back({.item = item, .value = rows.value(entry++)});
  }
  return values;
}

std::vector<TrainOptions> all_kinds() {
  TrainOptions rated{.feedback = Feedback::explicit_feedback, .factors = 6};
  TrainOptions biased = rated;
  biased.biases = true;
  TrainOptions positive = rated;
  positive.nonnegative = true;
  return {TrainOptions{.factors = 6},
          TrainOptions{.factors = 6,
                       .regularization = 0.1,
                       .regularization_exponent = 1,
                       .regularization_count = RegularizationCount::all,
                       .confidence = Confidence::relative},
          rated,
          biased,
          positive};
}

TEST(PartialFit, OfUsersIsFoldInOfTheirHistories) {
  for (const TrainOptions& options : all_kinds()) {
    Model model = train(random_interactions(40, 30, 3), options);
    const CsrMatrix histories = two_histories();

    partial_fit_users(model, ids_of({"u7", "new"}), histories);

    ASSERT_EQ(model.user_ids.size(), 41);
    const Recommender recommender(model);
    for (const Index row : {0, 1}) {
      const Index user = row == 0 ? 7 : 40;
      const FoldedUser folded = recommender.fold_in(history(histories, row));
      for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_NEAR(model.user_factors.row(user)[i], folded.factors[i], 1e-5);
      }
      if (options.biases) {
        EXPECT_NEAR(model.user_biases[static_cast<std::size_t>(user)], folded.bias, 1e-5);
      }
    }
  }
}

TEST(PartialFit, OfUsersReplacesTheirInteractionsAndLeavesTheRest) {
  const Model before = train(random_interactions(40, 30, 3), {.factors = 6});
  Model model = before;

  partial_fit_users(model, ids_of({"u7", "new"}), two_histories());

  EXPECT_THAT(model.interactions.row(7), testing::ElementsAre(1, 4, 9));
  EXPECT_THAT(model.interactions.row(40), testing::ElementsAre(0, 29));
  EXPECT_EQ(model.user_counts[7], 3);
  for (const Index user : {0, 6, 8, 39}) {
    EXPECT_TRUE(std::ranges::equal(model.interactions.row(user), before.interactions.row(user)));
    EXPECT_TRUE(std::ranges::equal(model.user_factors.row(user),
                                   std::as_const(before).user_factors.row(user)));
  }
  const auto bytes = to_bytes(model);  // Checks that all parts fit together.
  EXPECT_EQ(model_hash(from_bytes(bytes)), model_hash(model));
}

TEST(PartialFit, OfItemsIsTheMirrorImage) {
  Interactions interactions = random_interactions(30, 40, 3);
  Interactions turned = interactions;
  std::swap(turned.triplets.users, turned.triplets.items);
  std::swap(turned.user_ids, turned.item_ids);
  const TrainOptions options{.factors = 6, .regularization = 0.2};
  const Model first = train(interactions, options);
  Model model = first;
  Model mirror = first;
  std::swap(mirror.user_ids, mirror.item_ids);
  std::swap(mirror.user_factors, mirror.item_factors);
  std::swap(mirror.user_counts, mirror.item_counts);
  mirror.interactions = transpose(first.interactions);

  partial_fit_items(model, ids_of({"i7", "new"}), two_histories());
  partial_fit_users(mirror, ids_of({"i7", "new"}), two_histories());

  for (Index item = 0; item < 41; ++item) {
    EXPECT_TRUE(std::ranges::equal(std::as_const(model).item_factors.row(item),
                                   std::as_const(mirror).user_factors.row(item)));
  }
  EXPECT_EQ(transpose(model.interactions), mirror.interactions);
  EXPECT_EQ(model.item_counts, mirror.user_counts);
  EXPECT_EQ(model.user_counts, mirror.item_counts);
  EXPECT_NE(model.spectrum, first.spectrum);
  EXPECT_EQ(model_hash(from_bytes(to_bytes(model))), model_hash(model));
}

TEST(PartialFit, NeedsNoStoredInteractions) {
  Model model =
      train(random_interactions(40, 30, 3), {.factors = 6}, {.store_interactions = false});

  partial_fit_users(
      model, ids_of({"new"}), {.rows = 1, .columns = 30, .offsets = {0, 1}, .indices = {3}});

  EXPECT_FALSE(model.has_interactions());
  EXPECT_EQ(model.user_counts.back(), 1);
  EXPECT_EQ(model.user_factors.rows(), 41);
}

TEST(PartialFit, OfAnEmptyHistoryGivesZeros) {
  Model model = train(random_interactions(40, 30, 3), {.factors = 6});

  partial_fit_users(model, ids_of({"u0"}), {.rows = 1, .columns = 30, .offsets = {0, 0}});

  EXPECT_THAT(model.user_factors.row(0), testing::Each(0.0F));
  EXPECT_EQ(model.user_counts[0], 0);
}

TEST(PartialFit, KeepsLowPairs) {
  Interactions interactions = random_interactions(40, 30, 3);
  interactions.low = {.users = {7}, .items = {2}};
  Model model = train(interactions, {.factors = 6});

  partial_fit_users(model, ids_of({"new", "u7"}), two_histories());

  EXPECT_THAT(model.low.row(7), testing::ElementsAre(2));
  EXPECT_EQ(model.low.rows, 41);
  EXPECT_EQ(model_hash(from_bytes(to_bytes(model))), model_hash(model));
}

TEST(PartialFit, ThatCannotBeLeavesTheModelAsItWas) {
  Model model = train(random_interactions(40, 30, 3), {.factors = 6});
  const std::string hash = model_hash(model);
  const auto refusal = [&](const IdTable& ids, const CsrMatrix& rows) -> std::string {
    try {
      partial_fit_users(model, ids, rows);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  CsrMatrix negative = two_histories();
  negative.values[1] = -1;
  CsrMatrix unsorted = two_histories();
  std::swap(unsorted.indices[0], unsorted.indices[1]);
  CsrMatrix wide = two_histories();
  wide.columns = 31;

  EXPECT_THAT(refusal(ids_of({"a", "b"}), negative), HasSubstr("user 'a', item 'i4' is -1"));
  EXPECT_THAT(refusal(ids_of({"a", "b"}), unsorted), HasSubstr("do not rise"));
  EXPECT_THAT(refusal(ids_of({"a", "b"}), wide), HasSubstr("shape [2, 31], it must be [2, 30]"));
  EXPECT_THAT(refusal(ids_of({"a"}), two_histories()), HasSubstr("it must be [1, 30]"));
  EXPECT_EQ(model_hash(model), hash);
}

}  // namespace
}  // namespace alsace
