#pragma once

#include "alsace/interactions.h"

#include <ostream>
#include <string>
#include <vector>

namespace alsace::test {

/// One interaction by its names.
struct Line {
  std::string user;
  std::string item;
  float value = 1;
  double time = 0;
  bool operator==(const Line&) const = default;
};

inline void PrintTo(const Line& line, std::ostream* out) {
  *out << line.user << ' ' << line.item << ' ' << line.value << ' ' << line.time;
}

inline std::vector<Line> lines_of(const Triplets& triplets,
                                  const IdTable& users,
                                  const IdTable& items) {
  std::vector<Line> lines;
  for (std::int64_t entry = 0; entry < triplets.size(); ++entry) {
    const auto i = static_cast<std::size_t>(entry);
    lines.push_back({std::string(users[triplets.users[i]]),
                     std::string(items[triplets.items[i]]),
                     triplets.value(entry),
                     triplets.times.empty() ? 0 : triplets.times[i]});
  }
  return lines;
}

inline std::vector<Line> lines_of(const Interactions& interactions) {
  return lines_of(interactions.triplets, interactions.user_ids, interactions.item_ids);
}

}  // namespace alsace::test
