#pragma once

#include "alsace/interactions.h"

#include "support/lines.h"

#include <vector>

namespace alsace::test {

inline Interactions from_lines(const std::vector<Line>& lines, bool with_times = true) {
  Interactions made;
  for (const Line& line : lines) {
    made.triplets.users.push_back(made.user_ids.find_or_add(line.user));
    made.triplets.items.push_back(made.item_ids.find_or_add(line.item));
    made.triplets.values.push_back(line.value);
    if (with_times) {
      made.triplets.times.push_back(line.time);
    }
  }
  return made;
}

}  // namespace alsace::test
