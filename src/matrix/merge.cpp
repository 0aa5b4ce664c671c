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

/// Entries that are grouped at a time: a quarter of a large part, 2 bytes per entry of it.
std::int64_t group_size(std::int64_t entries) {
  constexpr std::int64_t little = 1 << 16;
  return std::max(entries / 4, little);
}

/// The entries of the users [begin, end) grouped by user, in order within each. Users are taken
/// until there are `size` entries, and at least one.
class UserGroups {
 public:
  UserGroups(std::span<const Index> users, std::span<const std::int64_t> offsets)
      : users_(users), offsets_(offsets) {}

  [[nodiscard]] Index begin() const noexcept { return begin_; }
  [[nodiscard]] Index end() const noexcept { return end_; }

  /// The next users; false at the end.
  bool next(std::int64_t size) {
    begin_ = end_;
    if (at(begin_) + 1 == offsets_.size()) {
      return false;
    }
    const std::int64_t first = offsets_[at(begin_)];
    const auto last = std::upper_bound(offsets_.begin() + begin_ + 2, offsets_.end(), first + size);
    end_ = static_cast<Index>(last - offsets_.begin()) - 1;
    entries_.resize(at(offsets_[at(end_)] - first));
    std::vector<std::int64_t> place(offsets_.begin() + begin_, offsets_.begin() + end_);
    for (std::size_t entry = 0; entry < users_.size(); ++entry) {
      if (const Index user = users_[entry]; user >= begin_ && user < end_) {
        entries_[at(place[at(user - begin_)]++ - first)] = static_cast<std::int64_t>(entry);
      }
    }
    return true;
  }

  /// begin() <= user < end().
  [[nodiscard]] std::span<const std::int64_t> of(Index user) const {
    const std::int64_t from = offsets_[at(user)];
    return std::span(entries_).subspan(at(from - offsets_[at(begin_)]),
                                       at(offsets_[at(user) + 1] - from));
  }

 private:
  std::span<const Index> users_;  ///< Of each entry.
  std::span<const std::int64_t> offsets_;
  Index begin_ = 0;
  Index end_ = 0;
  std::vector<std::int64_t> entries_;
};

/// Merges the repeated pairs of one part into their first entry.
class Merger {
 public:
  Merger(Triplets& part, const IdTable& user_ids, const IdTable& item_ids, Duplicates rule)
      : part_(part), user_ids_(user_ids), item_ids_(item_ids), rule_(rule) {}

  /// Returns how many entries were merged into an earlier one.
  std::int64_t merge() {
    kept_.assign(part_.users.size(), 1);
    const auto offsets = offsets_of(part_.users, user_ids_.size());
    // first[item] is the first entry of the item with the user at hand, when it is his.
    std::vector<std::int64_t> first(at(item_ids_.size()), none);
    for (UserGroups groups(part_.users, offsets); groups.next(group_size(part_.size()));) {
      for (Index user = groups.begin(); user < groups.end(); ++user) {
        merge_user(user, groups.of(user), first);
      }
    }
    if (merged_ > 0) {
      compact(part_, kept_);
    }
    return merged_;
  }

 private:
  void merge_user(Index user,
                  std::span<const std::int64_t> entries,
                  std::vector<std::int64_t>& first) {
    for (const std::int64_t entry : entries) {
      std::int64_t& place = first[at(part_.items[at(entry)])];
      if (place != none && part_.users[at(place)] == user) {
        merge(at(place), at(entry));
      } else {
        place = entry;
      }
    }
    finish();
  }

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
