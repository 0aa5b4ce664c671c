#include "alsace/evaluate.h"

#include "alsace/error.h"

#include "base/thread_pool.h"
#include "base/threads.h"
#include "evaluate/errors.h"
#include "evaluate/groups.h"
#include "evaluate/intervals.h"
#include "evaluate/metrics.h"
#include "evaluate/ranking.h"
#include "evaluate/test_set.h"
#include "evaluate/user_value.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
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
  std::vector<MetricPlan> each;  ///< [metrics]
  RankingOptions ranking;
  bool ranks = false;
  bool predicts = false;

  [[nodiscard]] MetricKind kind(std::size_t metric) const { return each[metric].kind; }
  [[nodiscard]] bool can(const Scorer& scorer, std::size_t metric) const {
    return is_error(kind(metric)) ? bool(scorer.predict) : bool(scorer.scores);
  }
};

Plan plan_for(const Scorer& scorer, const EvaluateOptions& options) {
  Plan plan{.metrics = options.metrics, .each = {}, .ranking = {}};
  if (plan.metrics.empty()) {
    plan.metrics = parse_metrics(scorer.predict ? "rmse,mae" : "recall@10,ndcg@10");
  }
  for (const Metric& metric : plan.metrics) {
    const MetricPlan& one = plan.each.emplace_back(
        MetricPlan{.kind = kind_of(metric), .k = metric.k, .sampled = is_sampled(metric)});
    plan.ranking.sampled = plan.ranking.sampled || one.sampled;
    if (!plan.can(scorer, plan.each.size() - 1)) {
      continue;
    }
    plan.ranks = plan.ranks || !is_error(one.kind);
    plan.predicts = plan.predicts || is_error(one.kind);
    if (!one.sampled) {
      plan.ranking.longest = std::max(plan.ranking.longest, one.k);
      plan.ranking.auc = plan.ranking.auc || one.kind == MetricKind::auc;
    }
  }
  return plan;
}

/// In how many lists each item is, [metrics][items]; empty for those that are not of all lists.
using Listed = std::vector<std::vector<std::int64_t>>;

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
      if (plan.can(scorer, metric) && !is_of_all_lists(plan.kind(metric))) {
        by_user_[metric].resize(is_error(plan.kind(metric)) ? set.rated_users.size()
                                                            : set.test_users.size());
      }
    }
  }

  /// Also for some groups of users apart.
  void measure(std::vector<UserGroup> groups) {
    groups_ = std::move(groups);
    group_of_.assign(set_.test_users.size(), 0);
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      for (const std::size_t place : groups_[group].test_places) {
        group_of_[place] = group;
      }
    }
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
    result.metrics = plan_.metrics;
    UserGroup everyone{.test_places = std::vector<std::size_t>(set_.test_users.size()),
                       .rated_places = std::vector<std::size_t>(set_.rated_users.size())};
    std::iota(everyone.test_places.begin(), everyone.test_places.end(), std::size_t{0});
    std::iota(everyone.rated_places.begin(), everyone.rated_places.end(), std::size_t{0});
    std::vector<Listed> by_group;
    for (std::size_t group = 0; group < std::max<std::size_t>(groups_.size(), 1); ++group) {
      by_group.push_back(listed(group));
    }
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      result.by_group.push_back(values(groups_[group], by_group[group], seed));
    }
    for (std::size_t group = 1; group < by_group.size(); ++group) {
      add(by_group[group], by_group.front());
    }
    result.values = values(everyone, by_group.front(), seed);
    result.groups = std::move(groups_);
    result.by_user = std::move(by_user_);
    result.test_users = set_.test_users;
    result.rated_users = set_.rated_users;
    std::ranges::transform(
        set_.rated_users, std::back_inserter(result.rated_entries), [this](Index user) {
          return static_cast<double>(set_.test.row(user).size());
        });
    return result;
  }

 private:
  struct Worker {
    std::unique_ptr<Ranking> ranking;  ///< Made by the worker itself, when it gets a user.
    std::vector<Listed> listed;        ///< [groups]
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
      const MetricPlan& plan = plan_.each[metric];
      if (!plan_.can(scorer_, metric) || is_error(plan.kind)) {
        continue;
      }
      if (is_of_all_lists(plan.kind)) {
        count_listed(worker.ranking->list(), plan.k, worker.listed[group_of_[place]][metric]);
      } else {
        by_user_[metric][place] = user_value(plan, *worker.ranking, set_);
      }
    }
  }

  void predict_user(std::size_t place) {
    const Errors errors = errors_of(scorer_, set_, set_.rated_users[place]);
    errors_[place] = errors;
    for (std::size_t metric = 0; metric < plan_.metrics.size(); ++metric) {
      if (is_error(plan_.kind(metric)) && plan_.can(scorer_, metric)) {
        by_user_[metric][place] = errors.total(plan_.kind(metric)) / errors.entries;
      }
    }
  }

  void prepare(Worker& worker) const {
    if (worker.ranking) {
      return;
    }
    worker.ranking = std::make_unique<Ranking>(scorer_, set_, plan_.ranking);
    worker.listed.assign(std::max<std::size_t>(groups_.size(), 1), none_listed());
  }

  [[nodiscard]] Listed none_listed() const {
    Listed none(plan_.metrics.size());
    for (std::size_t metric = 0; metric < none.size(); ++metric) {
      none[metric].resize(is_of_all_lists(plan_.kind(metric)) ? at(set_.items) : 0);
    }
    return none;
  }

  static void count_listed(std::span<const Index> list, int k, std::vector<std::int64_t>& listed) {
    for (const Index item : list.first(std::min(list.size(), static_cast<std::size_t>(k)))) {
      ++listed[at(item)];
    }
  }

  static void add(const Listed& more, Listed& sum) {
    for (std::size_t metric = 0; metric < sum.size(); ++metric) {
      std::ranges::transform(sum[metric], more[metric], sum[metric].begin(), std::plus<>());
    }
  }

  /// Whole numbers, so that the order of workers does not matter.
  [[nodiscard]] Listed listed(std::size_t group) const {
    Listed sum = none_listed();
    for (const Worker& worker : workers_) {
      if (worker.ranking) {
        add(worker.listed[group], sum);
      }
    }
    return sum;
  }

  [[nodiscard]] std::vector<MetricValue> values(const UserGroup& users,
                                                const Listed& listed,
                                                std::uint64_t seed) const {
    std::vector<MetricValue> values;
    for (std::size_t metric = 0; metric < plan_.metrics.size(); ++metric) {
      const MetricPlan& plan = plan_.each[metric];
      MetricValue value{.mean = not_a_number, .low = {}, .high = {}};
      if (!plan_.can(scorer_, metric)) {
        // It stays that.
      } else if (plan.kind == MetricKind::coverage) {
        value.mean = coverage(listed[metric]);
      } else if (plan.kind == MetricKind::personalization) {
        value.mean = personalization(listed[metric], plan.k, users.test_places.size());
      } else if (is_error(plan.kind)) {
        value = error_value(plan.kind, errors_, users.rated_places, seed, pool_);
      } else {
        value = mean_value(at_places(by_user_[metric], users.test_places), limits_of(plan.kind));
      }
      values.push_back(value);
    }
    return values;
  }

  const Scorer& scorer_;
  const TestSet& set_;
  const Plan& plan_;
  ThreadPool& pool_;
  std::vector<UserGroup> groups_;
  std::vector<std::size_t> group_of_;         ///< [test users] 0 without groups.
  std::vector<std::vector<double>> by_user_;  ///< [metrics][test or rated users]
  std::vector<Errors> errors_;                ///< [rated users]
  std::vector<Worker> workers_;
};

/// Where some are needed every test user must have some: alone, test items would come first.
void check_candidates(const Split& split, const TestSet& set, const Plan& plan) {
  if (plan.ranking.sampled != (split.candidates.size() > 0)) {
    throw Error(ErrorCode::invalid_argument,
                plan.ranking.sampled
                    ? "evaluate: sampled_ metrics need candidates, what each test item is ranked "
                      "among. Give some, or leave out sampled_ to rank the whole catalogue."
                    : "evaluate: candidates are given, but no sampled_ metric asks for them. Ask "
                      "for one, for example sampled_ndcg@10, or give no candidates.");
  }
  const auto without = std::ranges::find_if(set.test_users, [&](Index user) {
    return plan.ranking.sampled && set.candidates.row(user).empty();
  });
  if (without != set.test_users.end()) {
    throw Error(ErrorCode::invalid_data,
                fmt::format("evaluate: user '{}' has test items but no candidates. Give candidates "
                            "for every test user.",
                            split.train.user_ids[*without]));
  }
}

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

Evaluation evaluate_on(const TestSet& set,
                       const Scorer& scorer,
                       const Split& split,
                       const EvaluateOptions& options) {
  const Plan plan = plan_for(scorer, options);
  check_tested(set, plan);
  check_candidates(split, set, plan);
  ThreadPool pool(threads_for(options, set));
  Measurement measurement(scorer, set, plan, pool);
  measurement.measure(options.by_group ? activity_groups(set) : std::vector<UserGroup>());
  return measurement.evaluation(options.seed);
}

Evaluation evaluate(const Scorer& scorer, const Split& split, const EvaluateOptions& options) {
  plan_for(scorer, options);  // Wrong options are refused before any work.
  return evaluate_on(test_set(split, options.hide_low), scorer, split, options);
}

}  // namespace alsace
