#pragma once

#include "alsace/options.h"
#include "alsace/solve.h"

#include <cmath>
#include <cstddef>
#include <span>

namespace alsace {

/// c_j p_j^2 of a weight and a target c_j p_j as they were rounded to float: what x'Ax - 2 b'x
/// leaves of it is small where the row is fitted well, and would else be a rounding error.
inline double constant_of(float weight, float target, double unobserved_weight) {
  const double confidence = static_cast<double>(weight) + unobserved_weight;
  const double product = static_cast<double>(target);
  return confidence > 0 ? product * product / confidence : 0.0;
}

/// What an entry adds to its row's system.
struct SystemEntry {
  double weight = 0;    ///< w = c - w0
  float target = 0;     ///< t = c p
  double constant = 0;  ///< c p^2, of weight and target in float.
};

/// The entries of one row, as observed.
struct RowEntries {
  std::span<const Index> columns;
  std::span<const float> confidence;  ///< Or empty: all uniform_confidence.
  std::span<const float> targets;     ///< Or empty: all 1.
  float uniform_confidence = 1.0F;
  double target_offset = 0.0;

  [[nodiscard]] double confidence_at(std::size_t j) const {
    return static_cast<double>(confidence.empty() ? uniform_confidence : confidence[j]);
  }
  /// p_j, less the offset and the bias of its column.
  [[nodiscard]] double target_at(std::size_t j, std::span<const float> biases) const {
    const double target = targets.empty() ? 1.0 : static_cast<double>(targets[j]);
    return target - target_offset -
           (biases.empty() ? 0.0
                           : static_cast<double>(biases[static_cast<std::size_t>(columns[j])]));
  }
  [[nodiscard]] SystemEntry system_entry(std::size_t j,
                                         std::span<const float> biases,
                                         double unobserved_weight) const {
    const double c = confidence_at(j);
    const double weight = c - unobserved_weight;
    const auto target = static_cast<float>(c * target_at(j, biases));
    return {.weight = weight,
            .target = target,
            .constant = constant_of(static_cast<float>(weight), target, unobserved_weight)};
  }
};

/// The entries of row `row`.
inline RowEntries row_entries(const Observations& observations, std::size_t row) {
  const auto begin = static_cast<std::size_t>(observations.offsets[row]);
  const auto count = static_cast<std::size_t>(observations.offsets[row + 1]) - begin;
  const auto part = [&](std::span<const float> all) {
    return all.empty() ? all : all.subspan(begin, count);
  };
  return {.columns = observations.columns.subspan(begin, count),
          .confidence = part(observations.confidence),
          .targets = part(observations.targets),
          .uniform_confidence = observations.uniform_confidence,
          .target_offset = observations.target_offset};
}

/// l_u = lambda n^nu, n = entries + more_count.
inline double row_regularization(const TrainOptions& options, double entries, double more_count) {
  const double exponent = *options.regularization_exponent;
  if (exponent == 0) {
    return *options.regularization;
  }
  const double count = entries + more_count;
  return *options.regularization * (exponent == 1 ? count : std::pow(count, exponent));
}

/// What RegularizationCount::all adds to a row's own entries: w0 n of the other side.
inline double more_count(const TrainOptions& options, Index counterparts) {
  const bool all = options.regularization_count == RegularizationCount::all;
  const bool is_implicit = options.feedback == Feedback::implicit_feedback;
  return all && is_implicit ? options.unobserved_weight * counterparts : 0.0;
}

}  // namespace alsace
