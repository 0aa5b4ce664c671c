#include "alsace/error.h"
#include "alsace/evaluate.h"

#include "base/thread_pool.h"
#include "evaluate/item_matrix.h"
#include "evaluate/test_set.h"
#include "matrix/csr.h"
#include "recommend/top_k.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr double k1 = 1.2;
constexpr double b = 0.75;

/// BM25 of a value in a document (an item) of the length given, without the user's part.
class Saturation {
 public:
  explicit Saturation(const CsrMatrix& by_item) : lengths_(at(by_item.rows), 0.0) {
    for (std::size_t item = 0; item < lengths_.size(); ++item) {
      for (std::int64_t entry = by_item.offsets[item]; entry < by_item.offsets[item + 1]; ++entry) {
        lengths_[item] += static_cast<double>(by_item.value(entry));
      }
    }
    const double sum = std::accumulate(lengths_.begin(), lengths_.end(), 0.0);
    mean_ = sum > 0 ? sum / static_cast<double>(lengths_.size()) : 1.0;
  }

  [[nodiscard]] double operator()(Index item, double value) const {
    const double below = k1 * (1.0 - b + b * lengths_[at(item)] / mean_) + value;
    return below > 0 ? value * (k1 + 1.0) / below : 0.0;
  }

 private:
  std::vector<double> lengths_;  ///< Sums of values. [items]
  double mean_ = 1;
};

/// How telling a user is: the fewer items, the more.
double inverse_frequency(const CsrMatrix& by_user, Index user) {
  const auto items = static_cast<double>(by_user.columns);
  return std::max(0.0, std::log(items / (1.0 + static_cast<double>(by_user.row(user).size()))));
}

void refuse_negative(const ItemMatrix& matrix) {
  for (const CsrMatrix* part : {&matrix.by_user, &matrix.fold_in}) {
    const auto bad = std::ranges::find_if(part->values, [](float value) { return !(value >= 0); });
    if (bad != part->values.end()) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("evaluate: knn_bm25 counts how often, and there is the value {}. It "
                              "must be 0 or more; take knn_cosine.",
                              *bad));
    }
  }
}

/// The most similar items of each item.
class Neighbors {
 public:
  Neighbors(const Split& split, const NeighborOptions& options)
      : matrix_(item_matrix(split)),
        saturation_(matrix_.by_item),
        bm25_(options.weights == NeighborWeights::bm25),
        similar_(at(matrix_.by_item.rows)) {
    if (bm25_) {
      refuse_negative(matrix_);
    }
    ThreadPool pool(options.threads);
    find(static_cast<std::size_t>(options.neighbors), pool);
  }

  void scores(Index user, std::span<float> out) const {
    for (std::size_t item = 0; item < out.size(); ++item) {
      out[item] = matrix_.is_trained(static_cast<Index>(item)) ? 0.0F : never_listed;
    }
    matrix_.each_of_history(user, [&](Index item, float value) {
      const auto weight = static_cast<float>(bm25_ ? saturation_(item, static_cast<double>(value))
                                                   : static_cast<double>(value));
      for (const Scored& other : similar_[at(item)]) {
        out[at(other.row)] += weight * other.score;
      }
    });
  }

 private:
  [[nodiscard]] CsrMatrix weighted() const {
    CsrMatrix weights = matrix_.by_user;
    weights.values.resize(weights.indices.size());
    for (Index user = 0; user < weights.rows; ++user) {
      const double frequency = inverse_frequency(matrix_.by_user, user);
      for (std::int64_t entry = weights.offsets[at(user)]; entry < weights.offsets[at(user) + 1];
           ++entry) {
        const auto place = static_cast<std::size_t>(entry);
        const double value = static_cast<double>(matrix_.by_user.value(entry));
        weights.values[place] =
            static_cast<float>(frequency * saturation_(weights.indices[place], value));
      }
    }
    return weights;
  }

  void find(std::size_t neighbors, ThreadPool& pool) {
    if (!bm25_) {
      find(matrix_.by_user, matrix_.by_item, neighbors, pool);
      return;
    }
    const CsrMatrix by_user = weighted();
    find(by_user, transpose(by_user), neighbors, pool);
  }

  void find(const CsrMatrix& by_user,
            const CsrMatrix& by_item,
            std::size_t neighbors,
            ThreadPool& pool) {
    const std::vector<double> norms = norms_of(by_item);
    each_item_products(
        by_user,
        by_item,
        pool,
        [&](Index item, std::span<const Index> others, std::span<const double> products) {
          std::vector<Scored>& similar = similar_[at(item)];
          for (const Index other : others) {
            const double scale = norms[at(item)] * norms[at(other)];
            if (other != item && scale > 0) {
              similar.push_back(
                  {.row = other, .score = static_cast<float>(products[at(other)] / scale)});
            }
          }
          const std::size_t kept = std::min(neighbors, similar.size());
          std::ranges::partial_sort(
              similar, similar.begin() + static_cast<std::ptrdiff_t>(kept), ranks_before);
          similar.resize(kept);
          similar.shrink_to_fit();
        });
  }

  static std::vector<double> norms_of(const CsrMatrix& by_item) {
    std::vector<double> norms(at(by_item.rows), 0.0);
    for (std::size_t item = 0; item < norms.size(); ++item) {
      for (std::int64_t entry = by_item.offsets[item]; entry < by_item.offsets[item + 1]; ++entry) {
        const double value = static_cast<double>(by_item.value(entry));
        norms[item] += value * value;
      }
      norms[item] = std::sqrt(norms[item]);
    }
    return norms;
  }

  ItemMatrix matrix_;
  Saturation saturation_;
  bool bm25_;
  std::vector<std::vector<Scored>> similar_;  ///< [items], best first.
};

}  // namespace

Scorer neighbor_scorer(const Split& split, const NeighborOptions& options) {
  if (options.neighbors < 1) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("evaluate: neighbors is {}, it must be 1 or more. Start with 100.",
                            options.neighbors));
  }
  const auto neighbors = std::make_shared<const Neighbors>(split, options);
  return {.name = options.weights == NeighborWeights::bm25 ? "knn_bm25" : "knn_cosine",
          .scores = [neighbors](Index user, std::span<float> out) { neighbors->scores(user, out); },
          .predict = {}};
}

}  // namespace alsace
