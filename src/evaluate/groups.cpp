#include "evaluate/groups.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>

namespace alsace {
namespace {

constexpr std::array names = {"cold", "medium", "heavy"};

/// The most activity a user of each group may have.
std::array<std::int64_t, names.size()> upper_ends(std::vector<std::int64_t> activities) {
  std::ranges::sort(activities);
  std::array<std::int64_t, names.size()> ends{};
  for (std::size_t group = 0; group < ends.size(); ++group) {
    // The last user of the first third (or two) of them, rounded up.
    const std::size_t users = (activities.size() * (group + 1) + ends.size() - 1) / ends.size();
    ends[group] = activities[users - 1];
  }
  ends.back() = std::numeric_limits<std::int64_t>::max();
  return ends;
}

}  // namespace

std::vector<UserGroup> activity_groups(const TestSet& set) {
  std::vector<std::int64_t> activities;
  for (const Index user : set.test_users) {
    activities.push_back(set.activity(user));
  }
  if (activities.empty()) {
    return {};
  }
  const auto ends = upper_ends(activities);
  const auto group_of = [&](std::int64_t activity) {
    return static_cast<std::size_t>(std::ranges::lower_bound(ends, activity) - ends.begin());
  };
  std::vector<UserGroup> groups(names.size());
  for (std::size_t place = 0; place < activities.size(); ++place) {
    UserGroup& group = groups[group_of(activities[place])];
    const bool first = group.test_places.empty();
    group.from = first ? activities[place] : std::min(group.from, activities[place]);
    group.to = std::max(group.to, activities[place]);
    group.test_places.push_back(place);
  }
  for (std::size_t place = 0; place < set.rated_users.size(); ++place) {
    groups[group_of(set.activity(set.rated_users[place]))].rated_places.push_back(place);
  }
  for (std::size_t group = 0; group < groups.size(); ++group) {
    groups[group].name = names[group];
  }
  std::erase_if(groups, [](const UserGroup& group) { return group.test_places.empty(); });
  return groups;
}

std::vector<double> at_places(std::span<const double> values, std::span<const std::size_t> places) {
  std::vector<double> chosen;
  chosen.reserve(places.size());
  std::ranges::transform(
      places, std::back_inserter(chosen), [values](std::size_t place) { return values[place]; });
  return chosen;
}

}  // namespace alsace
