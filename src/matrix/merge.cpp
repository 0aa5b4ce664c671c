#include "matrix/merge.h"

#include "alsace/error.h"

#include "matrix/entries.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::int64_t none = -1;

/// Merges the repeated pairs of one part into their first entry.
class Merger {
 public:
  Merger(Triplets& part, const IdTable& user_ids, const IdTable& item_ids, Duplicates rule)
      : part_(part), user_ids_(user_ids), item_ids_(item_ids), rule_(rule) {}

  /// Returns how many entries were merged into an earlier one.
  std::int64_t merge() {
    kept_.assign(part_.users.size(), 1);
    const Groups by_user(part_.users, user_ids_.size());
    // first[item] is the first entry of the item with the user at hand, when it is his.
    std::vector<std::int64_t> first(at(item_ids_.size()), none);
    for (Index user = 0; user < user_ids_.size(); ++user) {
      for (const std::int64_t entry : by_user.of(user)) {
        std::int64_t& place = first[at(part_.items[at(entry)])];
        if (place != none && part_.users[at(place)] == user) {
          merge(at(place), at(entry));
        } else {
          place = entry;
        }
      }
      finish();
    }
    if (merged_ > 0) {
      compact(part_, kept_);
    }
    return merged_;
  }

 private:
  void merge(std::size_t place, std::size_t entry) {
    if (rule_ == Duplicates::error) {
      throw Error(
          ErrorCode::invalid_data,
          fmt::format("interactions: user '{}' and item '{}' come twice, as entries {} and {}. "
                      "Leave one out, or choose sum, last or max with --duplicates.",
                      user_ids_[part_.users[entry]],
                      item_ids_[part_.items[entry]],
                      place + 1,
                      entry + 1));
    }
    kept_[entry] = 0;
    ++merged_;
    if (rule_ == Duplicates::sum) {
      open_sum(place) += part_.value(static_cast<std::int64_t>(entry));
    } else if (!part_.values.empty()) {
      const bool later = part_.times.empty() || part_.times[entry] >= part_.times[place];
      float& value = part_.values[place];
      value = rule_ == Duplicates::max ? std::max(value, part_.values[entry])
              : later                  ? part_.values[entry]
                                       : value;
    }
    if (!part_.times.empty()) {
      part_.times[place] = std::max(part_.times[place], part_.times[entry]);
    }
  }

  /// The sum, in double, that entry `place` is about to become.
  double& open_sum(std::size_t place) {
    if (part_.values.empty()) {
      part_.values.assign(part_.users.size(), 1.0F);
    }
    if (sum_of_.empty()) {
      sum_of_.assign(at(item_ids_.size()), none);
    }
    std::int64_t& sum = sum_of_[at(part_.items[place])];
    if (sum == none) {
      sum = static_cast<std::int64_t>(sums_.size());
      sums_.push_back({place, part_.values[place]});
    }
    return sums_[at(sum)].second;
  }

  /// Writes the user's sums back.
  void finish() {
    for (const auto& [place, sum] : sums_) {
      const auto value = static_cast<float>(sum);
      if (!std::isfinite(value)) {
        throw Error(
            ErrorCode::invalid_data,
            fmt::format("interactions: the values of user '{}' and item '{}' sum to {}, beyond a "
                        "32-bit float. Scale the values down, or choose last or max with "
                        "--duplicates.",
                        user_ids_[part_.users[place]],
                        item_ids_[part_.items[place]],
                        sum));
      }
      part_.values[place] = value;
      sum_of_[at(part_.items[place])] = none;
    }
    sums_.clear();
  }

  Triplets& part_;
  const IdTable& user_ids_;
  const IdTable& item_ids_;
  Duplicates rule_;
  Kept kept_;
  std::int64_t merged_ = 0;
  std::vector<std::int64_t> sum_of_;                  ///< Item to its place in sums_.
  std::vector<std::pair<std::size_t, double>> sums_;  ///< Entry and sum, of one user.
};

}  // namespace

std::int64_t merge_duplicates(Triplets& part,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              Duplicates rule) {
  return Merger(part, user_ids, item_ids, rule).merge();
}

}  // namespace alsace
