#pragma once

#include "alsace/interactions.h"

#include <cstdint>
#include <string>
#include <vector>

namespace alsace {

/// A made-up film catalogue with people who like some genres: for the demo, examples and tests.
struct Catalogue {
  Interactions interactions = {};  ///< With times, value 1 to 5 (how often it was watched).
  std::vector<std::string> titles =
      {};  ///< [items] for example "The Silent Comet (Science Fiction)".
  std::vector<std::string> item_genres = {};  ///< [items]
  std::vector<std::vector<std::string>> user_genres =
      {};  ///< [users] favourite genres, best first.
};

struct CatalogueOptions {
  Index users = 2000;
  Index items = 1200;
  std::int64_t interactions = 80000;
  std::uint64_t seed = 42;
};

/// The same options give the same catalogue everywhere. Popularity has a long tail, each user a
/// taste of one to three genres.
Catalogue generate_catalogue(const CatalogueOptions& options = {});

struct PowerLawOptions {
  Index users = 69000;
  Index items = 20000;
  std::int64_t interactions = 10'000'000;
  double item_exponent = 1.0;  ///< Popularity of the i-th item falls as (i + 50)^-exponent.
  int min_per_user = 10;
  std::uint64_t seed = 42;
};

/// Distinct pairs of value 1 with a power-law popularity and log-normal activity: for benchmarks
/// and tests of scale. Ids are u1, u2, ..., i1, i2, ....
Interactions generate_power_law(const PowerLawOptions& options = {});

}  // namespace alsace
