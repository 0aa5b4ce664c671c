#include "solve/half_step.h"

#include "alsace/error.h"

#include "solve/direct_solver.h"
#include "solve/gradient_solver.h"
#include "solve/row_block.h"
#include "solve/row_solver.h"
#include "solve/schedule.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

/// Rows that are turned into the basis and back together.
constexpr std::size_t batch_rows = 32;

/// What one thread needs.
class Worker {
 public:
  Worker(const FixedSide& fixed, const TrainOptions& options, Index counterparts, Effort effort)
      : effort_(effort),
        has_floats_(fixed.halves == nullptr),
        gradients_(fixed, options, counterparts, effort),
        direct_(fixed, options, counterparts),
        careful_(fixed, options, counterparts),
        nonnegative_(options.nonnegative),
        block_(fixed, effort, batch_rows) {}

  /// Solves the rows in place and sets their objectives, in the order of the rows. Gives the first
  /// row that has no solution.
  std::optional<Index> solve(const Observations& observations,
                             const Side& solved,
                             std::span<const Index> rows,
                             std::span<double> objectives) {
    block_.load(solved, rows);
    if (effort_ != Effort::exact) {
      gradients_.clear();
      for (std::size_t r = 0; r < rows.size(); ++r) {
        gradients_.add(entries(observations, rows[r]), block_.floats(r));
      }
      gradients_.run();
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::optional<double> objective;
      if (effort_ != Effort::exact) {
        objective = gradients_.objective(r);
      }
      if (!objective) {
        objective = solve_directly(entries(observations, rows[r]), r);
      }
      if (!objective) {
        return rows[r];
      }
      objectives[r] = *objective;
    }
    block_.store(solved, rows);
    return std::nullopt;
  }

 private:
  static RowEntries entries(const Observations& observations, Index row) {
    return row_entries(observations, static_cast<std::size_t>(row));
  }

  std::optional<double> solve_directly(const RowEntries& row, std::size_t r) {
    std::optional<double> objective;
    // Halves are for mild systems only, which need no other solver.
    if (has_floats_ && !row.columns.empty() && !nonnegative_) {
      objective = direct_.solve(row, block_.floats(r));
    }
    if (!objective && has_floats_) {
      objective = careful_.solve(row, block_.doubles(r));
    }
    return objective;
  }

  Effort effort_;
  bool has_floats_;
  GradientSolver gradients_;
  DirectSolver direct_;
  RowSolver careful_;
  bool nonnegative_;
  RowBlock block_;
};

/// Enough tasks for all threads to end together, none of them with much room for weights.
std::int64_t entries_per_task(const Observations& observations, int threads) {
  constexpr std::int64_t least = 4096;
  constexpr std::int64_t most = std::int64_t{1} << 20;
  constexpr std::int64_t tasks_per_thread = 16;
  return std::clamp(observations.offsets.back() / (tasks_per_thread * threads), least, most);
}

[[noreturn]] void refuse_row(const std::string& name, const TrainOptions& options) {
  throw Error(
      ErrorCode::numerical_failure,
      fmt::format("solve: {} has no solution with regularization = {}. Raise regularization{}.",
                  name,
                  *options.regularization,
                  options.feedback == Feedback::implicit_feedback
                      ? ", or lower alpha if values are huge"
                      : ""));
}

}  // namespace

double half_step(const Observations& observations,
                 const FixedSide& fixed,
                 Side solved,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort,
                 ThreadPool& pool,
                 const RowName& name) {
  const Effort asked = options.nonnegative ? Effort::exact : effort;
  const auto make_worker = [&] {
    return std::make_unique<Worker>(fixed, options, counterparts, asked);
  };
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(pool.workers()));
  const Schedule schedule = make_schedule(
      observations.offsets, batch_rows, entries_per_task(observations, pool.workers()));
  std::vector<double> objectives(static_cast<std::size_t>(observations.rows()), 0.0);
  pool.run(schedule.task_count(), [&](std::size_t task, int number) {
    auto& worker = workers[static_cast<std::size_t>(number)];
    if (!worker) {
      worker = make_worker();
    }
    const auto failed = worker->solve(
        observations, solved, schedule.task(task), schedule.part(std::span(objectives), task));
    if (failed) {
      refuse_row(name(*failed), options);
    }
  });
  return std::accumulate(objectives.begin(), objectives.end(), 0.0);
}

double half_step(const Observations& observations,
                 ConstSide fixed,
                 Side solved,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort,
                 Weights weights,
                 ThreadPool& pool,
                 const RowName& name) {
  check_sides(observations, fixed, solved, options);
  return half_step(observations,
                   prepare_fixed_side(fixed, options, pool, effort, weights),
                   solved,
                   options,
                   counterparts,
                   effort,
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
  half_step(observations,
            fixed,
            solved,
            resolved,
            counterparts,
            resolved.solver == Solver::exact ? Effort::exact : Effort::rough,
            weights_of(observations, resolved),
            pool,
            [](Index row) { return fmt::format("row {}", row); });
}

Weights weights_of(const Observations& observations, const TrainOptions& options) {
  constexpr float most =
      1000;  // Up to there rounding factors by 2^-8 does not show in the objective.
  constexpr float most_target = 1e6F;  // Its square, and what it is multiplied by, fit float.
  if (options.solver == Solver::exact || options.nonnegative || *options.regularization == 0) {
    return Weights::heavy;
  }
  float least = observations.uniform_confidence;
  float largest = observations.uniform_confidence;
  if (!observations.confidence.empty()) {
    const auto [low, high] = std::ranges::minmax(observations.confidence);
    least = low;
    largest = high;
  }
  // Below w0 a weight is negative, and what is left of p'Ap may be no more than its rounding.
  const double base =
      options.feedback == Feedback::implicit_feedback ? options.unobserved_weight : 0;
  const bool fits = std::ranges::all_of(
      observations.targets, [](float target) { return std::abs(target) <= most_target; });
  return static_cast<double>(least) >= base && largest <= most && fits ? Weights::mild
                                                                       : Weights::heavy;
}

}  // namespace alsace
