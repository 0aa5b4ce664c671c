#pragma once

#include "alsace/generate.h"
#include "alsace/items.h"
#include "alsace/train.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace alsace::test {

/// A small model of the made-up catalogue.
inline Model made_up_model(TrainOptions options = {}) {
  const Catalogue catalogue =
      generate_catalogue({.users = 120, .items = 90, .interactions = 2500, .seed = 7});
  options.factors = 8;
  options.iterations = 4;
  return train(catalogue.interactions, resolve(options));
}

/// Titles, a number and a category for some of the model's items.
inline ItemTable made_up_items(const Model& model) {
  ItemTable items;
  ItemColumn year = {.name = "year"};
  ItemColumn genre = {.name = "genre", .kind = ColumnKind::category};
  genre.offsets = {0};
  for (int label = 0; label < 12; ++label) {
    genre.labels.push_back("genre " + std::to_string(label));
  }
  for (Index row = 0; row < model.item_ids.size() - 5; ++row) {
    items.ids.find_or_add(model.item_ids[row]);
    items.titles.push_back("Title " + std::to_string(row));
    year.numbers.push_back(row % 9 == 0 ? std::nan("") : 1950 + row);
    genre.places.push_back(row % 12);
    if (row % 3 == 0) {
      genre.places.push_back((row + 5) % 12);
    }
    genre.offsets.push_back(genre.places.size());
  }
  items.columns = {std::move(year), std::move(genre)};
  return items;
}

}  // namespace alsace::test
