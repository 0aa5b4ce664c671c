// evaluate() against a slow, independent reading of docs/evaluation.md: full sorts, sets, loops
// over all pairs.

#include "alsace/evaluate.h"

#include "evaluate/evaluate_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using Items = std::set<Index>;

struct RandomCase {
  Split split;
  std::vector<std::vector<float>> scores;
  bool hide_low = false;
};

/// A few users and items, scores with many ties and some -infinity, every kind of entry.
RandomCase random_case(std::uint32_t seed) {
  std::mt19937 random(seed);
  RandomCase result;
  const auto users = static_cast<Index>(1 + random() % 40);
  const auto items = static_cast<Index>(1 + random() % 25);
  Triplets train;
  for (Index user = 0; user < users; ++user) {
    std::vector<float> scores;
    for (Index item = 0; item < items; ++item) {
      scores.push_back(random() % 9 == 0 ? -std::numeric_limits<float>::infinity()
                                         : static_cast<float>(random() % 6));
      Triplets* const parts[] = {&train,
                                 &result.split.test,
                                 &result.split.valid,
                                 &result.split.fold_in,
                                 &result.split.train.low,
                                 nullptr,
                                 nullptr};
      Triplets* part = parts[random() % 7];
      if (user == 0 && item == 0) {
        part = &train;
      }
      if (part != nullptr) {
        part->users.push_back(user);
        part->items.push_back(item);
      }
    }
    result.scores.push_back(std::move(scores));
  }
  Triplets low = std::move(result.split.train.low);
  result.split.train = with_ids(std::move(train), users, items);
  result.split.train.low = std::move(low);
  result.split.test.users.push_back(0);  // Somebody to test, on an item that may be hidden.
  result.split.test.items.push_back(static_cast<Index>(random()) % items);
  if (result.split.test.items.back() < 0) {
    result.split.test.items.back() = 0;
  }
  result.hide_low = random() % 2 == 0;
  return result;
}

std::map<Index, Items> by_user(const Triplets& triplets) {
  std::map<Index, Items> result;
  for (const auto& [user, item] : pairs_of(triplets)) {
    result[user].insert(item);
  }
  return result;
}

class Oracle {
 public:
  explicit Oracle(const RandomCase& given) : case_(given) {
    train_ = by_user(given.split.train.triplets);
    fold_in_ = by_user(given.split.fold_in);
    low_ = by_user(given.split.train.low);
    test_ = by_user(given.split.test);
    for (const auto& [user, item] : pairs_of(given.split.train.triplets)) {
      ++count_[item];
    }
  }

  [[nodiscard]] std::vector<Index> users() {
    std::vector<Index> result;
    for (const auto& [user, items] : test_) {
      if (!train_[user].empty() || !fold_in_[user].empty()) {
        result.push_back(user);
      }
    }
    return result;
  }

  /// Everything that is not hidden, best first; -infinity is left out.
  std::vector<Index> ranking(Index user, bool with_unlisted = false) {
    std::vector<Index> items;
    for (Index item = 0; item < case_.split.train.item_ids.size(); ++item) {
      const bool hidden = train_[user].contains(item) || fold_in_[user].contains(item) ||
                          (case_.hide_low && low_[user].contains(item));
      if (!hidden && (with_unlisted || std::isfinite(score(user, item)))) {
        items.push_back(item);
      }
    }
    std::ranges::stable_sort(
        items, std::greater<>(), [&](Index item) { return score(user, item); });
    return items;
  }

  std::vector<Index> list(Index user, std::size_t k) {
    auto items = ranking(user);
    items.resize(std::min(items.size(), k));
    return items;
  }

  double value(const std::string& name, std::size_t k, Index user) {
    const Items& test = test_[user];
    const auto listed = list(user, k);
    double hits = 0;
    double gain = 0;
    double precisions = 0;
    double first = 0;
    for (std::size_t place = 0; place < listed.size(); ++place) {
      if (test.contains(listed[place]) && count_[listed[place]] > 0) {
        hits += 1;
        gain += 1 / std::log2(static_cast<double>(place) + 2);
        precisions += hits / static_cast<double>(place + 1);
        first = first == 0 ? 1 / static_cast<double>(place + 1) : first;
      }
    }
    const auto capped = std::min(k, test.size());
    double ideal = 0;
    for (std::size_t place = 0; place < capped; ++place) {
      ideal += 1 / std::log2(static_cast<double>(place) + 2);
    }
    const std::map<std::string, double> values = {
        {"recall", hits / static_cast<double>(test.size())},
        {"recall_capped", hits / static_cast<double>(capped)},
        {"precision", hits / static_cast<double>(k)},
        {"ndcg", gain / ideal},
        {"map", precisions / static_cast<double>(capped)},
        {"mrr", first},
        {"hit_rate", hits > 0 ? 1.0 : 0.0},
        {"novelty", novelty(listed)}};
    return values.at(name);
  }

  double auc(Index user) {
    double won = 0;
    double others = 0;
    for (const Index other : ranking(user, true)) {
      if (test_[user].contains(other)) {
        continue;
      }
      others += 1;
      for (const Index item : ranking(user, true)) {
        if (test_[user].contains(item) && count_[item] > 0) {
          const float difference = score(user, item) - score(user, other);
          const bool same = score(user, item) == score(user, other);
          won += same ? 0.5 : (difference > 0 ? 1.0 : 0.0);
        }
      }
    }
    return others == 0 ? 0.5 : won / others / static_cast<double>(test_[user].size());
  }

  double coverage(std::size_t k) {
    Items all;
    for (const Index user : users()) {
      const auto listed = list(user, k);
      all.insert(listed.begin(), listed.end());
    }
    return static_cast<double>(all.size()) / static_cast<double>(case_.split.train.item_ids.size());
  }

  double personalization(std::size_t k) {
    const auto tested = users();
    double sum = 0;
    double pairs = 0;
    for (std::size_t a = 0; a < tested.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        double common = 0;
        const auto other = list(tested[b], k);
        for (const Index item : list(tested[a], k)) {
          common += static_cast<double>(std::ranges::count(other, item));
        }
        sum += 1 - common / static_cast<double>(k);
        pairs += 1;
      }
    }
    return pairs == 0 ? 0.0 : sum / pairs;
  }

 private:
  [[nodiscard]] float score(Index user, Index item) const {
    return case_.scores[static_cast<std::size_t>(user)][static_cast<std::size_t>(item)];
  }

  double novelty(const std::vector<Index>& listed) {
    double users = 0;
    for (const auto& [user, items] : train_) {
      users += items.empty() ? 0.0 : 1.0;
    }
    double sum = 0;
    for (const Index item : listed) {
      sum += std::log2(users / std::max(1.0, count_[item]));
    }
    return listed.empty() ? 0.0 : sum / static_cast<double>(listed.size());
  }

  const RandomCase& case_;
  std::map<Index, Items> train_, fold_in_, low_, test_;
  std::map<Index, double> count_;
};

void expect_same(const RandomCase& given,
                 const std::vector<Metric>& metrics,
                 const Evaluation& result) {
  Oracle oracle(given);
  const auto users = oracle.users();
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const auto k = static_cast<std::size_t>(metrics[m].k);
    double expected = 0;
    if (metrics[m].name == "coverage") {
      expected = oracle.coverage(k);
    } else if (metrics[m].name == "personalization") {
      expected = oracle.personalization(k);
    } else {
      RC_ASSERT(result.by_user[m].size() == users.size());
      for (std::size_t place = 0; place < users.size(); ++place) {
        const double value = metrics[m].name == "auc"
                                 ? oracle.auc(users[place])
                                 : oracle.value(metrics[m].name, k, users[place]);
        RC_ASSERT(std::abs(value - result.by_user[m][place]) < 1e-12);
        expected += value / static_cast<double>(users.size());
      }
    }
    RC_ASSERT(std::abs(expected - result.values[m].mean) < 1e-12);
  }
}

std::vector<Metric> every_ranking_metric() {
  std::string text = "auc";
  for (const std::string name : {"recall",
                                 "recall_capped",
                                 "precision",
                                 "ndcg",
                                 "map",
                                 "mrr",
                                 "hit_rate",
                                 "novelty",
                                 "coverage",
                                 "personalization"}) {
    for (const std::string k : {"1", "3", "10", "100"}) {
      text += "," + name + "@" + k;
    }
  }
  return parse_metrics(text);
}

RC_GTEST_PROP(Evaluate, AgreesWithTheDefinitions, (std::uint32_t seed)) {
  const RandomCase given = random_case(seed);
  const auto metrics = every_ranking_metric();
  const Evaluation result = evaluate(
      table_scorer(given.scores), given.split, {.metrics = metrics, .hide_low = given.hide_low});
  expect_same(given, metrics, result);
}

RC_GTEST_PROP(Evaluate, CountsTheUsersItTests, (std::uint32_t seed)) {
  const RandomCase given = random_case(seed);
  Oracle oracle(given);
  const SplitFacts found = facts(given.split);
  RC_ASSERT(static_cast<std::size_t>(found.test_users) == oracle.users().size());
  RC_ASSERT(static_cast<std::size_t>(found.test_users + found.users_left_out) ==
            by_user(given.split.test).size());
}

RC_GTEST_PROP(Evaluate, IsTheSameForAnyNumberOfThreads, (std::uint32_t seed)) {
  const RandomCase given = random_case(seed);
  auto metrics = every_ranking_metric();
  Scorer scorer = table_scorer(given.scores);
  scorer.predict = [](Index user, Index item) { return 0.1 * user - 0.3 * item; };
  metrics.push_back({"rmse", 0});
  metrics.push_back({"mae", 0});
  const Evaluation one = evaluate(scorer, given.split, {.metrics = metrics, .threads = 1});
  for (const int threads : {2, 3, 8}) {
    const Evaluation other =
        evaluate(scorer, given.split, {.metrics = metrics, .threads = threads});
    RC_ASSERT(one.by_user == other.by_user);
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      RC_ASSERT(one.values[m].mean == other.values[m].mean);
      RC_ASSERT(one.values[m].low == other.values[m].low);
      RC_ASSERT(one.values[m].high == other.values[m].high);
    }
  }
}

RC_GTEST_PROP(Evaluate, IsTheSameWhenUsersAreScoredTogether, (std::uint32_t seed)) {
  const RandomCase given = random_case(seed);
  const auto metrics = every_ranking_metric();
  Scorer scorer = table_scorer(given.scores);
  const Evaluation alone = evaluate(scorer, given.split, {.metrics = metrics});
  scorer.scores_many = [&](std::span<const Index> users, std::span<float> scores) {
    const std::size_t items = scores.size() / users.size();
    for (std::size_t place = 0; place < users.size(); ++place) {
      std::ranges::copy(given.scores[static_cast<std::size_t>(users[place])],
                        scores.data() + place * items);
    }
  };
  scorer.scores = [](Index, std::span<float>) { RC_FAIL("scored alone"); };
  for (const int threads : {1, 2}) {
    const Evaluation together =
        evaluate(scorer, given.split, {.metrics = metrics, .threads = threads});
    RC_ASSERT(together.by_user == alone.by_user);
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      RC_ASSERT(together.values[m].mean == alone.values[m].mean);
    }
  }
}

RC_GTEST_PROP(Evaluate, DoesNotDependOnTheOrderOfUsers, (std::uint32_t seed)) {
  const RandomCase given = random_case(seed);
  const auto users = static_cast<Index>(given.scores.size());
  RandomCase turned = given;
  std::ranges::reverse(turned.scores);
  for (Triplets* part : {&turned.split.train.triplets,
                         &turned.split.test,
                         &turned.split.fold_in,
                         &turned.split.train.low}) {
    for (Index& user : part->users) {
      user = users - 1 - user;
    }
  }
  const auto metrics = every_ranking_metric();
  const Evaluation a = evaluate(table_scorer(given.scores), given.split, {.metrics = metrics});
  const Evaluation b = evaluate(table_scorer(turned.scores), turned.split, {.metrics = metrics});
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    RC_ASSERT(std::abs(a.values[m].mean - b.values[m].mean) < 1e-12);
  }
}

RC_GTEST_PROP(Evaluate, NeverLosesRecallByLongerLists, (std::uint32_t seed)) {
  const RandomCase given = random_case(seed);
  std::vector<Metric> metrics;
  for (int k = 1; k < 30; ++k) {
    metrics.push_back({"recall", k});
  }
  const Evaluation result = evaluate(table_scorer(given.scores), given.split, {.metrics = metrics});
  for (std::size_t m = 1; m < metrics.size(); ++m) {
    RC_ASSERT(result.values[m].mean >= result.values[m - 1].mean);
  }
}

}  // namespace
}  // namespace alsace
