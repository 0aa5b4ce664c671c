#include "solve/half_step.h"

#include "alsace/error.h"

#include "kernels/dense.h"
#include "solve/row_solver.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t rows_per_task = 32;

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

namespace {

/// A task's rows in the fixed side's basis, before and after.
class RowBlock {
 public:
  RowBlock(const FixedSide& fixed, int factors)
      : fixed_(fixed),
        factors_(static_cast<std::size_t>(factors)),
        stride_(fixed.table.stride()),
        own_(rows_per_task * stride_, 0.0),
        turned_(rows_per_task * stride_, 0.0F) {}

  [[nodiscard]] std::span<double> row(std::size_t r) {
    return {own_.data() + r * stride_, static_cast<std::size_t>(fixed_.coordinates)};
  }

  void load(const Side& solved, std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const auto x = solved.factors.row(static_cast<Index>(r));
      std::ranges::copy(x, row(r - begin).begin());
      if (!solved.biases.empty()) {
        row(r - begin).back() = static_cast<double>(solved.biases[r]);
      }
    }
    if (fixed_.basis) {
      kernels::multiply(
          own_.data(), end - begin, stride_, fixed_.basis->into.values.data(), turned_.data());
      std::copy_n(turned_.begin(), (end - begin) * stride_, own_.begin());
    }
  }

  void store(const Side& solved, std::size_t begin, std::size_t end) {
    if (fixed_.basis) {
      kernels::multiply(
          own_.data(), end - begin, stride_, fixed_.basis->back.values.data(), turned_.data());
    } else {
      std::ranges::transform(
          own_, turned_.begin(), [](double value) { return static_cast<float>(value); });
    }
    for (std::size_t r = begin; r < end; ++r) {
      const float* x = turned_.data() + (r - begin) * stride_;
      std::copy_n(x, factors_, solved.factors.row(static_cast<Index>(r)).begin());
      if (!solved.biases.empty()) {
        solved.biases[r] = x[factors_];
      }
    }
  }

 private:
  const FixedSide& fixed_;
  std::size_t factors_;
  std::size_t stride_;
  AlignedVector<double> own_;    ///< [rows_per_task x stride]
  AlignedVector<float> turned_;  ///< [rows_per_task x stride]
};

/// What one thread needs.
struct Worker {
  RowSolver solver;
  RowBlock block;
};

}  // namespace

RowEntries row_entries(const Observations& observations, Index row) {
  const auto begin = static_cast<std::size_t>(observations.offsets[at(row)]);
  const auto count = static_cast<std::size_t>(observations.offsets[at(row) + 1]) - begin;
  const auto part = [&](std::span<const float> all) {
    return all.empty() ? all : all.subspan(begin, count);
  };
  return {.columns = observations.columns.subspan(begin, count),
          .confidence = part(observations.confidence),
          .targets = part(observations.targets),
          .uniform_confidence = observations.uniform_confidence,
          .target_offset = observations.target_offset};
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

void half_step(const Observations& observations,
               const FixedSide& fixed,
               Side solved,
               const TrainOptions& options,
               Index counterparts,
               ThreadPool& pool,
               const RowName& name) {
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(pool.workers()));
  const auto rows = static_cast<std::size_t>(observations.rows());
  parallel_blocks(pool, rows, rows_per_task, [&](std::size_t begin, std::size_t end, int number) {
    auto& worker = workers[static_cast<std::size_t>(number)];
    if (!worker) {
      worker = std::make_unique<Worker>(
          Worker{RowSolver(fixed, options, counterparts), RowBlock(fixed, options.factors)});
    }
    worker->block.load(solved, begin, end);
    for (std::size_t row = begin; row < end; ++row) {
      if (!worker->solver.solve(row_entries(observations, static_cast<Index>(row)),
                                options.solver,
                                worker->block.row(row - begin))) {
        throw Error(
            ErrorCode::numerical_failure,
            fmt::format(
                "solve: {} has no solution with regularization = {}. Raise regularization{}.",
                name(static_cast<Index>(row)),
                *options.regularization,
                options.feedback == Feedback::implicit_feedback
                    ? ", or lower alpha if values are huge"
                    : ""));
      }
    }
    worker->block.store(solved, begin, end);
  });
}

void half_step(const Observations& observations,
               ConstSide fixed,
               Side solved,
               const TrainOptions& options,
               Index counterparts,
               ThreadPool& pool,
               const RowName& name) {
  check_sides(observations, fixed, solved, options);
  half_step(observations,
            prepare_fixed_side(fixed, options, pool),
            solved,
            options,
            counterparts,
            pool,
            name);
}

void half_step(const Observations& observations,
               ConstSide fixed,
               Side solved,
               const TrainOptions& options,
               Index counterparts) {
  const TrainOptions resolved = resolve(options);
  check_observations(observations, fixed.factors.rows);
  ThreadPool pool(resolved.threads);
  const auto name = [](Index row) { return fmt::format("row {}", row); };
  half_step(observations, fixed, solved, resolved, counterparts, pool, name);
}

}  // namespace alsace
