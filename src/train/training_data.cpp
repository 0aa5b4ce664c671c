#include "train/training_data.h"

#include "alsace/error.h"

#include "base/hash.h"
#include "matrix/csr.h"
#include "matrix/entries.h"
#include "train/quantile.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// The names of the rows.
struct Ids {
  const IdTable& users;
  const IdTable& items;

  [[nodiscard]] std::string pair(Index user, Index item) const {
    return fmt::format("user '{}', item '{}'", users[user], items[item]);
  }
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_data, "train: " + message);
}

void check_distinct(const Ids& ids, const CsrMatrix& by_user) {
  for (Index user = 0; user < by_user.rows; ++user) {
    const auto row = by_user.row(user);
    if (const auto twice = std::ranges::adjacent_find(row); twice != row.end()) {
      refuse(fmt::format("{} appears twice. Merge duplicates first (prepare).",
                         ids.pair(user, *twice)));
    }
  }
}

std::vector<std::int64_t> row_counts(const CsrMatrix& matrix) {
  std::vector<std::int64_t> counts(at(matrix.rows));
  std::adjacent_difference(matrix.offsets.begin() + 1, matrix.offsets.end(), counts.begin());
  return counts;
}

Index rows_with_entries(std::span<const std::int64_t> counts) {
  return static_cast<Index>(
      std::ranges::count_if(counts, [](std::int64_t count) { return count > 0; }));
}

/// A dislike counts by its size in the mean.
void measure_values(TrainingData& data, bool dislikes) {
  if (data.by_user.values.empty()) {
    data.value_mean = data.value_min = data.value_max = 1;
    return;
  }
  double sum = 0;
  for (const float value : data.by_user.values) {
    sum += static_cast<double>(dislikes ? std::abs(value) : value);
  }
  const auto [low, high] = std::ranges::minmax(data.by_user.values);
  data.value_mean = sum / static_cast<double>(data.by_user.values.size());
  data.value_min = static_cast<double>(low);
  data.value_max = static_cast<double>(high);
}

float checked_confidence(double value, const TrainOptions& options, double mean) {
  const auto confidence = static_cast<float>(confidence_of(value, options, mean));
  if (!std::isfinite(confidence)) {
    refuse(
        fmt::format("value {} with alpha {} gives a confidence beyond what float can hold. "
                    "Lower alpha, or use confidence log or relative.",
                    value,
                    options.alpha));
  }
  return confidence;
}

/// Items want confidence where there is one, and preferences; by_user keeps the values for the
/// model. A preference of 0 goes by the sign of its confidence through the one transposition.
void make_by_item(TrainingData& data) {
  std::vector<float>& confidence = data.user_confidence;
  const auto flip = [](std::vector<float>& weights, std::span<const float> preferences) {
    for (std::size_t entry = 0; entry < preferences.size(); ++entry) {
      weights[entry] = preferences[entry] == 0 ? -weights[entry] : weights[entry];
    }
  };
  if (confidence.empty()) {
    data.by_item = transpose(data.by_user);
    return;
  }
  flip(confidence, data.user_preferences);
  data.by_user.values.swap(confidence);
  data.by_item = transpose(data.by_user);
  data.by_user.values.swap(confidence);
  flip(confidence, data.user_preferences);
  if (!data.user_preferences.empty()) {
    data.item_preferences.reserve(data.by_item.values.size());
    for (float& weight : data.by_item.values) {
      data.item_preferences.push_back(std::signbit(weight) ? 0.0F : 1.0F);
      weight = std::abs(weight);
    }
  }
}

/// As many values of 1, in blocks.
void add_ones(Hasher& hasher, std::size_t count) {
  const std::vector<float> ones(std::min<std::size_t>(count, 1U << 14U), 1.0F);
  for (std::size_t block = 0; count > 0; count -= block) {
    block = std::min(count, ones.size());
    hasher.add(std::span(ones).first(block));
  }
}

std::uint64_t hash_of(const Ids& ids, const CsrMatrix& by_user, bool ones_released) {
  Hasher hasher;
  for (const IdTable* table : {&ids.users, &ids.items}) {
    hasher.add(table->bytes()).add(table->offsets());
  }
  hasher.add(std::span<const std::int64_t>(by_user.offsets));
  hasher.add(std::span<const Index>(by_user.indices));
  hasher.add(std::span<const float>(by_user.values));
  if (ones_released) {
    add_ones(hasher, by_user.indices.size());
  }
  return hasher.digest();
}

TrainingData prepare_rows(CsrMatrix by_user,
                          bool ones_released,
                          const Ids& ids,
                          const TrainOptions& options) {
  const bool is_implicit = options.feedback == Feedback::implicit_feedback;
  const bool drops_zeros = is_implicit && !options.dislikes;
  TrainingData data;
  data.by_user = std::move(by_user);
  check_values(data.by_user, ids.users, ids.items, options);
  check_distinct(ids, data.by_user);
  data.zeros_dropped = drops_zeros ? std::ranges::count(data.by_user.values, 0.0F) : 0;
  if (data.zeros_dropped > 0) {
    data.by_user = without_zeros(data.by_user);
  }
  if (data.by_user.entries() == 0) {
    refuse("there is nothing to train on: no interaction with a value above 0.");
  }
  data.hash = hash_of(ids, data.by_user, ones_released);
  data.ones_released = release_ones(data.by_user.values) || ones_released;
  measure_values(data, options.dislikes);
  if (is_implicit) {
    EntryWeights weights = weigh(data.by_user.values, options, data.value_mean);
    data.user_confidence = std::move(weights.confidence);
    data.user_preferences = std::move(weights.preferences);
    if (data.user_confidence.empty()) {
      data.uniform_confidence = checked_confidence(1.0, options, data.value_mean);
    }
  }
  make_by_item(data);
  data.user_counts = row_counts(data.by_user);
  data.item_counts = row_counts(data.by_item);
  data.trained_users = rows_with_entries(data.user_counts);
  data.trained_items = rows_with_entries(data.item_counts);
  return data;
}

}  // namespace

TrainingData prepare_training(const Triplets& triplets,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              const TrainOptions& options) {
  return prepare_rows(
      to_csr(triplets, user_ids.size(), item_ids.size()), false, {user_ids, item_ids}, options);
}

TrainingData prepare_training(Triplets&& triplets,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              const TrainOptions& options) {
  const bool ones =
      triplets.values.size() == triplets.users.size() && release_ones(triplets.values);
  return prepare_rows(to_csr(std::move(triplets), user_ids.size(), item_ids.size()),
                      ones,
                      {user_ids, item_ids},
                      options);
}

TrainingData prepare_training(CsrMatrix by_user,
                              const IdTable& user_ids,
                              const IdTable& item_ids,
                              const TrainOptions& options) {
  const Ids ids{user_ids, item_ids};
  check_rows(by_user, user_ids, item_ids);
  const bool ones = release_ones(by_user.values);
  return prepare_rows(std::move(by_user), ones, ids, options);
}

std::vector<float> confidences(std::span<const float> values,
                               const TrainOptions& options,
                               double mean) {
  // Ratings and counts repeat: what a value gave is looked up by its bits.
  struct Known {
    float value = std::numeric_limits<float>::quiet_NaN();
    float confidence = 0;
  };
  constexpr int bits = 8;
  std::array<Known, std::size_t{1} << bits> known;
  std::vector<float> found;
  found.reserve(values.size());
  for (const float value : values) {
    const std::uint32_t mixed = std::bit_cast<std::uint32_t>(value) * 2654435769U;
    Known& slot = known[mixed >> (32 - bits)];
    if (slot.value != value) {
      slot = {
          .value = value,
          .confidence = checked_confidence(std::abs(static_cast<double>(value)), options, mean)};
    }
    found.push_back(slot.confidence);
  }
  return found;
}

EntryWeights weigh(std::span<const float> values, const TrainOptions& options, double mean) {
  EntryWeights weights{.confidence = confidences(values, options, mean), .preferences = {}};
  if (std::ranges::any_of(values, [](float value) { return value <= 0; })) {
    weights.preferences.reserve(values.size());
    for (const float value : values) {
      weights.preferences.push_back(value > 0 ? 1.0F : 0.0F);
    }
  }
  return weights;
}

void check_rows(const CsrMatrix& by_user, const IdTable& user_ids, const IdTable& item_ids) {
  const auto refuse_call = [](const std::string& message) {
    throw Error(ErrorCode::invalid_argument, "train: " + message);
  };
  if (by_user.rows != user_ids.size() || by_user.columns != item_ids.size()) {
    refuse_call(fmt::format("the matrix has shape [{}, {}], there are {} user ids and {} item ids.",
                            by_user.rows,
                            by_user.columns,
                            user_ids.size(),
                            item_ids.size()));
  }
  if (by_user.offsets.size() != at(by_user.rows) + 1 || by_user.offsets.front() != 0 ||
      !std::ranges::is_sorted(by_user.offsets) ||
      at(by_user.offsets.back()) != by_user.indices.size() ||
      (!by_user.values.empty() && by_user.values.size() != by_user.indices.size())) {
    refuse_call("the matrix is no compressed rows. Make it with copy_of().");
  }
  for (Index user = 0; user < by_user.rows; ++user) {
    const auto row = by_user.row(user);
    if (!row.empty() && (row.front() < 0 || row.back() >= by_user.columns ||
                         std::ranges::adjacent_find(row, std::greater_equal{}) != row.end())) {
      refuse_call(
          fmt::format("the items of user '{}' do not rise from 0 to below {}. Sort them with "
                      "copy_of().",
                      user_ids[user],
                      by_user.columns));
    }
  }
}

void check_values(const CsrMatrix& by_user,
                  const IdTable& user_ids,
                  const IdTable& item_ids,
                  const TrainOptions& options) {
  const Ids ids{user_ids, item_ids};
  const bool negative_refused =
      options.feedback == Feedback::implicit_feedback && !options.dislikes;
  for (Index user = 0; user < by_user.rows; ++user) {
    for (auto entry = static_cast<std::size_t>(by_user.offsets[at(user)]);
         entry < static_cast<std::size_t>(by_user.offsets[at(user) + 1]);
         ++entry) {
      const float value = by_user.value(static_cast<std::int64_t>(entry));
      if (!std::isfinite(value)) {
        refuse(fmt::format("the value of {} is {}, it must be a finite number.",
                           ids.pair(user, by_user.indices[entry]),
                           value));
      }
      if (negative_refused && value < 0) {
        refuse(
            fmt::format("the value of {} is {}, implicit feedback takes 0 or more. Remove it, "
                        "train ratings with explicit feedback, or take it as a dislike "
                        "(--dislikes).",
                        ids.pair(user, by_user.indices[entry]),
                        value));
      }
    }
  }
}

CsrMatrix without_zeros(const CsrMatrix& matrix) {
  CsrMatrix kept{.rows = matrix.rows, .columns = matrix.columns};
  const auto zeros = static_cast<std::size_t>(std::ranges::count(matrix.values, 0.0F));
  kept.indices.reserve(matrix.indices.size() - zeros);
  kept.values.reserve(matrix.indices.size() - zeros);
  for (Index row = 0; row < matrix.rows; ++row) {
    for (auto entry = static_cast<std::size_t>(matrix.offsets[at(row)]);
         entry < static_cast<std::size_t>(matrix.offsets[at(row) + 1]);
         ++entry) {
      if (matrix.values[entry] != 0) {
        kept.indices.push_back(matrix.indices[entry]);
        kept.values.push_back(matrix.values[entry]);
      }
    }
    kept.offsets.push_back(static_cast<std::int64_t>(kept.indices.size()));
  }
  return kept;
}

CsrMatrix take_interactions(TrainingData& data) {
  CsrMatrix by_user = std::move(data.by_user);
  const bool with_ones = data.ones_released;
  data = {};  // Before the values are made again.
  if (with_ones) {
    by_user.values.assign(by_user.indices.size(), 1.0F);
  }
  return by_user;
}

Observations TrainingData::user_observations(const TrainOptions& options) const {
  Observations observations{.offsets = by_user.offsets,
                            .columns = by_user.indices,
                            .confidence = user_confidence,
                            .targets = user_preferences,
                            .uniform_confidence = uniform_confidence};
  if (options.feedback == Feedback::explicit_feedback) {
    observations.targets = by_user.values;
    observations.target_offset = options.biases ? value_mean : 0.0;
  }
  return observations;
}

Observations TrainingData::item_observations(const TrainOptions& options) const {
  Observations observations{.offsets = by_item.offsets,
                            .columns = by_item.indices,
                            .confidence = {},
                            .targets = item_preferences,
                            .uniform_confidence = uniform_confidence};
  if (options.feedback == Feedback::explicit_feedback) {
    observations.targets = by_item.values;
    observations.target_offset = options.biases ? value_mean : 0.0;
  } else {
    observations.confidence = by_item.values;
  }
  return observations;
}

ObservedData observed(const TrainingData& data, const TrainOptions& options) {
  return {.by_user = data.user_observations(options),
          .by_item = data.item_observations(options),
          .trained_users = data.trained_users,
          .trained_items = data.trained_items};
}

void describe(const TrainingData& data,
              const Observations& by_user,
              const TrainOptions& options,
              TrainSummary& summary) {
  summary.zeros_dropped = data.zeros_dropped;
  if (options.feedback == Feedback::implicit_feedback) {
    const std::span<const float> confidence =
        by_user.confidence.empty() ? std::span(&by_user.uniform_confidence, 1) : by_user.confidence;
    const auto quantile = [&](double share) {
      const double place = share * static_cast<double>(confidence.size() - 1);
      return static_cast<double>(number_at(confidence, static_cast<std::int64_t>(place)));
    };
    summary.confidence_median = quantile(0.5);
    summary.confidence_p99 = quantile(0.99);
    summary.confidence_max = static_cast<double>(std::ranges::max(confidence));
    const bool scaled_by_mean = options.confidence == Confidence::relative;
    summary.mean_alpha_value = options.alpha * (scaled_by_mean ? 1.0 : data.value_mean);
    if (summary.mean_alpha_value > 100 && options.confidence != Confidence::log) {
      summary.warnings.push_back(
          fmt::format("alpha times the mean value is {:.0f}: few heavy pairs will outweigh all "
                      "others. Use --preset recommended, or --confidence log or relative.",
                      summary.mean_alpha_value));
    }
    if (options.factors > 64 && *options.regularization_exponent == 0 &&
        *options.regularization < 1) {
      summary.warnings.push_back(fmt::format(
          "{} factors with regularization {} and exponent 0 overfit: this can rank below "
          "Popularity. Use --preset recommended, or raise the regularization.",
          options.factors,
          *options.regularization));
    }
  }
}

}  // namespace alsace
