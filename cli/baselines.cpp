#include "baselines.h"

#include "command_line.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

NeighborOptions neighbor_options(NeighborWeights weights,
                                 const BaselineOptions& given,
                                 int threads) {
  NeighborOptions options{.weights = weights, .threads = threads};
  options.neighbors = given.neighbors.value_or(options.neighbors);
  return options;
}

EaseOptions ease_options(const BaselineOptions& given, int threads) {
  EaseOptions options{.threads = threads};
  options.regularization = given.ease_regularization.value_or(options.regularization);
  return options;
}

}  // namespace

std::string dashed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void check_baselines(std::span<const std::string> names, const BaselineOptions& options) {
  const std::vector<std::string> known = {
      "random", "popularity", "knn-cosine", "knn-bm25", "ease", "mean", "item-mean"};
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), dashed(name)) == known.end()) {
      refuse(fmt::format(
          "--baselines: there is no '{}'.{} Choose from random, popularity, knn-cosine, "
          "knn-bm25, ease (ranking), mean, item-mean (ratings), or none.",
          name,
          did_you_mean(name, known)));
    }
  }
  const auto asked = [names](std::string_view start) {
    return std::any_of(names.begin(), names.end(), [start](const std::string& name) {
      return dashed(name).starts_with(start);
    });
  };
  if (options.neighbors && !asked("knn")) {
    refuse("--neighbors is for the baselines knn-cosine and knn-bm25. Add one to --baselines.");
  }
  if (options.neighbors && *options.neighbors < 1) {
    refuse(fmt::format("--neighbors is {}, it must be 1 or more. Start with 100.",
                       *options.neighbors));
  }
  if (options.ease_regularization && !asked("ease")) {
    refuse("--ease-regularization is for the baseline ease. Add it to --baselines.");
  }
  if (options.ease_regularization && !(*options.ease_regularization > 0)) {
    refuse(fmt::format("--ease-regularization is {}, it must be above 0. Start with 500.",
                       *options.ease_regularization));
  }
}

Scorer baseline(const std::string& name,
                const Split& split,
                const BaselineOptions& options,
                std::uint64_t seed,
                int threads) {
  const std::string word = dashed(name);
  if (word == "knn-cosine") {
    return neighbor_scorer(split, neighbor_options(NeighborWeights::cosine, options, threads));
  }
  if (word == "knn-bm25") {
    return neighbor_scorer(split, neighbor_options(NeighborWeights::bm25, options, threads));
  }
  if (word == "ease") {
    return ease_scorer(split, ease_options(options, threads));
  }
  return word == "random"       ? random_scorer(seed)
         : word == "popularity" ? popularity_scorer(split)
         : word == "mean"       ? mean_scorer(split)
                                : item_mean_scorer(split);
}

}  // namespace alsace::cli
