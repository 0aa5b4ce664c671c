#pragma once

#include "alsace/evaluate.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace alsace::cli {

struct BaselineOptions {
  std::optional<int> neighbors;
  std::optional<double> ease_regularization;
};

/// "knn_cosine" as it is spelled on the command line: knn-cosine.
std::string dashed(std::string name);

/// @throws Error invalid_argument for a name that baseline() does not know, or an option of a
///         baseline that is not among them.
void check_baselines(std::span<const std::string> names, const BaselineOptions& options);

/// A baseline by its name on the command line: random, popularity, knn-cosine, knn-bm25, ease,
/// mean, item-mean.
Scorer baseline(const std::string& name,
                const Split& split,
                const BaselineOptions& options,
                std::uint64_t seed,
                int threads);

}  // namespace alsace::cli
