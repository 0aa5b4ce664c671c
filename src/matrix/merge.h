#pragma once

#include "alsace/interactions.h"

#include <cstdint>

namespace alsace {

/// Merges repeated (user, item) pairs into their first entry, by `rule`; the others keep their
/// order. Returns how many entries were merged into an earlier one. O(entries + users + items).
/// @throws Error invalid_data for a repeated pair under Duplicates::error, or a sum too large.
std::int64_t merge_duplicates(Triplets& part,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              Duplicates rule);

}  // namespace alsace
