#include "train/start.h"

#include "alsace/error.h"

#include "base/random.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "train: " + message);
}

void take_side(const IdTable& from_ids,
               const FactorTable& from,
               std::span<const float> from_biases,
               const IdTable& ids,
               FactorTable& to,
               std::span<float> biases) {
  for (Index row = 0; row < ids.size(); ++row) {
    const auto known = from_ids.find(ids[row]);
    if (!known) {
      continue;
    }
    std::ranges::copy(from.row(*known), to.row(row).begin());
    if (!biases.empty()) {
      biases[at(row)] = from_biases[at(*known)];
    }
  }
}

/// A model that a caller put together may not hold together.
void check_tables(const Model& start) {
  const auto fits = [&](const IdTable& ids, const FactorTable& factors, std::size_t biases) {
    return factors.rows() == ids.size() &&
           (ids.empty() || factors.factors() == start.options.factors) &&
           biases == (start.options.biases ? at(ids.size()) : 0);
  };
  if (!fits(start.user_ids, start.user_factors, start.user_biases.size()) ||
      !fits(start.item_ids, start.item_factors, start.item_biases.size())) {
    refuse("the warm start must have one row of factors, and with biases one bias, for each id.");
  }
}

/// What must agree for a checkpoint to go on to the same model.
TrainOptions comparable(TrainOptions options) {
  options.iterations = 0;
  options.tolerance = 0;
  options.threads = 0;
  return options;
}

}  // namespace

void draw_start(Model& model) {
  const double deviation = 0.1 / std::sqrt(static_cast<double>(model.options.factors));
  // Ratings lie around a mean that without biases the factors must make: they start with it.
  const bool starts_at_mean =
      model.options.feedback == Feedback::explicit_feedback && !model.options.biases;
  const auto mean_part =
      static_cast<float>(starts_at_mean ? std::sqrt(std::abs(model.value_mean)) : 0.0);
  for (Index item = 0; item < model.item_factors.rows(); ++item) {
    if (model.item_counts[at(item)] == 0) {
      continue;
    }
    std::uint64_t dimension = 0;
    for (float& value : model.item_factors.row(item)) {
      const double drawn =
          deviation *
          random_normal(model.options.seed, static_cast<std::uint64_t>(item), dimension++);
      value = static_cast<float>(model.options.nonnegative ? std::abs(drawn) : drawn);
    }
    model.item_factors.row(item).front() += mean_part;
  }
}

void take_start(const Model& start, Model& model) {
  if (start.options.factors != model.options.factors) {
    refuse(fmt::format("the warm start has {} factors, options.factors is {}. Make them the same.",
                       start.options.factors,
                       model.options.factors));
  }
  if (start.options.biases != model.options.biases) {
    refuse("the warm start and the options must both have biases, or both have none.");
  }
  if (model.options.nonnegative && !start.options.nonnegative) {
    refuse(
        "the warm start has negative factors, the options ask for none. Train without "
        "nonnegative, or start from a nonnegative model.");
  }
  check_tables(start);
  take_side(start.user_ids,
            start.user_factors,
            start.user_biases,
            model.user_ids,
            model.user_factors,
            model.user_biases);
  take_side(start.item_ids,
            start.item_factors,
            start.item_biases,
            model.item_ids,
            model.item_factors,
            model.item_biases);
}

void take_factors(FactorView start,
                  const char* side,
                  const TrainOptions& options,
                  FactorTable& factors) {
  if (start.data == nullptr) {
    return;
  }
  if (start.rows != factors.rows() || start.factors != factors.factors()) {
    refuse(fmt::format("the start factors of {} have shape [{}, {}], it must be [{}, {}].",
                       side,
                       start.rows,
                       start.factors,
                       factors.rows(),
                       factors.factors()));
  }
  const auto good = [&](float value) {
    return std::isfinite(value) && (value >= 0 || !options.nonnegative);
  };
  for (Index row = 0; row < start.rows; ++row) {
    if (!std::ranges::all_of(start.row(row), good)) {
      refuse(fmt::format("the start factors of {} must be finite numbers{}, row {} has others.",
                         side,
                         options.nonnegative ? " of 0 or more" : "",
                         row));
    }
    std::ranges::copy(start.row(row), factors.row(row).begin());
  }
}

void take_checkpoint(const Model& checkpoint, Model& model) {
  if (checkpoint.complete) {
    refuse(
        "the file to resume from is a finished model, not a checkpoint. Start from it with "
        "--warm-start instead.");
  }
  if (checkpoint.data_hash != model.data_hash) {
    refuse(
        "the checkpoint was made from other data. Resume with the same files and reading "
        "options, or train from the start.");
  }
  if (comparable(checkpoint.options) != comparable(model.options)) {
    refuse(
        "the checkpoint was made with other options. Resume with the same ones (iterations, "
        "tolerance and threads may differ), or train from the start.");
  }
  const auto done = checkpoint.summary.objective.size();
  if (done > static_cast<std::size_t>(model.options.iterations)) {
    refuse(
        fmt::format("the checkpoint has {} iterations done, options.iterations is {}. Ask for as "
                    "many or more.",
                    done,
                    model.options.iterations));
  }
  model.user_factors = checkpoint.user_factors;
  model.item_factors = checkpoint.item_factors;
  model.previous_item_factors = checkpoint.previous_item_factors;
  model.user_biases = checkpoint.user_biases;
  model.item_biases = checkpoint.item_biases;
  model.summary.objective = checkpoint.summary.objective;
  model.summary.seconds = checkpoint.summary.seconds;
}

}  // namespace alsace
