#include "alsace/recommend.h"
#include "alsace/train.h"

#include "support/datasets.h"
#include "support/dense_oracle.h"
#include "support/sparse_oracle.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

namespace alsace {
namespace {

/// Little-endian floats, [rows x 64], row r named "r".
void load_golden(const std::string& name, Index rows, IdTable& ids, FactorTable& factors) {
  factors = FactorTable(rows, 64);
  std::ifstream file(test::data_file("movielens-100k/loo-ge4/golden/" + name), std::ios::binary);
  for (Index row = 0; row < rows; ++row) {
    ids.find_or_add(std::to_string(row));
    file.read(reinterpret_cast<char*>(factors.row(row).data()), 64 * sizeof(float));
  }
  ASSERT_TRUE(file.good()) << name;
}

/// The training part over the ids of all three parts: 20 items are never trained.
Interactions golden_interactions() {
  const ReadOptions reading{.columns = {"uid", "iid"}};
  IdTable users;
  IdTable items;
  std::vector<Triplets> parts;
  for (const char* part : {"train", "val", "test"}) {
    const std::filesystem::path file =
        test::data_file("movielens-100k/loo-ge4/" + std::string(part) + ".tsv");
    parts.push_back(read_triplets(std::span(&file, 1), reading, users, items));
  }
  prepare(parts, users, items, {});
  return {.triplets = parts[0], .user_ids = users, .item_ids = items};
}

TrainOptions published_options(Solver solver) {
  return {.factors = 64,
          .regularization = 0.001,
          .iterations = 20,
          .solver = solver,
          .confidence = Confidence::scaled,
          .alpha = 10};
}

TEST(RealData, MovieLens100KFollowsTheGoldenObjectives) {
  ALSACE_NEEDS_DATA("movielens-100k/loo-ge4/golden/init_item.f32");
  const Interactions interactions = golden_interactions();
  ASSERT_EQ(interactions.user_ids.size(), 942);
  ASSERT_EQ(interactions.item_ids.size(), 1447);
  Model start;
  start.options.factors = 64;
  load_golden("init_user.f32", 942, start.user_ids, start.user_factors);
  load_golden("init_item.f32", 1447, start.item_ids, start.item_factors);

  const Model model = train(interactions, published_options(Solver::exact), {.warm_start = &start});

  const double golden[] = {106959.88, 78198.29, 72440.95, 69934.89, 68525.46};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(model.summary.objective[i] / golden[i], 1.0, 1e-4) << "iteration " << i + 1;
  }
  EXPECT_NEAR(model.summary.objective[19] / 64400.3, 1.0, 1e-3);
}

/// Training with both solvers from the same start: what the automatic one promises.
void expect_automatic_keeps_its_promise(const Interactions& interactions, TrainOptions options) {
  options.solver = Solver::exact;
  const Model exact = train(interactions, options);
  options.solver = Solver::automatic;
  const Model automatic = train(interactions, options);

  EXPECT_LE(automatic.summary.objective.back(), 1.01 * exact.summary.objective.back());
  EXPECT_LE(test::worst_user_error(exact), 1e-6);
  EXPECT_LE(test::worst_user_error(automatic), 1e-6);
  for (const Model* model : {&exact, &automatic}) {
    EXPECT_NEAR(model->summary.final_objective / test::model_objective(*model), 1.0, 1e-6);
  }
  for (std::size_t i = 1; i < exact.summary.objective.size(); ++i) {
    EXPECT_LE(exact.summary.objective[i], exact.summary.objective[i - 1] * (1 + 1e-6));
  }
  std::cout << "objective after the last iteration: automatic "
            << automatic.summary.objective.back() << ", exact " << exact.summary.objective.back()
            << "; backward error of users: " << test::worst_user_error(automatic) << ", "
            << test::worst_user_error(exact) << '\n';
}

TEST(RealData, TheAutomaticSolverKeepsItsPromiseOnMovieLens100K) {
  ALSACE_NEEDS_DATA("movielens-100k/loo-ge4/train.tsv");
  expect_automatic_keeps_its_promise(test::movielens_100k_likes(),
                                     published_options(Solver::exact));
}

TEST(RealData, TheAutomaticSolverKeepsItsPromiseOnMovieLens1M) {
  ALSACE_NEEDS_DATA("movielens-1m/interactions.tsv");
  expect_automatic_keeps_its_promise(test::movielens_1m_likes(), {.factors = 64});
}

TEST(RealData, TheAutomaticSolverKeepsItsPromiseOnPlayCounts) {
  ALSACE_NEEDS_DATA("lastfm-hetrec2011/user_artists.dat");
  expect_automatic_keeps_its_promise(test::lastfm(), {.factors = 40});
}

/// Every user folded in from their own history, entries turned round.
void expect_fold_in_gives_stored_rows(const Model& model, double most_distance) {
  const Recommender recommender(model);
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    std::vector<ItemValue> history;
    std::int64_t entry = model.interactions.offsets[static_cast<std::size_t>(user)];
    for (const Index item : model.interactions.row(user)) {
      history.insert(history.begin(), {.item = item, .value = model.interactions.value(entry++)});
    }
    const FoldedUser folded = recommender.fold_in(history);
    const Eigen::VectorXd stored = test::to_dense(model.user_factors.row(user));
    ASSERT_LE((test::to_dense(folded.factors) - stored).norm(), most_distance * stored.norm())
        << model.user_ids[user];
  }
}

TEST(RealData, FoldInOfOnesOwnHistoryGivesTheStoredRowOnMovieLens100K) {
  ALSACE_NEEDS_DATA("movielens-100k/loo-ge4/train.tsv");
  expect_fold_in_gives_stored_rows(
      train(test::movielens_100k_likes(), published_options(Solver::automatic)), 1e-4);
}

TEST(RealData, FoldInKeepsTheBackwardErrorOnPlayCounts) {
  ALSACE_NEEDS_DATA("lastfm-hetrec2011/user_artists.dat");
  Model model = train(test::lastfm(), {.factors = 40, .iterations = 5});
  const Recommender recommender(model);
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    std::vector<ItemValue> history;
    std::int64_t entry = model.interactions.offsets[static_cast<std::size_t>(user)];
    for (const Index item : model.interactions.row(user)) {
      history.insert(history.begin(), {.item = item, .value = model.interactions.value(entry++)});
    }
    std::ranges::copy(recommender.fold_in(history).factors, model.user_factors.row(user).begin());
  }

  EXPECT_LE(test::worst_user_error(model), 1e-6);
}

double test_rmse(const TrainOptions& options) {
  const Interactions training = test::load({"movielens-100k/u1.base"});
  const Interactions held_out = test::load({"movielens-100k/u1.test"});
  const Recommender recommender(train(training, options));
  double squares = 0;
  for (std::int64_t entry = 0; entry < held_out.triplets.size(); ++entry) {
    const auto place = static_cast<std::size_t>(entry);
    const auto user = training.user_ids.find(held_out.user_ids[held_out.triplets.users[place]]);
    const auto item = training.item_ids.find(held_out.item_ids[held_out.triplets.items[place]]);
    double predicted = recommender.model().value_mean;
    if (user && item) {
      predicted = recommender.predict(*user, *item);
    } else if (user && options.biases) {
      predicted +=
          static_cast<double>(recommender.model().user_biases[static_cast<std::size_t>(*user)]);
    } else if (item && options.biases) {
      predicted +=
          static_cast<double>(recommender.model().item_biases[static_cast<std::size_t>(*item)]);
    }
    const double error = static_cast<double>(held_out.triplets.value(entry)) - predicted;
    squares += error * error;
  }
  return std::sqrt(squares / static_cast<double>(held_out.triplets.size()));
}

TEST(RealData, ExplicitRatingsOfMovieLens100KArePredicted) {
  ALSACE_NEEDS_DATA("movielens-100k/u1.base");
  TrainOptions options{.feedback = Feedback::explicit_feedback,
                       .factors = 64,
                       .regularization = 0.15,
                       .regularization_exponent = 1};
  const double plain = test_rmse(options);
  options.biases = true;
  const double biased = test_rmse(options);

  std::cout << "u1 test RMSE: " << plain << " without biases, " << biased << " with\n";
  EXPECT_LE(plain, 0.940);
  EXPECT_LE(biased, 0.935);
  EXPECT_GE(biased, 0.90) << "too good to be true";
}

}  // namespace
}  // namespace alsace
