#include "train/extrapolation.h"

#include <algorithm>

namespace alsace {

bool extrapolates(const TrainOptions& options) {
  return options.solver == Solver::automatic && !options.biases && !options.nonnegative;
}

float momentum(std::span<const double> objective) {
  constexpr float most = 1.0F / 3;
  int moves = 0;  // Since the start or the last rise.
  for (std::size_t i = 1; i < objective.size(); ++i) {
    moves = objective[i] > objective[i - 1] ? 0 : moves + 1;
  }
  const auto count = static_cast<float>(moves);
  return std::min(most, count / (count + 3));
}

void extrapolate(FactorTable& items, FactorTable& before, float momentum, ThreadPool& pool) {
  constexpr std::size_t block = 256;
  const auto rows = static_cast<std::size_t>(items.rows());
  parallel_blocks(pool, rows, block, [&](std::size_t begin, std::size_t end, int) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::span<float> y = items.row(static_cast<Index>(row));
      const std::span<float> old = before.row(static_cast<Index>(row));
      for (std::size_t i = 0; i < y.size(); ++i) {
        const float now = y[i];
        y[i] = now + momentum * (now - old[i]);
        old[i] = now;
      }
    }
  });
}

}  // namespace alsace
