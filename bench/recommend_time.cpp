// What one list costs without any language around it: recommend_time MODEL USERS prints
// microseconds per call of Recommender::recommend, for so many users spread over the model, one
// after the other.
#include "alsace/model.h"
#include "alsace/recommend.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: recommend_time MODEL USERS\n", stderr);
    return 2;
  }
  const alsace::Recommender recommender(alsace::load_model(arguments[1]));
  const alsace::Index users = recommender.model().user_ids.size();
  const alsace::Index asked = std::min<alsace::Index>(std::atoi(arguments[2]), users);
  const auto ask_all = [&] {
    for (alsace::Index i = 0; i < asked; ++i) {
      static_cast<void>(recommender.recommend(i * (users / asked)));
    }
  };
  ask_all();  // The model is mapped, and read as it is asked for.
  const auto start = std::chrono::steady_clock::now();
  ask_all();
  const std::chrono::duration<double, std::micro> passed = std::chrono::steady_clock::now() - start;
  std::printf("%.3f\n", passed.count() / asked);
}
