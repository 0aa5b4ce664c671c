#include "train/memory.h"

#include "alsace/error.h"
#include "alsace/factors.h"
#include "alsace/train.h"

#include "base/process.h"
#include "base/text.h"
#include "base/threads.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

std::uint64_t wide(std::int64_t count) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
}

constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

/// The program itself, the threads' stacks, small tables.
constexpr std::uint64_t program_bytes = 16U << 20U;

/// What sorting and holding the interactions takes, per interaction.
struct EntryBytes {
  std::uint64_t sorting;   ///< Triplets beside the first of the two orders.
  std::uint64_t training;  ///< Both orders: row numbers, and what goes with them.
};

EntryBytes entry_bytes(bool all_ones, Feedback feedback) {
  if (all_ones) {
    return {.sorting = 4 + 4 + 4, .training = 4 + 4};
  }
  // By user implicit feedback holds values (for the model) and confidence, by item confidence only.
  const std::uint64_t confidence = feedback == Feedback::implicit_feedback ? 4 : 0;
  return {.sorting = 12 + 8, .training = 8 + 8 + confidence};
}

std::uint64_t id_bytes(const Interactions& interactions) {
  return interactions.user_ids.held_bytes() + interactions.item_ids.held_bytes();
}

/// What the half-steps hold beside data and factors: a copy of the fixed side's factors (the larger
/// side's), the item factors of the iteration before, and k x k matrices, counted in double: 16
/// partial sums of the Gram matrix, 5 of the eigenbasis, 5 of each thread.
std::uint64_t solver_bytes(Index users, Index items, const TrainOptions& options) {
  const std::uint64_t stride = FactorTable::stride_of(options.factors + (options.biases ? 1 : 0));
  const int threads = options.threads > 0 ? options.threads : available_threads();
  return 4 * stride * (wide(std::max(users, items)) + wide(items)) +
         8 * stride * stride * (16 + 5 + 5 * wide(threads));
}

}  // namespace

std::uint64_t bytes_of(const Triplets& triplets) {
  return (triplets.users.size() + triplets.items.size()) * sizeof(Index) +
         triplets.values.size() * sizeof(float) + triplets.times.size() * sizeof(double);
}

std::uint64_t training_memory(std::int64_t interactions,
                              bool all_ones,
                              Index users,
                              Index items,
                              std::uint64_t id_bytes,
                              const TrainOptions& options) {
  const EntryBytes entry = entry_bytes(all_ones, options.feedback);
  const std::uint64_t rows = wide(users) + wide(items);
  // Where a row's entries begin, its count, its place in the order of solving, its objective.
  const std::uint64_t row_bytes = 8 + 8 + 4 + 8;
  const std::uint64_t tables =
      rows * 4 * (FactorTable::stride_of(options.factors) + (options.biases ? 1 : 0));
  const std::uint64_t sorting = wide(interactions) * entry.sorting;
  const std::uint64_t training =
      wide(interactions) * entry.training + tables + solver_bytes(users, items, options);
  return program_bytes + id_bytes + rows * row_bytes + std::max(sorting, training);
}

std::uint64_t training_memory(const Interactions& interactions, const TrainOptions& options) {
  const std::vector<float>& values = interactions.triplets.values;
  const bool all_ones = std::ranges::all_of(values, [](float value) { return value == 1; });
  return training_memory(
      interactions.triplets.size(),
      all_ones,
      interactions.user_ids.size(),
      interactions.item_ids.size(),
      id_bytes(interactions) + bytes_of(interactions.low),  // Low pairs stay to the end.
      options);
}

void check_memory(const Interactions& interactions,
                  bool kept,
                  const TrainOptions& options,
                  std::uint64_t limit) {
  const std::uint64_t held =
      bytes_of(interactions.triplets) + bytes_of(interactions.low) + id_bytes(interactions);
  const std::uint64_t needed = training_memory(interactions, options) + (kept ? held : 0);
  const std::uint64_t left = limit > 0 ? 0 : memory_left_bytes();
  const std::uint64_t there = limit > 0 ? limit : left > 0 ? left + held : unknown;
  if (needed <= there) {
    return;
  }
  throw Error(
      ErrorCode::invalid_argument,
      fmt::format("train: {} of memory are needed for {} interactions and {} factors of {} users "
                  "and {} items, {} {}. Use fewer factors (--factors), leave out rare users and "
                  "items (--min-per-user, --min-per-item), or {}.",
                  byte_text(needed),
                  interactions.triplets.size(),
                  options.factors,
                  interactions.user_ids.size(),
                  interactions.item_ids.size(),
                  limit > 0 ? "the limit (--memory-limit) is" : "this process can get",
                  byte_text(there),
                  limit > 0 ? "raise the limit"
                            : "take a machine with more (--memory-limit overrules this)"));
}

}  // namespace alsace
