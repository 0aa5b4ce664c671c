#include <alsace/read.h>
#include <alsace/recommend.h>
#include <alsace/train.h>

#include <iostream>

int main() {
  const std::filesystem::path file = "examples/plays.csv";
  const auto plays = alsace::prepare(alsace::read_interactions({&file, 1}), {});
  alsace::save_model(alsace::train(plays, {.factors = 8, .regularization = 1.0}), "plays.alsace");

  const alsace::Recommender recommender(alsace::load_model("plays.alsace"));
  const alsace::IdTable& items = recommender.model().item_ids;
  for (const auto& [item, score] : recommender.recommend(*plays.user_ids.find("anna"))) {
    std::cout << items[item] << ' ' << score << '\n';
  }
}
