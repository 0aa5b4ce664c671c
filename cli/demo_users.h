#pragma once

#include "alsace/generate.h"
#include "alsace/recommend.h"

#include "lists.h"
#include "output.h"

#include <string>
#include <string_view>
#include <vector>

namespace alsace::cli {

/// Two users of the made-up catalogue who like one genre each and have watched a fair number.
std::vector<Index> users_of_genres(const Catalogue& catalogue,
                                   const Model& model,
                                   std::string_view first,
                                   std::string_view second);

/// Two users with a fair number of interactions whose factors point in quite different directions;
/// one where there is but one.
std::vector<Index> different_users(const Model& model);

/// What a user has, gets, and why.
class DemoUsers {
 public:
  /// `catalogue` knows favourite genres, or is null.
  DemoUsers(const Recommender& recommender, const Titles& titles, const Catalogue* catalogue)
      : recommender_(recommender), titles_(titles), catalogue_(catalogue) {}

  [[nodiscard]] std::string text(Index user) const;
  [[nodiscard]] Json json(Index user) const;

 private:
  /// The user's items, largest values first.
  [[nodiscard]] std::vector<Scored> history(Index user) const;
  [[nodiscard]] std::string favourite(Index user) const;
  /// "9 of these 10 are Science Fiction, of all films 8 %."
  [[nodiscard]] std::string genre_count(Index user, const std::vector<Scored>& list) const;

  const Recommender& recommender_;
  const Titles& titles_;
  const Catalogue* catalogue_;
};

}  // namespace alsace::cli
