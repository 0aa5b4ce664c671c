#include "alsace/generate.h"

#include "base/random.h"
#include "base/thread_pool.h"
#include "generate/refuse.h"
#include "generate/weighted_draw.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>

#include <fmt/format.h>

namespace alsace {
namespace {

void check(const PowerLawOptions& options) {
  check_sizes(options.users, options.items);
  if (!std::isfinite(options.item_exponent) || options.item_exponent < 0 ||
      options.item_exponent > 4) {
    refuse_option("item_exponent", options.item_exponent, "0 to 4. Start with 1");
  }
  if (options.min_per_user < 0 || options.min_per_user > options.items) {
    refuse_option("min_per_user",
                  options.min_per_user,
                  fmt::format("0 to the number of items ({})", options.items));
  }
  const std::int64_t least = std::int64_t{options.users} * options.min_per_user;
  const std::int64_t most = std::int64_t{options.users} * options.items;
  if (options.interactions < least || options.interactions > most) {
    refuse_option("interactions",
                  options.interactions,
                  fmt::format("{} (users * min_per_user) to {} (users * items)", least, most));
  }
}

// Weights become whole numbers: a last digit of pow or exp that differs between two machines'
// mathematics libraries then changes next to nothing.
constexpr double weight_scale = 0x1.0p20;

std::vector<std::uint64_t> popularity(const PowerLawOptions& options) {
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(options.items));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double falling = std::pow((static_cast<double>(i) + 50) / 50, -options.item_exponent);
    weights[i] = 1 + static_cast<std::uint64_t>(std::llround(weight_scale * falling));
  }
  return weights;
}

std::vector<std::uint64_t> activity(const PowerLawOptions& options) {
  constexpr std::uint64_t activity_stream = ~std::uint64_t{0};
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(options.users));
  for (std::size_t u = 0; u < weights.size(); ++u) {
    const double normal = random_normal(options.seed, activity_stream, u);
    weights[u] = 1 + static_cast<std::uint64_t>(std::llround(weight_scale * std::exp(normal)));
  }
  return weights;
}

IdTable numbered_ids(char letter, Index count) {
  IdTable ids;
  for (Index row = 0; row < count; ++row) {
    ids.find_or_add(letter + std::to_string(row + 1));
  }
  return ids;
}

void draw_users(const PowerLawOptions& options,
                const std::vector<std::int64_t>& offsets,
                Triplets& triplets) {
  const WeightedDraw draw(popularity(options));
  ThreadPool pool(0);
  std::vector<std::vector<std::uint32_t>> seen(static_cast<std::size_t>(pool.workers()));
  constexpr std::size_t block = 256;
  const auto users = static_cast<std::size_t>(options.users);
  parallel_blocks(pool, users, block, [&](std::size_t begin, std::size_t end, int worker) {
    std::vector<std::uint32_t>& marks = seen[static_cast<std::size_t>(worker)];
    marks.resize(static_cast<std::size_t>(options.items));
    for (std::size_t user = begin; user < end; ++user) {
      const auto first = static_cast<std::size_t>(offsets[user]);
      const std::int64_t count = offsets[user + 1] - offsets[user];
      RandomStream stream(options.seed, user);
      const std::span<Index> out(triplets.items.data() + first, static_cast<std::size_t>(count));
      draw_distinct(draw, count, stream, marks, static_cast<std::uint32_t>(user) + 1, out);
      std::fill_n(triplets.users.data() + first, count, static_cast<Index>(user));
    }
  });
}

}  // namespace

Interactions generate_power_law(const PowerLawOptions& options) {
  check(options);
  const std::vector<std::int64_t> counts =
      apportion(activity(options), options.interactions, options.min_per_user, options.items);
  std::vector<std::int64_t> offsets(counts.size() + 1);
  std::partial_sum(counts.begin(), counts.end(), offsets.begin() + 1);

  Interactions result;
  result.user_ids = numbered_ids('u', options.users);
  result.item_ids = numbered_ids('i', options.items);
  result.triplets.users.resize(static_cast<std::size_t>(options.interactions));
  result.triplets.items.resize(static_cast<std::size_t>(options.interactions));
  draw_users(options, offsets, result.triplets);
  return result;
}

}  // namespace alsace
