#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "base/process.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "evaluate/item_matrix.h"
#include "evaluate/test_set.h"
#include "recommend/top_k.h"
#include "solve/gram.h"
#include "solve/inverse.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr Index most_items = 20'000;
constexpr std::size_t multiple = 16;  // Of the stride.

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "evaluate: " + message);
}

void check(Index items, const EaseOptions& options) {
  if (!(options.regularization > 0) || !std::isfinite(options.regularization)) {
    refuse(
        fmt::format("the regularization of ease is {}, it must be a number above 0. Start with "
                    "500.",
                    options.regularization));
  }
  const char* instead = "Leave out ease, or rare items (min_per_item)";
  if (items > most_items) {
    refuse(
        fmt::format("ease inverts a matrix of all items, and {} are more than the {} it takes. "
                    "{}.",
                    items,
                    most_items,
                    instead));
  }
  const std::uint64_t side = static_cast<std::uint64_t>(items) + multiple;
  const std::uint64_t needed = side * side * (sizeof(double) + sizeof(float));
  const std::uint64_t left = memory_left_bytes();
  if (left > 0 && needed > left) {
    refuse(fmt::format("ease needs {} of memory for {} items, this process can get {}. {}.",
                       byte_text(needed),
                       items,
                       byte_text(left),
                       instead));
  }
}

/// X'X + regularization I.
SquareMatrix gram_of(const ItemMatrix& matrix, double regularization, ThreadPool& pool) {
  const auto size = at(matrix.by_item.rows);
  const std::size_t stride = (size + multiple - 1) / multiple * multiple;
  SquareMatrix gram{
      .size = size, .stride = stride, .values = AlignedVector<double>(stride * stride, 0.0)};
  each_item_products(
      matrix.by_user,
      matrix.by_item,
      pool,
      [&](Index item, std::span<const Index> others, std::span<const double> products) {
        double* row = &gram.values[at(item) * stride];
        for (const Index other : others) {
          row[other] = products[at(other)];
        }
      });
  for (std::size_t item = 0; item < size; ++item) {
    gram.values[item * stride + item] += regularization;
  }
  return gram;
}

/// What each item says for each other.
class ItemWeights {
 public:
  ItemWeights(const Split& split, const EaseOptions& options) : matrix_(item_matrix(split)) {
    ThreadPool pool(options.threads);
    SquareMatrix inverse = gram_of(matrix_, options.regularization, pool);
    if (!invert(inverse, pool)) {
      refuse(
          fmt::format("ease: X'X + {} I has no inverse to working precision. Raise its "
                      "regularization.",
                      options.regularization));
    }
    size_ = inverse.size;
    weights_.resize(size_ * size_);
    pool.run(size_, [&](std::size_t i, int) {
      for (std::size_t j = 0; j < size_; ++j) {
        weights_[i * size_ + j] =
            i == j ? 0.0F : static_cast<float>(-inverse(i, j) / inverse(j, j));
      }
    });
  }

  void scores(Index user, std::span<float> out) const {
    std::ranges::fill(out, 0.0F);
    matrix_.each_of_history(user, [&](Index item, float value) {
      const float* row = &weights_[at(item) * size_];
      for (std::size_t other = 0; other < out.size(); ++other) {
        out[other] += value * row[other];
      }
    });
    for (std::size_t item = 0; item < out.size(); ++item) {
      if (!matrix_.is_trained(static_cast<Index>(item))) {
        out[item] = never_listed;
      }
    }
  }

 private:
  ItemMatrix matrix_;
  std::size_t size_ = 0;
  std::vector<float> weights_;  ///< [items x items], diagonal 0.
};

}  // namespace

Scorer ease_scorer(const Split& split, const EaseOptions& options) {
  check(split.train.item_ids.size(), options);
  const auto weights = std::make_shared<const ItemWeights>(split, options);
  return {.name = "ease",
          .scores = [weights](Index user, std::span<float> out) { weights->scores(user, out); },
          .predict = {}};
}

}  // namespace alsace
