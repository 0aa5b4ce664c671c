#include "alsace/error.h"

#include "solve/half_step.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

[[noreturn]] void refuse_shape(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "solve: " + message);
}

}  // namespace

void check_sides(const Observations& observations,
                 ConstSide fixed,
                 ConstSide solved,
                 const TrainOptions& options) {
  if (fixed.factors.factors != options.factors || solved.factors.factors != options.factors) {
    refuse_shape(
        fmt::format("the sides have {} and {} factors, options.factors is {}. Make all "
                    "three the same.",
                    fixed.factors.factors,
                    solved.factors.factors,
                    options.factors));
  }
  for (const FactorView& view : {fixed.factors, solved.factors}) {
    if (view.rows < 0 || view.stride < static_cast<std::size_t>(options.factors) ||
        (view.rows > 0 && view.data == nullptr)) {
      refuse_shape(
          fmt::format("a side of {} rows has {} floats from one row to the next, it must "
                      "have data and at least {}.",
                      view.rows,
                      view.stride,
                      options.factors));
    }
  }
  if (solved.factors.rows != observations.rows()) {
    refuse_shape(
        fmt::format("{} rows of observations for {} rows of factors. Give one row of "
                    "factors for each.",
                    observations.rows(),
                    solved.factors.rows));
  }
  const auto wanted = [&](ConstSide side) { return options.biases ? at(side.factors.rows) : 0; };
  if (fixed.biases.size() != wanted(fixed) || solved.biases.size() != wanted(solved)) {
    refuse_shape("biases must be given for every row with options.biases, and not without.");
  }
}

void check_observations(const Observations& observations, Index columns) {
  if (observations.offsets.empty() || observations.offsets.front() != 0) {
    refuse_shape("offsets must hold rows + 1 numbers and start at 0.");
  }
  if (!std::ranges::is_sorted(observations.offsets)) {
    refuse_shape("offsets must not fall. Give those of compressed rows (CSR).");
  }
  const auto entries = static_cast<std::size_t>(observations.offsets.back());
  const auto fits = [&](std::span<const float> values) {
    return values.empty() || values.size() == entries;
  };
  if (observations.columns.size() != entries || !fits(observations.confidence) ||
      !fits(observations.targets)) {
    refuse_shape(
        fmt::format("offsets end at {} entries, there are {} columns, {} confidences and "
                    "{} targets. Give one of each per entry, or none.",
                    entries,
                    observations.columns.size(),
                    observations.confidence.size(),
                    observations.targets.size()));
  }
  const auto outside = std::ranges::find_if(
      observations.columns, [&](Index column) { return column < 0 || column >= columns; });
  if (outside != observations.columns.end()) {
    refuse_shape(
        fmt::format("column {} is out of range, the other side has {} rows. Is the matrix "
                    "the right way round?",
                    *outside,
                    columns));
  }
}

}  // namespace alsace
