#include "base/thread_pool.h"
#include "recommend/prepared.h"
#include "recommend/search.h"

#include <algorithm>
#include <utility>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

/// Checked, and the items that nobody may be listed: denied, or not among those allowed. Rising.
std::vector<Index> never_of(const ListOptions& options, const Model& model) {
  if (options.top_k < 1) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: top_k is {}, it must be 1 or more.", options.top_k));
  }
  for (const std::span<const Index> items : {options.allow, options.deny}) {
    for (const Index item : items) {
      check_row(item, model.item_ids.size(), "item");
    }
  }
  std::vector<Index> never(options.deny.begin(), options.deny.end());
  if (!options.allow.empty()) {
    std::vector<bool> allowed(at(model.item_ids.size()), false);
    for (const Index item : options.allow) {
      allowed[at(item)] = true;
    }
    for (Index item = 0; item < model.item_ids.size(); ++item) {
      if (!allowed[at(item)]) {
        never.push_back(item);
      }
    }
  }
  std::ranges::sort(never);
  return never;
}

void check_seen(const ListOptions& options, const Model& model) {
  if (!options.include_seen && !model.has_interactions()) {
    throw Error(ErrorCode::invalid_argument,
                "recommend: the model holds no interactions, so what a user has seen is not known. "
                "Ask with --include-seen or --history, or train without --no-interactions.");
  }
}

/// Nothing is known of a user without factors: every score would be 0, and their order chance.
/// With biases there is still the items' order.
bool says_nothing(std::span<const float> factors, const Model& model) {
  return !model.options.biases &&
         std::ranges::all_of(factors, [](float value) { return value == 0.0F; });
}

std::vector<Index> items_of(std::span<const ItemValue> history) {
  std::vector<Index> items;
  std::ranges::transform(history, std::back_inserter(items), &ItemValue::item);
  std::ranges::sort(items);
  return items;
}

/// Lists of places begin to end - 1.
using ListMaker = std::function<std::vector<std::vector<Scored>>(std::size_t, std::size_t)>;

/// Lists of 0 to count - 1 by many threads, in batches that go to the sink in order.
void make_lists(std::size_t count, int threads, const ListMaker& make, const ListSink& sink) {
  ThreadPool pool(threads);
  const std::size_t block = queries_per_task(count, pool.workers());
  const std::size_t batch = 4 * block * static_cast<std::size_t>(pool.workers());
  std::vector<std::vector<Scored>> lists(std::min(batch, count));
  for (std::size_t first = 0; first < count; first += batch) {
    const std::size_t size = std::min(batch, count - first);
    parallel_blocks(pool, size, block, [&](std::size_t begin, std::size_t end, int) {
      std::ranges::move(make(first + begin, first + end),
                        lists.begin() + static_cast<std::ptrdiff_t>(begin));
    });
    for (std::size_t place = 0; place < size; ++place) {
      if (!sink(first + place, std::move(lists[place]))) {
        return;
      }
    }
  }
}

}  // namespace

struct Recommender::Listing {
  UserView user;
  std::span<const Index> seen;  ///< Rising, as the next.
  std::span<const Index> low = {};
};

Recommender::Listing Recommender::listing(Index user) const {
  const auto row_of = [&](const CsrMatrix& matrix) {
    return matrix.rows > 0 ? matrix.row(user) : std::span<const Index>();
  };
  return {.user = view(user), .seen = row_of(model_->interactions), .low = row_of(model_->low)};
}

std::vector<std::vector<Scored>> Recommender::lists(std::span<const Listing> users,
                                                    const ListOptions& options,
                                                    std::span<const Index> never) const {
  std::vector<std::size_t> places;  // Of those about whom something is known.
  std::vector<const float*> queries;
  for (std::size_t place = 0; place < users.size(); ++place) {
    if (!says_nothing(users[place].user.factors, *model_)) {
      places.push_back(place);
      queries.push_back(users[place].user.factors.data());
    }
  }
  const auto finish_and_hide = [&](std::size_t query, std::size_t first, std::span<float> scores) {
    const Listing& listing = users[places[query]];
    finish(listing.user, first, scores);
    hide(never, first, scores);
    if (!options.include_seen) {
      hide(listing.seen, first, scores);
      hide(listing.low, first, scores);
    }
  };
  auto found = search(rows_of(model_->item_factors), queries, at(options.top_k), finish_and_hide);
  std::vector<std::vector<Scored>> lists(users.size());
  for (std::size_t query = 0; query < places.size(); ++query) {
    lists[places[query]] = std::move(found[query]);
  }
  return lists;
}

std::vector<Scored> Recommender::recommend(Index user, const ListOptions& options) const {
  check_row(user, model_->user_ids.size(), "user");
  const std::vector<Index> never = never_of(options, *model_);
  check_seen(options, *model_);
  const Listing one = listing(user);
  return std::move(lists({&one, 1}, options, never).front());
}

std::vector<Scored> Recommender::recommend_for(std::span<const ItemValue> history,
                                               const ListOptions& options) const {
  const std::vector<Index> never = never_of(options, *model_);
  const FoldedUser user = fold_in(history);
  const std::vector<Index> seen = items_of(history);
  const Listing one{.user = view(user), .seen = seen};
  return std::move(lists({&one, 1}, options, never).front());
}

void Recommender::recommend_many(std::span<const Index> users,
                                 const ListOptions& options,
                                 int threads,
                                 const ListSink& sink) const {
  for (const Index user : users) {
    check_row(user, model_->user_ids.size(), "user");
  }
  const std::vector<Index> never = never_of(options, *model_);
  check_seen(options, *model_);
  const auto make = [&](std::size_t begin, std::size_t end) {
    std::vector<Listing> listings;
    for (const Index user : users.subspan(begin, end - begin)) {
      listings.push_back(listing(user));
    }
    return lists(listings, options, never);
  };
  make_lists(users.size(), threads, make, sink);
}

void Recommender::recommend_for_many(std::span<const std::vector<ItemValue>> histories,
                                     const ListOptions& options,
                                     int threads,
                                     const ListSink& sink) const {
  const std::vector<Index> never = never_of(options, *model_);
  const auto make = [&](std::size_t begin, std::size_t end) {
    std::vector<FoldedUser> folded;
    std::vector<std::vector<Index>> seen;
    std::vector<Listing> listings;
    for (std::size_t place = begin; place < end; ++place) {
      folded.push_back(fold_in(histories[place]));
      seen.push_back(items_of(histories[place]));
    }
    for (std::size_t place = 0; place < folded.size(); ++place) {
      listings.push_back({.user = view(folded[place]), .seen = seen[place]});
    }
    return lists(listings, options, never);
  };
  make_lists(histories.size(), threads, make, sink);
}

}  // namespace alsace
