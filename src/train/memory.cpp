#include "train/memory.h"

#include "alsace/error.h"
#include "alsace/factors.h"
#include "alsace/train.h"

#include "base/process.h"
#include "base/text.h"
#include "base/threads.h"

#include <algorithm>
#include <limits>
#include <span>

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

EntryBytes entry_bytes(bool all_ones, const TrainOptions& options) {
  if (all_ones) {
    return {.sorting = 4 + 4 + 4, .training = 4 + 4};
  }
  // By user implicit feedback holds values (for the model) and confidence, by item confidence only.
  const std::uint64_t confidence = options.feedback == Feedback::implicit_feedback ? 4 : 0;
  const std::uint64_t preferences = options.dislikes ? 4 + 4 : 0;
  return {.sorting = 12 + 8, .training = 8 + 8 + confidence + preferences};
}

bool all_ones(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return value == 1; });
}

std::uint64_t bytes_of(const CsrMatrix& matrix) {
  return matrix.offsets.size() * sizeof(std::int64_t) + matrix.indices.size() * sizeof(Index) +
         matrix.values.size() * sizeof(float);
}

/// Row numbers as text: digits, offset and slots.
constexpr std::uint64_t numbered_id_bytes = 10 + 8 + 16;

std::uint64_t id_bytes(const IdTable& ids, Index rows) {
  return ids.empty() ? wide(rows) * numbered_id_bytes : ids.held_bytes();
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

std::uint64_t needed_for(const GivenData& data, const TrainOptions& options) {
  return training_memory(
      data.interactions, data.all_ones, data.users, data.items, data.kept_bytes, options);
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
  const EntryBytes entry = entry_bytes(all_ones, options);
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

GivenData given_data(const Interactions& interactions) {
  const std::uint64_t ids = interactions.user_ids.held_bytes() + interactions.item_ids.held_bytes();
  const std::uint64_t low = bytes_of(interactions.low);  // Low pairs stay to the end.
  return {.interactions = interactions.triplets.size(),
          .all_ones = all_ones(interactions.triplets.values),
          .users = interactions.user_ids.size(),
          .items = interactions.item_ids.size(),
          .kept_bytes = ids + low,
          .held_bytes = bytes_of(interactions.triplets) + low + ids};
}

GivenData given_data(const CsrInteractions& interactions) {
  const CsrMatrix& matrix = interactions.matrix;
  const std::uint64_t kept = id_bytes(interactions.user_ids, matrix.rows) +
                             id_bytes(interactions.item_ids, matrix.columns) +
                             bytes_of(interactions.low);
  return {.interactions = matrix.entries(),
          .all_ones = all_ones(matrix.values),
          .users = matrix.rows,
          .items = matrix.columns,
          .kept_bytes = kept,
          .held_bytes = bytes_of(matrix) + kept};
}

std::uint64_t training_memory(const Interactions& interactions, const TrainOptions& options) {
  return needed_for(given_data(interactions), options);
}

void check_memory(const GivenData& data,
                  bool kept,
                  const TrainOptions& options,
                  std::uint64_t limit) {
  const std::uint64_t needed = needed_for(data, options) + (kept ? data.held_bytes : 0);
  const std::uint64_t left = limit > 0 ? 0 : memory_left_bytes();
  const std::uint64_t there = limit > 0 ? limit : left > 0 ? left + data.held_bytes : unknown;
  if (needed <= there) {
    return;
  }
  throw Error(
      ErrorCode::invalid_argument,
      fmt::format("train: {} of memory are needed for {} interactions and {} factors of {} users "
                  "and {} items, {} {}. Use fewer factors (--factors), leave out rare users and "
                  "items (--min-per-user, --min-per-item), or {}.",
                  byte_text(needed),
                  data.interactions,
                  options.factors,
                  data.users,
                  data.items,
                  limit > 0 ? "the limit (--memory-limit) is" : "this process can get",
                  byte_text(there),
                  limit > 0 ? "raise the limit"
                            : "take a machine with more (--memory-limit overrules this)"));
}

}  // namespace alsace
