#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "base/random.h"
#include "evaluate/test_set.h"
#include "recommend/top_k.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

double mean_of(const Triplets& entries) {
  double sum = 0;
  for (std::int64_t entry = 0; entry < entries.size(); ++entry) {
    sum += static_cast<double>(entries.value(entry));
  }
  return entries.size() == 0 ? 0.0 : sum / static_cast<double>(entries.size());
}

/// Mean value of each item; `otherwise` where it has none.
std::vector<double> item_means(const Triplets& entries, Index items, double otherwise) {
  const std::vector<std::int64_t> counts = item_counts(entries, items);
  std::vector<double> means(counts.size(), 0.0);
  for (std::int64_t entry = 0; entry < entries.size(); ++entry) {
    means[at(entries.items[static_cast<std::size_t>(entry)])] +=
        static_cast<double>(entries.value(entry));
  }
  for (std::size_t item = 0; item < means.size(); ++item) {
    means[item] = counts[item] > 0 ? means[item] / static_cast<double>(counts[item]) : otherwise;
  }
  return means;
}

void check_train(const Split& split) {
  check_triplets(
      split.train.triplets, split.train.user_ids.size(), split.train.item_ids.size(), "training");
}

/// The same scores for every user.
std::function<void(Index, std::span<float>)> fixed_scores(std::vector<float> fixed) {
  return [fixed = std::move(fixed)](Index, std::span<float> scores) {
    std::ranges::copy(fixed, scores.begin());
  };
}

struct ListEntry {
  Index user;
  Index item;
  float score;
};

/// Entries rising by user, those of a user in the given order, which is what scores them where
/// there are no values.
std::vector<ListEntry> sorted_by_user(const Triplets& lists) {
  std::vector<ListEntry> sorted;
  sorted.reserve(lists.users.size());
  for (std::size_t place = 0; place < lists.users.size(); ++place) {
    sorted.push_back({lists.users[place],
                      lists.items[place],
                      lists.values.empty() ? 0.0F : lists.values[place]});
  }
  std::ranges::stable_sort(sorted, {}, &ListEntry::user);
  for (std::size_t place = 1; lists.values.empty() && place < sorted.size(); ++place) {
    const bool goes_on = sorted[place].user == sorted[place - 1].user;
    sorted[place].score = goes_on ? sorted[place - 1].score - 1.0F : 0.0F;
  }
  return sorted;
}

std::span<const ListEntry> list_of(const std::vector<ListEntry>& sorted, Index user) {
  return {std::ranges::lower_bound(sorted, user, {}, &ListEntry::user),
          std::ranges::upper_bound(sorted, user, {}, &ListEntry::user)};
}

}  // namespace

Scorer popularity_scorer(const Split& split) {
  check_train(split);
  const auto counts = item_counts(split.train.triplets, split.train.item_ids.size());
  return {.name = "popularity",
          .scores = fixed_scores(std::vector<float>(counts.begin(), counts.end())),
          .predict = {}};
}

Scorer random_scorer(std::uint64_t seed) {
  return {.name = "random",
          .scores =
              [seed](Index user, std::span<float> scores) {
                for (std::size_t item = 0; item < scores.size(); ++item) {
                  // Negative, because floats are densest near 0: best scores do not tie.
                  scores[item] = -static_cast<float>(
                      random_uniform(seed, static_cast<std::uint64_t>(user), item));
                }
              },
          .predict = {}};
}

Scorer mean_scorer(const Split& split) {
  check_train(split);
  const double mean = mean_of(split.train.triplets);
  return {.name = "mean",
          .scores = fixed_scores(
              std::vector<float>(at(split.train.item_ids.size()), static_cast<float>(mean))),
          .predict = [mean](Index, Index) { return mean; }};
}

Scorer item_mean_scorer(const Split& split) {
  check_train(split);
  const auto means = std::make_shared<const std::vector<double>>(
      item_means(split.train.triplets, split.train.item_ids.size(), mean_of(split.train.triplets)));
  return {.name = "item_mean",
          .scores =
              [means](Index, std::span<float> scores) {
                std::ranges::transform(
                    *means, scores.begin(), [](double mean) { return static_cast<float>(mean); });
              },
          .predict = [means](Index, Index item) { return (*means)[at(item)]; }};
}

Scorer list_scorer(std::string name, const Triplets& lists) {
  constexpr Index most = std::numeric_limits<Index>::max();
  check_triplets(lists, most, most, name);
  const auto sorted = std::make_shared<const std::vector<ListEntry>>(sorted_by_user(lists));
  const auto fill = [sorted, name](Index user, std::span<float> scores) {
    std::ranges::fill(scores, never_listed);
    for (const ListEntry& entry : list_of(*sorted, user)) {
      if (at(entry.item) >= scores.size()) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("evaluate: the lists of '{}' hold item row {}, the split has {} "
                                "items. Read lists and split over one set of ids.",
                                name,
                                entry.item,
                                scores.size()));
      }
      // Of a repeated item the best place counts.
      scores[at(entry.item)] = std::max(scores[at(entry.item)], entry.score);
    }
  };
  return {.name = std::move(name), .scores = fill, .predict = {}};
}

}  // namespace alsace
