#pragma once

#include "alsace/interactions.h"
#include "alsace/options.h"

#include <cstdint>

namespace alsace {

/// Bytes a caller's interactions take, ids left out.
std::uint64_t bytes_of(const Triplets& triplets);

/// @throws Error invalid_argument when training would take more than `limit` bytes (0: what the
///         machine leaves). `kept`: the caller keeps the interactions, which then count besides;
///         else they are released on the way.
void check_memory(const Interactions& interactions,
                  bool kept,
                  const TrainOptions& options,
                  std::uint64_t limit);

}  // namespace alsace
