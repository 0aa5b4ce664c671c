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
  /// What `sampled_` metrics rank a user's test items among. Only users and items.
  Triplets candidates = {};
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

/// One metric: a name of docs/evaluation.md and its cut-off ("recall@10", "auc", "rmse",
/// "sampled_hit_rate@10").
struct Metric {
  std::string name = {};  ///< Without the cut-off: "recall".
  int k = 0;              ///< 0 where the metric has none.

  [[nodiscard]] std::string to_string() const;
  bool operator==(const Metric&) const = default;
};

/// Whether it ranks a user's test items among Split::candidates, not the catalogue.
bool is_sampled(const Metric& metric);

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
};

/// The user's own model; rows of split.fold_in are folded in.
Scorer als_scorer(Model model, const Split& split);
/// The same of a model that others use too.
Scorer als_scorer(std::shared_ptr<const Model> model, const Split& split);
/// Number of training interactions.
Scorer popularity_scorer(const Split& split);
/// A seeded order of its own for every user.
Scorer random_scorer(std::uint64_t seed);

/// What an item-based nearest-neighbour model compares.
enum class NeighborWeights {
  cosine,  ///< The values.
  bm25     ///< The values weighted by BM25 (Robertson and Zaragoza 2009), items as documents and
           ///< users as their terms: k1 = 1.2, b = 0.75.
};
struct NeighborOptions {
  NeighborWeights weights = NeighborWeights::cosine;
  int neighbors = 100;  ///< Kept of each item, >= 1; of equally similar ones those of lower rows.
  int threads = 0;      ///< 0: all. Never changes the result.
};
/// "knn_cosine" or "knn_bm25": sum over the items of a user's history (in training and fold_in) of
/// weight times cosine similarity, where the item scored is among that item's `neighbors` most
/// similar ones (Deshpande and Karypis 2004). Items without a training interaction are never
/// listed. O(sum over users of interactions^2), items * neighbors * 8 bytes.
/// @throws Error invalid_argument, also for a value below 0 under bm25.
Scorer neighbor_scorer(const Split& split, const NeighborOptions& options = {});

struct EaseOptions {
  double regularization = 500;  ///< Of the squared item weights, above 0.
  int threads = 0;              ///< 0: all. Never changes the result.
};
/// "ease" (Steck 2019): item weights B that minimize |X - X B|^2 + regularization |B|^2 with a
/// zero diagonal: B = I - P diag(1 / diag P), P = (X'X + regularization I)^-1. A user's scores are
/// x B, x their values in training and fold_in. Items without a training interaction are never
/// listed. O(items^3), items^2 * 12 bytes while it is made, then a third of that.
/// @throws Error invalid_argument, also for more than 20,000 items, or more than there is memory
///         for: before any work.
Scorer ease_scorer(const Split& split, const EaseOptions& options = {});

/// Explicit baselines: the mean of all training values; the mean plus the item's mean deviation.
Scorer mean_scorer(const Split& split);
Scorer item_mean_scorer(const Split& split);
/// Lists made elsewhere: users, items, and values (scores; without them the order counts).
Scorer list_scorer(std::string name, const Triplets& lists);

struct EvaluateOptions {
  std::vector<Metric> metrics =
      {};                 ///< Empty: rmse, mae of a scorer that predicts, else recall@10, ndcg@10.
  bool hide_low = false;  ///< Also hide low pairs from ranking.
  bool by_group = false;  ///< Also for cold, medium and heavy users apart.
  int threads = 0;        ///< 0: all. Never changes the result.
  std::uint64_t seed = 42;  ///< Of the bootstrap of rmse.
};

/// Test users of like activity: interactions in training and fold_in.
struct UserGroup {
  std::string name = {};                       ///< cold, medium or heavy.
  std::int64_t from = 0;                       ///< Fewest interactions of a test user in it,
  std::int64_t to = 0;                         ///< and most.
  std::vector<std::size_t> test_places = {};   ///< In Evaluation::test_users. Rising.
  std::vector<std::size_t> rated_places = {};  ///< In Evaluation::rated_users. Rising.
};

struct Evaluation {
  std::string name = {};
  std::vector<Metric> metrics = {};
  std::vector<MetricValue> values = {};           ///< One per metric.
  std::vector<std::vector<double>> by_user = {};  ///< [metric][test user], for rmse and mae
                                                  ///< [user with a test entry]; or empty.
  std::vector<Index> test_users =
      {};  ///< Their rows: with a test item and something to learn from.
  std::vector<Index> rated_users = {};     ///< Those with a test entry.
  std::vector<double> rated_entries = {};  ///< Test entries of each rated user.
  std::vector<UserGroup> groups = {};      ///< With by_group only, those that are not empty.
  std::vector<std::vector<MetricValue>> by_group = {};  ///< [group][metric]
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

/// Ranks the catalogue less what the user has in training (and in fold_in) for every test user; for
/// `sampled_` metrics the user's test items and candidates, with nothing hidden.
/// Ties go to the lower item row. The same for any number of threads.
/// docs/evaluation.md has every formula.
/// @throws Error invalid_argument, invalid_data when there is nobody to test, or a test user has no
///         candidates where `sampled_` metrics need them.
Evaluation evaluate(const Scorer& scorer, const Split& split, const EvaluateOptions& options = {});

struct CompareOptions {
  std::uint64_t seed = 42;  ///< Of the bootstrap.
  int threads = 0;          ///< 0: all. Never changes the result.
};

/// How much better or worse than a reference: mean difference and 95 % interval of each metric. No
/// interval where a metric is a property of all lists together, or there is only one user.
struct Comparison {
  std::string name = {};
  std::string reference = {};
  std::vector<MetricValue> differences = {};            ///< One per metric.
  std::vector<std::vector<MetricValue>> by_group = {};  ///< [group][metric]
};

/// Each evaluation less the reference, in their order, the reference left out. Intervals are from a
/// paired bootstrap: 2000 seeded resamples of the users, the same for all evaluations, from the
/// 2.5 % to the 97.5 % point of the differences. O(2000 * users * evaluations * metrics).
/// @throws Error invalid_argument when they are not of the same metrics and users, or `reference`
///         is not one of them.
std::vector<Comparison> compare(std::span<const Evaluation> evaluations,
                                std::size_t reference = 0,
                                const CompareOptions& options = {});

/// Whether an interval is there and leaves out 0.
bool excludes_zero(const MetricValue& value);

}  // namespace alsace
