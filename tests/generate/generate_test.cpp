#include "alsace/generate.h"

#include "alsace/error.h"

#include "generate/film_titles.h"
#include "generate/weighted_draw.h"
#include "support/error_of.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;

bool all_pairs_distinct(const Triplets& triplets) {
  std::vector<std::pair<Index, Index>> pairs;
  for (std::size_t i = 0; i < triplets.users.size(); ++i) {
    pairs.emplace_back(triplets.users[i], triplets.items[i]);
  }
  std::sort(pairs.begin(), pairs.end());
  return std::adjacent_find(pairs.begin(), pairs.end()) == pairs.end();
}

std::vector<std::int64_t> counts_of(const std::vector<Index>& rows, Index size) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(size));
  for (const Index row : rows) {
    ++counts[static_cast<std::size_t>(row)];
  }
  return counts;
}

/// A plain sum over everything drawn, for golden values: the same on every machine.
std::uint64_t digest(const Triplets& triplets) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < triplets.users.size(); ++i) {
    sum = sum * 31 + static_cast<std::uint64_t>(triplets.users[i]);
    sum = sum * 31 + static_cast<std::uint64_t>(triplets.items[i]);
    sum = sum * 31 + static_cast<std::uint64_t>(triplets.value(static_cast<std::int64_t>(i)));
    sum = sum * 31 + (triplets.times.empty() ? 0 : static_cast<std::uint64_t>(triplets.times[i]));
  }
  return sum;
}

TEST(WeightedDraw, FollowsItsWeightsAndNeverDrawsAWeightOfZero) {
  const std::vector<std::uint64_t> weights = {0, 1, 0, 2, 5, 0};
  const WeightedDraw draw(weights);
  RandomStream stream(1, 2);
  std::vector<int> counts(weights.size());

  for (int i = 0; i < 80000; ++i) {
    ++counts[static_cast<std::size_t>(draw(stream))];
  }

  EXPECT_EQ(counts[0] + counts[2] + counts[5], 0);
  EXPECT_NEAR(counts[1], 10000, 400);  // 4 standard deviations
  EXPECT_NEAR(counts[3], 20000, 500);
  EXPECT_NEAR(counts[4], 50000, 560);
}

TEST(Apportion, SumsExactlyAndKeepsItsBounds) {
  EXPECT_EQ(apportion(std::vector<std::uint64_t>{1, 1, 2}, 8, 0, 100),
            (std::vector<std::int64_t>{2, 2, 4}));
  // The heavy row stops at 3; its surplus goes to the others.
  EXPECT_EQ(apportion(std::vector<std::uint64_t>{100, 1, 1}, 9, 1, 3),
            (std::vector<std::int64_t>{3, 3, 3}));
  // Nothing left but the whole table.
  EXPECT_EQ(apportion(std::vector<std::uint64_t>{5, 1}, 8, 0, 4),
            (std::vector<std::int64_t>{4, 4}));
}

TEST(DrawDistinct, CompletesAListOfTheWholeCatalogue) {
  const std::vector<std::uint64_t> weights = {1'000'000'000, 1, 1, 1};
  const WeightedDraw draw(weights);
  RandomStream stream(1, 2);
  std::vector<std::uint32_t> seen(4);
  std::vector<Index> out(4);

  draw_distinct(draw, 4, stream, seen, 7, out);

  std::sort(out.begin(), out.end());
  EXPECT_EQ(out, (std::vector<Index>{0, 1, 2, 3}));
}

TEST(FilmTitle, IsNeverGivenTwiceWithinAGenre) {
  for (std::size_t genre = 0; genre < film_genres().size(); ++genre) {
    std::set<std::string> titles;
    for (std::uint64_t number = 0; number < 3000; ++number) {
      EXPECT_TRUE(titles.insert(film_title(genre, number)).second)
          << film_genres()[genre] << ": " << film_title(genre, number);
    }
  }
}

TEST(FilmTitle, BeginsWithACapitalAndHasNoPlaceholderLeft) {
  for (std::size_t genre = 0; genre < film_genres().size(); ++genre) {
    for (std::uint64_t number = 0; number < 600; ++number) {
      const std::string title = film_title(genre, number);
      EXPECT_EQ(title.find_first_of("{}"), std::string::npos) << title;
      EXPECT_TRUE(title[0] >= 'A' && title[0] <= 'Z') << title;
    }
  }
}

TEST(Catalogue, HasTheSizesAskedForAndDistinctTitlesAndPairs) {
  const Catalogue catalogue = generate_catalogue();
  const Interactions& interactions = catalogue.interactions;

  EXPECT_EQ(interactions.user_ids.size(), 2000);
  EXPECT_EQ(interactions.item_ids.size(), 1200);
  EXPECT_EQ(interactions.triplets.size(), 80000);
  EXPECT_EQ(interactions.triplets.values.size(), 80000U);
  EXPECT_EQ(interactions.triplets.times.size(), 80000U);
  EXPECT_EQ(std::set<std::string>(catalogue.titles.begin(), catalogue.titles.end()).size(), 1200U);
  EXPECT_EQ(catalogue.item_genres.size(), 1200U);
  EXPECT_EQ(catalogue.user_genres.size(), 2000U);
  EXPECT_TRUE(all_pairs_distinct(interactions.triplets));
  for (const float value : interactions.triplets.values) {
    EXPECT_TRUE(value >= 1 && value <= 5 && value == std::floor(value));
  }
}

TEST(Catalogue, IsTheSameEverywhere) {
  const Catalogue small =
      generate_catalogue({.users = 40, .items = 30, .interactions = 300, .seed = 7});

  EXPECT_EQ(digest(small.interactions.triplets), 6816925754002059918U);
  EXPECT_EQ(small.titles[3], "The Silent Comet (Science Fiction)");
  EXPECT_NE(digest(generate_catalogue({.users = 40, .items = 30, .interactions = 300, .seed = 8})
                       .interactions.triplets),
            digest(small.interactions.triplets));
}

TEST(Catalogue, GivesUsersFilmsOfTheirGenres) {
  const Catalogue catalogue = generate_catalogue();
  const Triplets& triplets = catalogue.interactions.triplets;

  std::int64_t of_taste = 0;
  for (std::size_t i = 0; i < triplets.users.size(); ++i) {
    const auto& taste = catalogue.user_genres[static_cast<std::size_t>(triplets.users[i])];
    const std::string& genre = catalogue.item_genres[static_cast<std::size_t>(triplets.items[i])];
    of_taste += std::find(taste.begin(), taste.end(), genre) != taste.end() ? 1 : 0;
  }

  EXPECT_GT(of_taste, 80000 * 75 / 100);
  for (const auto& taste : catalogue.user_genres) {
    EXPECT_GE(taste.size(), 1U);
    EXPECT_LE(taste.size(), 3U);
  }
}

TEST(Catalogue, HasALongTail) {
  const Catalogue catalogue = generate_catalogue();
  auto counts = counts_of(catalogue.interactions.triplets.items, 1200);
  std::sort(counts.rbegin(), counts.rend());

  const auto top = std::accumulate(counts.begin(), counts.begin() + 120, std::int64_t{0});
  EXPECT_GT(top, 80000 / 4);  // a tenth of the films: over a quarter of the views
  EXPECT_LT(top, 80000 * 6 / 10);
  EXPECT_GT(counts[599], 5);  // and half of the films still have some
}

TEST(Catalogue, RefusesSizesThatCannotBe) {
  EXPECT_THROW(generate_catalogue({.users = 0}), Error);
  EXPECT_THROW(generate_catalogue({.items = 0}), Error);
  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [] { generate_catalogue({.users = 2, .items = 3, .interactions = 7}); }),
            "generate: interactions is 7, it must be 2 (one per user) to 6 (users * items).");
}

TEST(Catalogue, MakesTheSmallestAndTheFullestThereIs) {
  const Catalogue one = generate_catalogue({.users = 1, .items = 1, .interactions = 1});
  const Catalogue full = generate_catalogue({.users = 3, .items = 20, .interactions = 60});

  EXPECT_EQ(one.interactions.triplets.size(), 1);
  EXPECT_EQ(full.interactions.triplets.size(), 60);
  EXPECT_TRUE(all_pairs_distinct(full.interactions.triplets));
}

TEST(PowerLaw, DrawsExactlyAsManyDistinctPairsAsAsked) {
  const Interactions drawn =
      generate_power_law({.users = 3000, .items = 500, .interactions = 100'000, .min_per_user = 5});

  EXPECT_EQ(drawn.triplets.size(), 100'000);
  EXPECT_TRUE(drawn.triplets.values.empty());
  EXPECT_EQ(drawn.user_ids[0], "u1");
  EXPECT_EQ(drawn.item_ids[499], "i500");
  EXPECT_TRUE(all_pairs_distinct(drawn.triplets));
  const auto counts = counts_of(drawn.triplets.users, 3000);
  EXPECT_GE(*std::min_element(counts.begin(), counts.end()), 5);
}

TEST(PowerLaw, FollowsItsExponent) {
  // So many items that hardly any draw is a repeat of the user's own.
  const Interactions drawn = generate_power_law(
      {.users = 50'000, .items = 20'000, .interactions = 500'000, .min_per_user = 1});
  const auto counts = counts_of(drawn.triplets.items, 20'000);

  const auto between = [&](std::size_t begin, std::size_t end) {
    return static_cast<double>(std::accumulate(counts.begin() + static_cast<std::ptrdiff_t>(begin),
                                               counts.begin() + static_cast<std::ptrdiff_t>(end),
                                               std::int64_t{0}));
  };
  // sum of 1 / (i + 50) over [a, b) is about log((b + 50) / (a + 50)).
  const double expected = std::log(10'050.0 / 1'050.0) / std::log(20'050.0 / 10'050.0);
  EXPECT_NEAR(between(1000, 10'000) / between(10'000, 20'000), expected, 0.03 * expected);
}

TEST(PowerLaw, IsTheSameEveryTime) {
  const PowerLawOptions options = {.users = 2000, .items = 300, .interactions = 40'000};

  EXPECT_EQ(digest(generate_power_law(options).triplets),
            digest(generate_power_law(options).triplets));
  PowerLawOptions other = options;
  other.seed = 43;
  EXPECT_NE(digest(generate_power_law(options).triplets),
            digest(generate_power_law(other).triplets));
}

TEST(PowerLaw, RefusesWhatCannotBeDrawn) {
  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [] {
                       generate_power_law(
                           {.users = 10, .items = 20, .interactions = 300, .min_per_user = 1});
                     }),
            "generate: interactions is 300, it must be 10 (users * min_per_user) to 200 "
            "(users * items).");
  EXPECT_THROW(generate_power_law({.min_per_user = -1}), Error);
  EXPECT_THROW(generate_power_law({.item_exponent = -1}), Error);
}

TEST(PowerLaw, FillsAWholeTable) {
  const Interactions drawn =
      generate_power_law({.users = 10, .items = 20, .interactions = 200, .min_per_user = 1});

  EXPECT_TRUE(all_pairs_distinct(drawn.triplets));
}

}  // namespace
}  // namespace alsace
