#include "alsace/evaluate.h"

#include "alsace/error.h"

#include "base/thread_pool.h"
#include "base/threads.h"
#include "evaluate/intervals.h"
#include "evaluate/metrics.h"
#include "evaluate/ranking.h"
#include "evaluate/test_set.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t block = 16;  // Users one task takes.

bool is_error(MetricKind kind) {
  return kind == MetricKind::rmse || kind == MetricKind::mae;
}

bool is_of_all_lists(MetricKind kind) {
  return kind == MetricKind::coverage || kind == MetricKind::personalization;
}

/// What was asked for, and what work that takes.
struct Plan {
  std::vector<Metric> metrics;
  std::vector<MetricKind> kinds;  ///< [metrics]
  int longest = 0;                ///< List.
  bool ranks = false;
  bool auc = false;
  bool predicts = false;

  [[nodiscard]] bool can(const Scorer& scorer, std::size_t metric) const {
    return is_error(kinds[metric]) ? bool(scorer.predict) : bool(scorer.scores);
  }
};

Plan plan_for(const Scorer& scorer, const EvaluateOptions& options) {
  Plan plan{.metrics = options.metrics, .kinds = {}};
  if (plan.metrics.empty()) {
    plan.metrics = parse_metrics(scorer.predict ? "rmse,mae" : "recall@10,ndcg@10");
  }
  for (std::size_t metric = 0; metric < plan.metrics.size(); ++metric) {
    const MetricKind kind = plan.kinds.emplace_back(kind_of(plan.metrics[metric]));
    if (plan.can(scorer, metric)) {
      plan.longest = std::max(plan.longest, plan.metrics[metric].k);
      plan.auc = plan.auc || kind == MetricKind::auc;
      plan.ranks = plan.ranks || !is_error(kind);
      plan.predicts = plan.predicts || is_error(kind);
    }
  }
  return plan;
}

/// Sums over one user's test entries.
struct Errors {
  double squared = 0;
  double absolute = 0;
  double entries = 0;
};

Errors errors_of(const Scorer& scorer, const TestSet& set, Index user) {
  Errors errors;
  for (std::int64_t entry = set.test.offsets[at(user)]; entry < set.test.offsets[at(user) + 1];
       ++entry) {
    const Index item = set.test.indices[static_cast<std::size_t>(entry)];
    const double error = scorer.predict(user, item) - static_cast<double>(set.test.value(entry));
    errors.squared += error * error;
    errors.absolute += std::abs(error);
    errors.entries += 1;
  }
  return errors;
}

double value_of(MetricKind kind, int k, const Ranking& ranking, const TestSet& set) {
  switch (kind) {
    case MetricKind::recall:
      return recall(ranking.hits(), k);
    case MetricKind::recall_capped:
      return recall_capped(ranking.hits(), k);
    case MetricKind::ndcg:
      return ndcg(ranking.hits(), k);
    case MetricKind::precision:
      return precision(ranking.hits(), k);
    case MetricKind::map:
      return average_precision(ranking.hits(), k);
    case MetricKind::mrr:
      return reciprocal_rank(ranking.hits(), k);
    case MetricKind::hit_rate:
      return hit_rate(ranking.hits(), k);
    case MetricKind::auc:
      return ranking.auc();
    case MetricKind::novelty: {
      const auto length = std::min(ranking.list().size(), static_cast<std::size_t>(k));
      return novelty(ranking.list().first(length), set.counts, set.training_users);
    }
    case MetricKind::coverage:
    case MetricKind::personalization:
    case MetricKind::rmse:
    case MetricKind::mae:
      break;
  }
  return not_a_number;
}

/// One scorer on one test set: every user is scored once for all metrics of lists, and every test
/// entry predicted once for rmse and mae.
class Measurement {
 public:
  Measurement(const Scorer& scorer, const TestSet& set, const Plan& plan, ThreadPool& pool)
      : scorer_(scorer),
        set_(set),
        plan_(plan),
        pool_(pool),
        by_user_(plan.metrics.size()),
        errors_(plan.predicts ? set.rated_users.size() : 0) {
    for (std::size_t metric = 0; metric < plan.metrics.size(); ++metric) {
      if (plan.can(scorer, metric) && !is_of_all_lists(plan.kinds[metric])) {
        by_user_[metric].resize(is_error(plan.kinds[metric]) ? set.rated_users.size()
                                                             : set.test_users.size());
      }
    }
  }

  void measure() {
    workers_.resize(static_cast<std::size_t>(pool_.workers()));
    if (plan_.ranks) {
      const std::span<const Index> users = set_.test_users;
      parallel_blocks(pool_,
                      users.size(),
                      users_together(scorer_, set_.items),
                      [&](std::size_t begin, std::size_t end, int number) {
                        Worker& worker = workers_[static_cast<std::size_t>(number)];
                        prepare(worker);
                        worker.ranking->score(users.subspan(begin, end - begin));
                        for (std::size_t place = begin; place < end; ++place) {
                          worker.ranking->rank(place - begin);
                          measure_ranking(place, worker);
                        }
                      });
    }
    if (plan_.predicts) {
      each(set_.rated_users.size(), [this](std::size_t place, Worker&) { predict_user(place); });
    }
  }

  Evaluation evaluation(std::uint64_t seed) {
    Evaluation result;
    result.name = scorer_.name;
    for (std::size_t metric = 0; metric < plan_.metrics.size(); ++metric) {
      result.values.push_back(plan_.can(scorer_, metric)
                                  ? summary(metric, seed)
                                  : MetricValue{.mean = not_a_number, .low = {}, .high = {}});
    }
    result.by_user = std::move(by_user_);
    result.test_users = set_.test_users;
    result.rated_users = set_.rated_users;
    return result;
  }

 private:
  struct Worker {
    std::unique_ptr<Ranking> ranking;  ///< Made by the worker itself, when it gets a user.
    /// [metrics][items] In how many lists each item is; for metrics of all lists.
    std::vector<std::vector<std::int64_t>> listed;
  };

  void each(std::size_t users, const std::function<void(std::size_t, Worker&)>& body) {
    parallel_blocks(pool_, users, block, [&](std::size_t begin, std::size_t end, int worker) {
      for (std::size_t place = begin; place < end; ++place) {
        body(place, workers_[static_cast<std::size_t>(worker)]);
      }
    });
  }

  void measure_ranking(std::size_t place, Worker& worker) {
    for (std::size_t metric = 0; metric < plan_.metrics.size(); ++metric) {
      const MetricKind kind = plan_.kinds[metric];
      if (!plan_.can(scorer_, metric) || is_error(kind)) {
        continue;
      }
      if (is_of_all_lists(kind)) {
        count_listed(metric, worker);
      } else {
        by_user_[metric][place] = value_of(kind, plan_.metrics[metric].k, *worker.ranking, set_);
      }
    }
  }

  void predict_user(std::size_t place) {
    const Errors errors = errors_of(scorer_, set_, set_.rated_users[place]);
    errors_[place] = errors;
    for (std::size_t metric = 0; metric < plan_.metrics.size(); ++metric) {
      const MetricKind kind = plan_.kinds[metric];
      if (is_error(kind) && plan_.can(scorer_, metric)) {
        by_user_[metric][place] =
            (kind == MetricKind::rmse ? errors.squared : errors.absolute) / errors.entries;
      }
    }
  }

  void prepare(Worker& worker) const {
    if (worker.ranking) {
      return;
    }
    worker.ranking = std::make_unique<Ranking>(scorer_, set_, plan_.longest, plan_.auc);
    worker.listed.resize(plan_.metrics.size());
    for (std::size_t metric = 0; metric < plan_.metrics.size(); ++metric) {
      worker.listed[metric].resize(is_of_all_lists(plan_.kinds[metric]) ? at(set_.items) : 0);
    }
  }

  void count_listed(std::size_t metric, Worker& worker) const {
    const auto k = static_cast<std::size_t>(plan_.metrics[metric].k);
    const auto list = worker.ranking->list();
    for (const Index item : list.first(std::min(list.size(), k))) {
      ++worker.listed[metric][at(item)];
    }
  }

  [[nodiscard]] MetricValue summary(std::size_t metric, std::uint64_t seed) const {
    switch (const MetricKind kind = plan_.kinds[metric]) {
      case MetricKind::coverage:
        return {.mean = coverage(listed(metric)), .low = {}, .high = {}};
      case MetricKind::personalization:
        return {.mean = personalization(
                    listed(metric), plan_.metrics[metric].k, set_.test_users.size()),
                .low = {},
                .high = {}};
      case MetricKind::rmse:
      case MetricKind::mae:
        return error_summary(kind, seed);
      default:
        return mean_value(by_user_[metric],
                          kind == MetricKind::novelty ? Bounds{} : Bounds{.low = 0, .high = 1});
    }
  }

  [[nodiscard]] MetricValue error_summary(MetricKind kind, std::uint64_t seed) const {
    std::vector<double> totals;
    std::vector<double> counts;
    for (const Errors& errors : errors_) {
      totals.push_back(kind == MetricKind::rmse ? errors.squared : errors.absolute);
      counts.push_back(errors.entries);
    }
    return kind == MetricKind::rmse ? root_mean_over_entries(totals, counts, seed, pool_)
                                    : mean_over_entries(totals, counts);
  }

  /// Whole numbers, so that the order of workers does not matter.
  [[nodiscard]] std::vector<std::int64_t> listed(std::size_t metric) const {
    std::vector<std::int64_t> sum(at(set_.items), 0);
    for (const Worker& worker : workers_) {
      if (worker.ranking) {
        std::ranges::transform(sum, worker.listed[metric], sum.begin(), std::plus<>());
      }
    }
    return sum;
  }

  const Scorer& scorer_;
  const TestSet& set_;
  const Plan& plan_;
  ThreadPool& pool_;
  std::vector<std::vector<double>> by_user_;  ///< [metrics][test or rated users]
  std::vector<Errors> errors_;                ///< [rated users]
  std::vector<Worker> workers_;
};

void check_tested(const TestSet& set, const Plan& plan) {
  if (!(plan.ranks ? set.test_users : set.rated_users).empty()) {
    return;
  }
  throw Error(ErrorCode::invalid_data,
              set.test.entries() == 0
                  ? std::string("evaluate: there are no test entries. Check that the split leaves "
                                "some: leave-last-two tests users with three entries or more.")
                  : fmt::format("evaluate: no user of the {} test entries has a training "
                                "interaction, so there is nobody to test. Check that the files "
                                "use the same user ids.",
                                set.test.entries()));
}

/// No more threads than there are tasks.
int threads_for(const EvaluateOptions& options, const TestSet& set) {
  if (options.threads < 0) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("evaluate: threads is {}, it must be 0 or more. 0 uses all.", options.threads));
  }
  const std::size_t tasks = (set.rated_users.size() + block - 1) / block;
  const int wanted = options.threads > 0 ? options.threads : available_threads();
  return static_cast<int>(std::min(static_cast<std::size_t>(wanted), tasks));
}

}  // namespace

Evaluation evaluate(const Scorer& scorer, const Split& split, const EvaluateOptions& options) {
  const Plan plan = plan_for(scorer, options);
  const TestSet set = test_set(split, options.hide_low);
  check_tested(set, plan);
  ThreadPool pool(threads_for(options, set));
  Measurement measurement(scorer, set, plan, pool);
  measurement.measure();
  return measurement.evaluation(options.seed);
}

}  // namespace alsace
