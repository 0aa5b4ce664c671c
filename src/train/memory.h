#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/interactions.h"
#include "alsace/options.h"

#include <cstdint>

namespace alsace {

/// Bytes a caller's interactions take, ids left out.
std::uint64_t bytes_of(const Triplets& triplets);

/// What training is given, as far as memory goes.
struct GivenData {
  std::int64_t interactions = 0;
  bool all_ones = false;
  Index users = 0;
  Index items = 0;
  std::uint64_t kept_bytes = 0;  ///< Ids and low pairs: there to the end.
  std::uint64_t held_bytes = 0;  ///< All of it, as given.
};
GivenData given_data(const Interactions& interactions);
GivenData given_data(const CsrInteractions& interactions);

/// @throws Error invalid_argument when training would take more than `limit` bytes (0: what the
///         machine leaves). `kept`: the caller keeps the interactions, which then count besides;
///         else they are released on the way.
void check_memory(const GivenData& data,
                  bool kept,
                  const TrainOptions& options,
                  std::uint64_t limit);

}  // namespace alsace
