#pragma once

#include "alsace/interactions.h"
#include "alsace/model.h"
#include "alsace/options.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// Training, validation and test entries over one set of ids. The catalogue is train.item_ids.
struct Split {
  Interactions train = {};
  Triplets valid = {};  ///< Neither trained on nor hidden from ranking when testing.
  Triplets test = {};
  Triplets fold_in = {};  ///< new_users: the shown part of the held-out users' histories.
};

/// How entries are held out.
enum class SplitMethod {
  leave_last_one,  ///< Per user in time order: the last entry is the test. Users with fewer than 2
                   ///< entries are trained on, not tested.
  leave_last_two,  ///< The last is the test, the last but one validation; fewer than 3: not tested.
  random,    ///< Per user, test_fraction of the entries at random, at least one left to train.
  temporal,  ///< All entries after the time before which 1 - test_fraction of them lie.
  new_users  ///< test_fraction of the users held out whole; 80 % of their history is folded
             ///< in, the rest is the test.
};

struct SplitOptions {
  SplitMethod method = SplitMethod::leave_last_two;
  double test_fraction = 0.2;  ///< In (0, 1).
  std::uint64_t seed = 42;
};

/// Splits prepared interactions; ids and catalogue stay. Ties in time go by order of entries.
/// @throws Error invalid_argument when the method needs times that are not there.
Split split(Interactions interactions, const SplitOptions& options);

/// One metric: a name of docs/evaluation.md and its cut-off ("recall@10", "auc", "rmse").
struct Metric {
  std::string name = {};  ///< Without the cut-off: "recall".
  int k = 0;              ///< 0 where the metric has none.

  [[nodiscard]] std::string to_string() const;
  bool operator==(const Metric&) const = default;
};

/// "recall@10,ndcg@10" to metrics; a repeated one counts once.
/// @throws Error invalid_argument that lists the metrics there are.
std::vector<Metric> parse_metrics(std::string_view text);

/// A mean over users with its 95 % interval; low and high are absent where a metric is a property
/// of all lists together, or there is only one user. The mean is NaN where the scorer has no
/// scores, or no predict, to measure.
struct MetricValue {
  double mean = 0;
  std::optional<double> low = {};
  std::optional<double> high = {};
};

/// Something that ranks: anything that can score every item for a user.
struct Scorer {
  std::string name = {};
  /// Fills scores[items] for a user; higher is better, -infinity is never listed. Called from
  /// several threads at once.
  std::function<void(Index user, std::span<float> scores)> scores = {};
  /// Predicted value of a pair, for rmse and mae; empty where it has none.
  std::function<double(Index user, Index item)> predict = {};
  /// scores() of several users at once, [users x items], the same bits; empty where that is no
  /// faster than one by one.
  std::function<void(std::span<const Index> users, std::span<float> scores)> scores_many = {};
};

/// The user's own model; rows of split.fold_in are folded in.
Scorer als_scorer(Model model, const Split& split);
/// The same of a model that others use too.
Scorer als_scorer(std::shared_ptr<const Model> model, const Split& split);
/// Number of training interactions.
Scorer popularity_scorer(const Split& split);
/// A seeded order of its own for every user.
Scorer random_scorer(std::uint64_t seed);
/// Explicit baselines: the mean of all training values; the mean plus the item's mean deviation.
Scorer mean_scorer(const Split& split);
Scorer item_mean_scorer(const Split& split);
/// Lists made elsewhere: users, items, and values (scores; without them the order counts).
Scorer list_scorer(std::string name, const Triplets& lists);

struct EvaluateOptions {
  std::vector<Metric> metrics =
      {};                 ///< Empty: rmse, mae of a scorer that predicts, else recall@10, ndcg@10.
  bool hide_low = false;  ///< Also hide low pairs from ranking.
  int threads = 0;        ///< 0: all. Never changes the result.
  std::uint64_t seed = 42;  ///< Of the bootstrap of rmse.
};

struct Evaluation {
  std::string name = {};
  std::vector<MetricValue> values = {};           ///< One per metric.
  std::vector<std::vector<double>> by_user = {};  ///< [metric][test user], for rmse and mae
                                                  ///< [user with a test entry]; or empty.
  std::vector<Index> test_users =
      {};  ///< Their rows: with a test item and something to learn from.
  std::vector<Index> rated_users = {};  ///< Those with a test entry.
};

/// Facts of a split that stand beside every table.
struct SplitFacts {
  Index users = 0;
  Index items = 0;
  std::int64_t train_interactions = 0;
  std::int64_t test_interactions = 0;
  Index test_users = 0;      ///< Users with a test item and a training (or folded-in) interaction.
  Index users_left_out = 0;  ///< With a test item, but nothing to learn from.
  std::int64_t untrained_test_items = 0;  ///< Test entries whose item was never trained: misses.
};
SplitFacts facts(const Split& split);

/// Ranks the catalogue less what the user has in training (and in fold_in) for every test user.
/// Ties go to the lower item row. The same for any number of threads.
/// docs/evaluation.md has every formula.
Evaluation evaluate(const Scorer& scorer, const Split& split, const EvaluateOptions& options = {});

}  // namespace alsace
