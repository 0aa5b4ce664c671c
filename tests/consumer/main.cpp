#include <iostream>

#include <alsace/generate.h>
#include <alsace/recommend.h>
#include <alsace/train.h>

int main() {
  const alsace::Catalogue films = alsace::generate_catalogue();
  const alsace::Recommender recommender(alsace::train(films.interactions));
  for (const alsace::Scored& best : recommender.recommend(/*user=*/0)) {
    std::cout << best.score << "  " << films.titles[static_cast<std::size_t>(best.row)] << '\n';
  }
}
