#include "alsace/generate.h"

#include "base/random.h"
#include "generate/film_titles.h"
#include "generate/refuse.h"
#include "generate/weighted_draw.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

// Whole-number arithmetic throughout: no mathematics library, so the same films everywhere.

/// Streams of random numbers for each thing that is drawn; a user's own come after these.
enum Stream : std::uint64_t { item_stream, order_stream, activity_stream, first_user_stream };

/// How many of a hundred people like each genre of film_genres(), roughly.
constexpr std::array<std::uint64_t, 12> genre_shares = {14, 13, 11, 10, 9, 8, 8, 7, 6, 5, 5, 4};

void check(const CatalogueOptions& options) {
  check_sizes(options.users, options.items);
  const std::int64_t most = std::int64_t{options.users} * options.items;
  if (options.interactions < options.users || options.interactions > most) {
    refuse_option("interactions",
                  options.interactions,
                  fmt::format("{} (one per user) to {} (users * items)", options.users, most));
  }
}

/// Films with their genre and how much they are watched.
struct Films {
  std::vector<std::size_t> genres;
  std::vector<std::uint64_t> weights;
  std::vector<std::vector<Index>> of_genre;
};

Films make_films(const CatalogueOptions& options, Catalogue& catalogue) {
  Films films;
  films.of_genre.resize(film_genres().size());
  const auto items = static_cast<std::size_t>(options.items);
  const WeightedDraw draw_genre(genre_shares);
  RandomStream stream(options.seed, item_stream);
  for (std::size_t item = 0; item < items; ++item) {
    const std::size_t genre =
        item < film_genres().size() ? item : static_cast<std::size_t>(draw_genre(stream));
    films.genres.push_back(genre);
    const std::string_view name = film_genres()[genre];
    catalogue.titles.push_back(
        fmt::format("{} ({})", film_title(genre, films.of_genre[genre].size()), name));
    catalogue.item_genres.emplace_back(name);
    catalogue.interactions.item_ids.find_or_add("film" + std::to_string(item + 1));
    films.of_genre[genre].push_back(static_cast<Index>(item));
  }
  // The film of rank i is watched in proportion to 1 / (i + 20): a long tail. Ranks are shuffled,
  // so that a row number says nothing.
  RandomStream shuffle(options.seed, order_stream);
  for (std::size_t rank = 0; rank < items; ++rank) {
    films.weights.push_back(1'000'000'000U / (rank + 20));
    std::swap(films.weights[rank], films.weights[shuffle.below(rank + 1)]);
  }
  return films;
}

std::vector<std::int64_t> activity(const CatalogueOptions& options) {
  RandomStream stream(options.seed, activity_stream);
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(options.users));
  for (std::uint64_t& weight : weights) {
    const std::uint64_t uniform = stream.bits() >> 48;  // 16 bits; its fourth power is rarely large
    const std::uint64_t squared = uniform * uniform >> 16;
    weight = 200 + (3000 * (squared * squared >> 16) >> 16);
  }
  const std::int64_t least = std::min<std::int64_t>(
      {8, options.interactions / options.users, std::int64_t{options.items}});
  return apportion(weights, options.interactions, least, options.items);
}

/// One to three genres, best first.
std::vector<std::size_t> draw_taste(const WeightedDraw& draw_genre, RandomStream& stream) {
  const std::uint64_t dice = stream.below(100);
  const std::size_t count = dice < 50 ? 1 : dice < 85 ? 2 : 3;
  std::vector<std::size_t> taste;
  while (taste.size() < count) {
    const auto genre = static_cast<std::size_t>(draw_genre(stream));
    if (std::find(taste.begin(), taste.end(), genre) == taste.end()) {
      taste.push_back(genre);
    }
  }
  return taste;
}

/// Which of the user's genres is watched tonight, or none: now and then people watch anything.
std::size_t genre_tonight(const std::vector<std::size_t>& taste, RandomStream& stream) {
  constexpr std::array<std::array<std::uint64_t, 3>, 3> upper = {
      {{88, 88, 88}, {58, 88, 88}, {46, 72, 88}}};
  const std::uint64_t dice = stream.below(100);
  std::size_t place = 0;
  while (place < taste.size() && dice >= upper[taste.size() - 1][place]) {
    ++place;
  }
  return place;
}

/// Draws films genre by genre; within a genre the popular ones come more often.
class FilmDraw {
 public:
  explicit FilmDraw(const Films& films)
      : films_(films), any_(films.weights), seen_(films.weights.size()) {
    for (const std::vector<Index>& rows : films.of_genre) {
      std::vector<std::uint64_t> weights;
      weights.reserve(rows.size());
      for (const Index row : rows) {
        weights.push_back(films.weights[static_cast<std::size_t>(row)]);
      }
      of_genre_.emplace_back(weights.empty() ? std::vector<std::uint64_t>{1} : weights);
    }
  }

  std::vector<Index> watch(const std::vector<std::size_t>& taste,
                           std::int64_t count,
                           RandomStream& stream,
                           std::uint32_t user) {
    std::vector<Index> watched;
    for (std::int64_t left = 16 * count; left > 0 && std::ssize(watched) < count; --left) {
      const std::size_t place = genre_tonight(taste, stream);
      const Index row = place < taste.size() ? draw_of(taste[place], stream) : any_(stream);
      std::uint32_t& mark = seen_[static_cast<std::size_t>(row)];
      if (mark != user + 1) {
        mark = user + 1;
        watched.push_back(row);
      }
    }
    // A genre that has been watched whole: anything else.
    const auto found = watched.size();
    watched.resize(static_cast<std::size_t>(count));
    draw_distinct(any_,
                  count - static_cast<std::int64_t>(found),
                  stream,
                  seen_,
                  user + 1,
                  std::span(watched).subspan(found));
    return watched;
  }

 private:
  Index draw_of(std::size_t genre, RandomStream& stream) {
    const std::vector<Index>& rows = films_.of_genre[genre];
    return rows.empty() ? any_(stream) : rows[static_cast<std::size_t>(of_genre_[genre](stream))];
  }

  const Films& films_;
  WeightedDraw any_;
  std::vector<WeightedDraw> of_genre_;
  std::vector<std::uint32_t> seen_;
};

/// How often a film was watched, 1 to 5: films of the favourite genre are watched again.
float times_watched(bool favourite, RandomStream& stream) {
  int count = 1;
  while (count < 5 && stream.below(100) < (favourite ? 40U : 15U)) {
    ++count;
  }
  return static_cast<float>(count);
}

void add_user(const std::vector<Index>& watched,
              std::size_t favourite,
              const Films& films,
              RandomStream& stream,
              Interactions& interactions) {
  constexpr double first_of_january_2023 = 1'672'531'200;
  constexpr std::uint64_t day = 86'400;
  double time = first_of_january_2023 + static_cast<double>(stream.below(365 * day));
  const Index user =
      interactions.user_ids.find_or_add("user" + std::to_string(interactions.user_ids.size() + 1));
  Triplets& out = interactions.triplets;
  for (const Index item : watched) {
    const bool best = films.genres[static_cast<std::size_t>(item)] == favourite;
    out.users.push_back(user);
    out.items.push_back(item);
    out.values.push_back(times_watched(best, stream));
    time += static_cast<double>(60 + stream.below(6 * day));
    out.times.push_back(time);
  }
}

}  // namespace

Catalogue generate_catalogue(const CatalogueOptions& options) {
  check(options);
  Catalogue catalogue;
  const Films films = make_films(options, catalogue);
  const WeightedDraw draw_genre(genre_shares);
  const std::vector<std::int64_t> counts = activity(options);
  FilmDraw draw(films);
  for (std::size_t user = 0; user < counts.size(); ++user) {
    RandomStream stream(options.seed, first_user_stream + user);
    const std::vector<std::size_t> taste = draw_taste(draw_genre, stream);
    std::vector<Index> watched =
        draw.watch(taste, counts[user], stream, static_cast<std::uint32_t>(user));
    for (std::size_t i = watched.size(); i > 1; --i) {
      std::swap(watched[i - 1], watched[stream.below(i)]);
    }
    add_user(watched, taste.front(), films, stream, catalogue.interactions);
    std::vector<std::string>& names = catalogue.user_genres.emplace_back();
    for (const std::size_t genre : taste) {
      names.emplace_back(film_genres()[genre]);
    }
  }
  return catalogue;
}

}  // namespace alsace
