#pragma once

#include "alsace/evaluate.h"

#include "evaluate/test_set.h"

#include <cstddef>
#include <span>
#include <vector>

namespace alsace {

/// Test users in thirds of rising activity, cold, medium and heavy. Users of equal activity stay
/// together, so thirds are as near as that allows; a third that nobody is left for is left out.
/// Rated users go to the group of their activity. None when there are no test users.
std::vector<UserGroup> activity_groups(const TestSet& set);

/// The values at some places.
std::vector<double> at_places(std::span<const double> values, std::span<const std::size_t> places);

}  // namespace alsace
