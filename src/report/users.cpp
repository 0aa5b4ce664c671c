#include "base/random.h"
#include "base/thread_pool.h"
#include "report/parts.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <unordered_set>
#include <utility>

namespace alsace {
namespace {

constexpr std::size_t most_history = 500;
constexpr std::size_t most_contributions = 10;
constexpr std::size_t most_compared = 1000;  ///< Users whose lists are compared.

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

/// `count` of the users with a training interaction: one, drawn, of each of as many strata of equal
/// size of the users by activity.
std::vector<Index> by_activity(const Model& model, std::size_t count, std::uint64_t seed) {
  std::vector<Index> users;
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    if (model.user_counts[at(user)] > 0) {
      users.push_back(user);
    }
  }
  std::ranges::sort(users, [&](Index a, Index b) {
    return std::pair(model.user_counts[at(a)], a) < std::pair(model.user_counts[at(b)], b);
  });
  count = std::min(count, users.size());
  std::vector<Index> chosen;
  RandomStream random(seed, 0x7265706f7274);
  for (std::size_t stratum = 0; stratum < count; ++stratum) {
    const std::size_t begin = stratum * users.size() / count;
    const std::size_t end = (stratum + 1) * users.size() / count;
    chosen.push_back(users[begin + random.below(end - begin)]);
  }
  return chosen;
}

Json contributions_json(const Explanation& explanation,
                        const ReportItems& items,
                        std::set<Index>& named) {
  Json out = Json::array();
  const auto& parts = explanation.contributions;
  for (std::size_t i = 0; i < std::min(parts.size(), most_contributions); ++i) {
    named.insert(parts[i].row);
    out.push_back(Json::array({items.places[at(parts[i].row)], float_json(parts[i].score)}));
  }
  return out;
}

double rest_of(const Explanation& explanation) {
  const auto& parts = explanation.contributions;
  double rest = 0;
  for (std::size_t i = most_contributions; i < parts.size(); ++i) {
    rest += static_cast<double>(parts[i].score);
  }
  return rest;
}

/// [[item, value]] of the user's training interactions, those in `named` first.
Json history_json(const Model& model,
                  Index user,
                  const ReportItems& items,
                  const std::set<Index>& named) {
  Json first = Json::array();
  Json others = Json::array();
  std::int64_t entry = model.interactions.offsets[at(user)];
  for (const Index item : model.interactions.row(user)) {
    Json pair =
        Json::array({items.places[at(item)], float_json(model.interactions.value(entry++))});
    if (items.places[at(item)] >= 0) {
      (named.contains(item) ? first : others).push_back(std::move(pair));
    }
  }
  for (std::size_t i = 0; i < others.size() && first.size() < most_history; ++i) {
    first.push_back(std::move(others[i]));
  }
  return first;
}

Json user_json(const Recommender& recommender, Index user, const ReportItems& items, int top_k) {
  const Model& model = recommender.model();
  const std::vector<Scored> list = recommender.recommend(user, {.top_k = top_k});
  std::vector<Index> listed;
  std::ranges::transform(list, std::back_inserter(listed), &Scored::row);
  std::set<Index> named;
  Json recommendations = Json::array();
  if (!list.empty()) {
    const std::vector<Explanation> explanations = recommender.explain(user, listed);
    for (std::size_t i = 0; i < list.size(); ++i) {
      recommendations.push_back(
          {{"item", items.places[at(list[i].row)]},
           {"score", float_json(list[i].score)},
           {"mean", explanations[i].mean},
           {"item_bias", explanations[i].item_bias},
           {"user_bias", explanations[i].user_bias},
           {"contributions", contributions_json(explanations[i], items, named)},
           {"rest", rest_of(explanations[i])}});
    }
  }
  return {{"id", std::string(model.user_ids[user])},
          {"count", model.user_counts[at(user)]},
          {"history", history_json(model, user, items, named)},
          {"recommendations", std::move(recommendations)}};
}

std::size_t common(std::span<const Index> a, std::span<const Index> b) {
  std::size_t count = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    count += a[i] == b[j] ? 1 : 0;
    const bool next_a = a[i] <= b[j];
    const bool next_b = b[j] <= a[i];
    i += next_a ? 1 : 0;
    j += next_b ? 1 : 0;
  }
  return count;
}

}  // namespace

std::vector<Index> chosen_users(const Model& model, const ReportOptions& options) {
  std::vector<Index> users;
  std::unordered_set<Index> known;
  const auto add = [&](std::span<const Index> more) {
    for (const Index user : more) {
      if (known.insert(user).second) {
        users.push_back(user);
      }
    }
  };
  add(options.named_users);
  add(by_activity(model, static_cast<std::size_t>(options.users), options.seed));
  return users;
}

Json users_json(const Recommender& recommender,
                const ReportItems& items,
                const ReportOptions& options) {
  Json out = Json::array();
  if (!recommender.model().has_interactions()) {
    return out;
  }
  const std::vector<Index> users = chosen_users(recommender.model(), options);
  std::vector<Json> parts(users.size());
  ThreadPool pool(options.threads);
  pool.run(users.size(), [&](std::size_t place, int) {
    parts[place] = user_json(recommender, users[place], items, options.top_k);
  });
  for (Json& part : parts) {
    out.push_back(std::move(part));
  }
  return out;
}

Json personalization_json(const Recommender& recommender, const ReportOptions& options) {
  const auto k = static_cast<std::size_t>(options.top_k);
  std::vector<double> pairs(k + 1, 0.0);
  std::vector<std::vector<Index>> lists;
  if (recommender.model().has_interactions()) {
    const std::vector<Index> users =
        by_activity(recommender.model(), most_compared, options.seed + 1);
    recommender.recommend_many(users,
                               {.top_k = options.top_k},
                               options.threads,
                               [&](std::size_t, std::vector<Scored>&& list) {
                                 auto& items = lists.emplace_back();
                                 std::ranges::transform(
                                     list, std::back_inserter(items), &Scored::row);
                                 std::ranges::sort(items);
                                 return true;
                               });
  }
  for (std::size_t a = 0; a < lists.size(); ++a) {
    for (std::size_t b = a + 1; b < lists.size(); ++b) {
      pairs[common(lists[a], lists[b])] += 1;
    }
  }
  const double all = std::accumulate(pairs.begin(), pairs.end(), 0.0);
  double shared = 0;
  for (std::size_t i = 0; i <= k; ++i) {
    pairs[i] = all > 0 ? pairs[i] / all : 0.0;
    shared += pairs[i] * static_cast<double>(i);
  }
  return {{"k", k},
          {"users", lists.size()},
          {"mean", all > 0 ? Json(1 - shared / static_cast<double>(k)) : Json()},
          {"histogram", pairs}};
}

}  // namespace alsace
