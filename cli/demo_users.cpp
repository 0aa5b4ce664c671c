#include "demo_users.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

constexpr std::int64_t few = 15;
constexpr std::int64_t many = 60;
constexpr std::size_t shown_history = 6;

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const double dot = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  const double lengths = std::inner_product(a.begin(), a.end(), a.begin(), 0.0) *
                         std::inner_product(b.begin(), b.end(), b.begin(), 0.0);
  return lengths > 0 ? dot / std::sqrt(lengths) : 1;
}

/// Users with a history long enough to show a taste; all who have one where there are none.
std::vector<Index> candidates(const Model& model) {
  std::vector<Index> fair;
  std::vector<Index> any;
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    const std::int64_t count = model.user_counts[at(user)];
    if (count >= few && count <= many) {
      fair.push_back(user);
    }
    if (count > 0) {
      any.push_back(user);
    }
  }
  return fair.size() >= 2 ? fair : any;
}

}  // namespace

std::vector<Index> users_of_genres(const Catalogue& catalogue,
                                   const Model& model,
                                   std::string_view first,
                                   std::string_view second) {
  std::vector<Index> users;
  for (const std::string_view genre : {first, second}) {
    for (const Index user : candidates(model)) {
      const std::vector<std::string>& taste = catalogue.user_genres[at(user)];
      if (taste.size() == 1 && taste.front() == genre) {
        users.push_back(user);
        break;
      }
    }
  }
  return users;
}

std::vector<Index> different_users(const Model& model) {
  std::vector<Index> users = candidates(model);
  const Index one = users.front();
  const auto other = std::min_element(users.begin(), users.end(), [&](Index a, Index b) {
    const auto of_one = model.user_factors.row(one);
    return cosine(of_one, model.user_factors.row(a)) < cosine(of_one, model.user_factors.row(b));
  });
  return *other == one ? std::vector{one} : std::vector{one, *other};
}

std::vector<Scored> DemoUsers::history(Index user) const {
  const CsrMatrix& interactions = recommender_.model().interactions;
  std::vector<Scored> items;
  const std::int64_t begin = interactions.offsets[at(user)];
  for (std::int64_t entry = begin; entry < interactions.offsets[at(user) + 1]; ++entry) {
    items.push_back({.row = interactions.indices[static_cast<std::size_t>(entry)],
                     .score = interactions.value(entry)});
  }
  std::stable_sort(items.begin(), items.end(), [](const Scored& a, const Scored& b) {
    return a.score > b.score;
  });
  return items;
}

std::string DemoUsers::favourite(Index user) const {
  return catalogue_ == nullptr ? "" : catalogue_->user_genres[at(user)].front();
}

std::string DemoUsers::genre_count(Index user, const std::vector<Scored>& list) const {
  if (catalogue_ == nullptr) {
    return "";
  }
  const std::string genre = favourite(user);
  const auto hits = std::count_if(list.begin(), list.end(), [&](const Scored& scored) {
    return catalogue_->item_genres[at(scored.row)] == genre;
  });
  const auto of_all =
      std::count(catalogue_->item_genres.begin(), catalogue_->item_genres.end(), genre);
  return fmt::format(
      "  {} of these {} are {}, of all films {:.0f} %.\n",
      hits,
      list.size(),
      genre,
      100.0 * static_cast<double>(of_all) / static_cast<double>(catalogue_->item_genres.size()));
}

std::string DemoUsers::text(Index user) const {
  const Model& model = recommender_.model();
  const std::vector<Scored> items = history(user);
  const std::vector<Scored> list = recommender_.recommend(user);
  const std::string genre = favourite(user);
  Table table;
  table.column("value", Table::Align::right);
  table.column("item");
  if (!titles_.empty()) {
    table.column("title");
  }
  for (std::size_t i = 0; i < std::min(shown_history, items.size()); ++i) {
    const std::string_view id = model.item_ids[items[i].row];
    std::vector<std::string> cells = {fmt::format("{:g}", items[i].score), std::string(id)};
    if (!titles_.empty()) {
      cells.push_back(titles_.of(id));
    }
    table.row(std::move(cells));
  }
  std::string out = fmt::format("\n{}, {}{}\n{}",
                                bold("User " + std::string(model.user_ids[user])),
                                plural(std::ssize(items), "item"),
                                genre.empty() ? ", of which the most" : ", likes " + genre,
                                table.to_string());
  out += "\n" + bold("gets") + "\n" + list_table(list, model.item_ids, titles_, "item", "score") +
         genre_count(user, list);
  if (!list.empty()) {
    const std::string_view id = model.item_ids[list.front().row];
    const std::string title = titles_.of(id);
    out += "\n" + bold(fmt::format("why {}?", title.empty() ? id : title)) + "\n" +
           explanation_text(recommender_.explain(user, list.front().row), model, titles_, 4);
  }
  return out;
}

Json DemoUsers::json(Index user) const {
  const Model& model = recommender_.model();
  const std::vector<Scored> list = recommender_.recommend(user);
  Json items = Json::array();
  for (const Scored& item : history(user)) {
    const std::string_view id = model.item_ids[item.row];
    items.push_back({{"item", id}, {"value", float_json(item.score)}, {"title", titles_.of(id)}});
  }
  Json out = {{"user", model.user_ids[user]},
              {"likes", favourite(user)},
              {"history", std::move(items)},
              {"recommendations", list_json(list, model.item_ids, titles_, "item")}};
  if (!list.empty()) {
    out["explanation"] =
        explanation_json(recommender_.explain(user, list.front().row), model, titles_);
  }
  return out;
}

}  // namespace alsace::cli
