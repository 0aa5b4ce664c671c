#include "alsace/tune.h"

#include "alsace/train.h"

#include "support/datasets.h"
#include "support/error_of.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;
using test::random_interactions;
using testing::HasSubstr;

Split seen_of(std::uint64_t seed) {
  const Split whole = split(random_interactions(80, 40, seed),
                            {.method = SplitMethod::random, .test_fraction = 0.3});
  return validation_split(whole, {.method = SplitMethod::random, .test_fraction = 0.3});
}

TuneOptions small_search() {
  TuneOptions options{.trials = 8, .seeds = 2, .threads = 1};
  options.metric = Metric{.name = "ndcg", .k = 5};
  options.space.factors = {.values = {2, 9}, .is_range = true};
  options.space.iterations = {.values = {3, 6}, .is_range = true};
  return options;
}

/// All of it but times.
std::string text_of(const TuneResult& result) {
  std::ostringstream out;
  out.precision(17);
  for (const TuneTrial& trial : result.trials) {
    out << trial.number << trial.origin << " " << trial.options.factors << " "
        << *trial.options.regularization << " " << trial.options.alpha << " " << trial.stage << " "
        << trial.value << " " << trial.iterations << " " << trial.chosen << trial.failure;
    for (const double value : trial.by_seed) {
      out << " " << value;
    }
    out << "\n";
  }
  out << result.validation.mean << " " << *result.validation.low << result.stopped;
  for (const std::string& note : result.notes) {
    out << note;
  }
  return out.str();
}

TEST(Tune, ChoosesWithoutRegardToThreads) {
  const Split seen = seen_of(1);
  TuneOptions options = small_search();
  const std::string one = text_of(tune(seen, options));
  for (const int threads : {2, 3, 8}) {
    options.threads = threads;
    EXPECT_EQ(text_of(tune(seen, options)), one) << threads << " threads";
  }
}

TEST(Tune, MeasuresAFinalistAsTrainAndEvaluateDo) {
  const Split seen = seen_of(2);
  const TuneOptions options = small_search();
  const TuneResult result = tune(seen, options);
  const auto chosen =
      std::ranges::find_if(result.trials, [](const TuneTrial& trial) { return trial.chosen; });
  ASSERT_NE(chosen, result.trials.end());
  EXPECT_EQ(result.options.factors, chosen->options.factors);
  ASSERT_EQ(chosen->by_seed.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    TrainOptions own = result.options;
    own.seed += i;
    const Evaluation found =
        evaluate(als_scorer(train(seen.train, own), seen), seen, {.metrics = {*options.metric}});
    if (i == 0) {
      EXPECT_EQ(found.values[0].mean, chosen->by_seed[i]);
    } else {  // Its last half-step is as rough as the others.
      EXPECT_NEAR(found.values[0].mean, chosen->by_seed[i], 1e-3);
    }
  }
  EXPECT_NEAR(result.validation.mean, (chosen->by_seed[0] + chosen->by_seed[1]) / 2, 1e-15);
}

TEST(Tune, HandsOverTheChosenModel) {
  const Split seen = seen_of(2);
  const TuneResult result = tune(seen, small_search());
  const Model own = train(seen.train, result.options);
  ASSERT_NE(result.model, nullptr);
  ASSERT_EQ(result.model->item_factors.rows(), own.item_factors.rows());
  for (Index item = 0; item < own.item_factors.rows(); ++item) {
    EXPECT_THAT(result.model->item_factors.row(item),
                testing::ElementsAreArray(own.item_factors.row(item)));
  }
}

TEST(Tune, TriesRatingsByTheirErrors) {
  Split seen = seen_of(3);
  TuneOptions options = small_search();
  options.metric.reset();
  options.base.feedback = Feedback::explicit_feedback;
  const TuneResult result = tune(seen, options);
  EXPECT_EQ(result.metric.name, "rmse");
  EXPECT_TRUE(result.smaller_is_better);
  EXPECT_GT(result.validation.mean, 0);
  TrainOptions own = result.options;
  const auto chosen =
      std::ranges::find_if(result.trials, [](const TuneTrial& trial) { return trial.chosen; });
  const Evaluation found = evaluate(
      als_scorer(train(seen.train, own), seen), seen, {.metrics = {Metric{.name = "rmse"}}});
  EXPECT_EQ(found.values[0].mean, chosen->by_seed[0]);
  for (const TuneTrial& trial : result.trials) {
    if (trial.stage == 3 && !trial.chosen && trial.by_seed.size() == 2) {
      EXPECT_TRUE(trial.options.factors >= own.factors || trial.value >= result.validation.mean);
    }
  }
}

TEST(Tune, GoesOnFromAnyPlaceToTheSameEnd) {
  const Split seen = seen_of(4);
  const TuneOptions options = small_search();
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "tune.journal";
  std::filesystem::remove(file);
  TuneControl control;
  control.journal = file;
  const std::string whole = text_of(tune(seen, options, control));
  std::ifstream stream(file, std::ios::binary);
  std::stringstream buffer;
  buffer << stream.rdbuf();
  const std::string lines = buffer.str();
  EXPECT_EQ(text_of(tune(seen, options)), whole) << "the journal changes nothing";
  for (std::size_t cut = 0; cut <= lines.size(); cut += 1 + lines.size() / 23) {
    {
      std::ofstream begun(file, std::ios::binary | std::ios::trunc);
      begun << lines.substr(0, cut);  // As kill -9 leaves it, mostly within a line.
    }
    EXPECT_EQ(text_of(tune(seen, options, control)), whole) << "after " << cut << " bytes";
  }
}

TEST(Tune, EndsWhenAskedAndGoesOnLater) {
  const Split seen = seen_of(5);
  const TuneOptions options = small_search();
  const std::string whole = text_of(tune(seen, options));
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "stop.journal";
  std::filesystem::remove(file);
  TuneControl control;
  control.journal = file;
  int asked = 0;
  control.stop_requested = [&] { return ++asked > 60; };
  const TuneResult part = tune(seen, options, control);
  EXPECT_EQ(part.stopped, "interrupted");
  control.stop_requested = {};
  EXPECT_EQ(text_of(tune(seen, options, control)), whole);
}

TEST(Tune, RefusesAnotherRunsJournalUnlessToldToRestart) {
  const Split seen = seen_of(6);
  TuneOptions options = small_search();
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "other.journal";
  std::filesystem::remove(file);
  TuneControl control;
  control.journal = file;
  tune(seen, options, control);
  options.trials = 7;
  EXPECT_THAT(error_of(ErrorCode::invalid_argument, [&] { tune(seen, options, control); }),
              HasSubstr("--restart"));
  EXPECT_THAT(
      error_of(ErrorCode::invalid_argument, [&] { tune(seen_of(7), small_search(), control); }),
      HasSubstr("other data"));
  control.restart = true;
  EXPECT_EQ(text_of(tune(seen, options, control)), text_of(tune(seen, options)));
}

TEST(Tune, EndsInTimeWithWhatItHas) {
  TuneOptions options = small_search();
  options.time_limit = 1e-9;
  const TuneResult result = tune(seen_of(8), options);
  EXPECT_EQ(result.stopped, "time");
  EXPECT_EQ(std::ranges::count_if(result.trials, [](const auto& t) { return t.chosen; }), 1);
}

TEST(Tune, RefusesWhatMakesNoSense) {
  const Split seen = seen_of(9);
  const auto refused = [&](auto change) {
    TuneOptions options = small_search();
    change(options);
    return error_of(ErrorCode::invalid_argument, [&] { tune(seen, options); });
  };
  EXPECT_THAT(refused([](auto& o) { o.trials = 0; }), HasSubstr("trials is 0"));
  EXPECT_THAT(refused([](auto& o) { o.seeds = 0; }), HasSubstr("seeds is 0"));
  EXPECT_THAT(refused([](auto& o) { o.time_limit = -1; }), HasSubstr("time_limit"));
  EXPECT_THAT(refused([](auto& o) { o.metric = Metric{.name = "coverage", .k = 5}; }),
              HasSubstr("mean over users"));
  EXPECT_THAT(refused([](auto& o) { o.metric = Metric{.name = "rmse"}; }), HasSubstr("explicit"));
  EXPECT_THAT(refused([](auto& o) { o.space.factors.values = {0}; }), HasSubstr("factors"));
  EXPECT_THAT(refused([](auto& o) { o.space.biases = {true}; }), HasSubstr("biases"));
}

TEST(ValidationSplit, HoldsOutOfTheTrainingPartWhereThereIsNone) {
  const Interactions data = random_interactions(60, 30, 1);
  const SplitOptions how{.method = SplitMethod::random};
  const Split whole = split(data, how);
  const Split seen = validation_split(whole, how);
  EXPECT_EQ(seen.train.triplets.size() + seen.test.size(), whole.train.triplets.size());
  EXPECT_GT(seen.test.size(), 0);
  Split changed = whole;
  std::ranges::reverse(changed.test.items);
  const Split again = validation_split(changed, how);
  EXPECT_EQ(again.test.items, seen.test.items) << "the test part is not looked at";

  Split joined = whole;
  joined.train.triplets = seen.train.triplets;
  joined.valid = seen.test;
  EXPECT_EQ(with_validation(joined).train.triplets.size(), whole.train.triplets.size());
  EXPECT_EQ(all_of(joined).triplets.size(), data.triplets.size());
}

TEST(ValidationSplit, IsTheOneGiven) {
  Split whole = split(random_interactions(60, 30, 1), {.method = SplitMethod::random});
  whole.valid = {.users = {0, 1}, .items = {2, 3}, .values = {1, 1}};
  const Split seen = validation_split(whole, {});
  EXPECT_EQ(seen.test.items, whole.valid.items);
  EXPECT_EQ(seen.train.triplets.size(), whole.train.triplets.size());
}

}  // namespace
}  // namespace alsace
