#include "recommend/top_k.h"

#include "kernels/scores.h"

#include <algorithm>
#include <utility>

namespace alsace {

void Best::add(Index first, std::span<const float> scores) {
  std::size_t place = 0;
  while (true) {
    // A later row with the score of the worst ranks behind it.
    const float bound = heap_.size() < size_ ? never_listed : heap_.front().score;
    place += kernels::first_above(scores.data() + place, scores.size() - place, bound);
    if (place == scores.size()) {
      return;
    }
    if (heap_.size() == size_) {
      std::ranges::pop_heap(heap_, ranks_before);
      heap_.pop_back();
    }
    heap_.push_back({.row = first + static_cast<Index>(place), .score = scores[place]});
    std::ranges::push_heap(heap_, ranks_before);
    ++place;
  }
}

std::vector<Scored> Best::take() {
  std::ranges::sort_heap(heap_, ranks_before);
  return std::exchange(heap_, {});
}

std::vector<Scored> top_k(std::span<const float> scores, std::size_t top_k) {
  Best best(top_k);
  best.add(0, scores);
  return best.take();
}

}  // namespace alsace
