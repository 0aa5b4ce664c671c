#include "solve/half_step.h"

#include "alsace/error.h"

#include "solve/gradient_solver.h"
#include "solve/row_block.h"
#include "solve/row_solver.h"
#include "solve/schedule.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace alsace {
namespace {

/// What one thread needs.
class Worker {
 public:
  Worker(const FixedSide& fixed, const TrainOptions& options, Index counterparts, Effort effort)
      : effort_(options.nonnegative ? Effort::exact : effort),
        has_floats_(fixed.halves == nullptr),
        block_(fixed, effort_),
        gradients_(fixed, options, counterparts, effort_),
        direct_(fixed, options, counterparts) {}

  RowBlock& block() { return block_; }

  /// Solves row r of the block; its part of the objective, or nothing when there is no solution.
  std::optional<double> solve(const RowEntries& entries, std::size_t r) {
    if (effort_ != Effort::exact) {
      if (const auto objective = gradients_.solve(entries, block_.floats(r))) {
        return objective;
      }
    }
    // Halves are for mild systems only, which do not come here.
    return has_floats_ ? direct_.solve(entries, block_.doubles(r)) : std::nullopt;
  }

 private:
  Effort effort_;
  bool has_floats_;
  RowBlock block_;
  GradientSolver gradients_;
  RowSolver direct_;
};

[[noreturn]] void refuse_row(const std::string& name, const TrainOptions& options) {
  throw Error(ErrorCode::numerical_failure,
              fmt::format(
                  "solve: {} has no solution with regularization = {}. Raise regularization{}.",
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
  const Schedule schedule = make_schedule(observations.offsets);
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(pool.workers()));
  std::vector<double> objectives(schedule.task_count());
  pool.run(schedule.task_count(), [&](std::size_t task, int number) {
    auto& worker = workers[static_cast<std::size_t>(number)];
    if (!worker) {
      worker = std::make_unique<Worker>(fixed, options, counterparts, effort);
    }
    const std::span<const Index> rows = schedule.task(task);
    worker->block().load(solved, rows);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto row = static_cast<std::size_t>(rows[r]);
      const auto objective = worker->solve(row_entries(observations, row), r);
      if (!objective) {
        refuse_row(name(rows[r]), options);
      }
      objectives[task] += *objective;
    }
    worker->block().store(solved, rows);
  });
  return std::accumulate(objectives.begin(), objectives.end(), 0.0);
}

double half_step(const Observations& observations,
                 ConstSide fixed,
                 Side solved,
                 const TrainOptions& options,
                 Index counterparts,
                 Effort effort,
                 Precision precision,
                 ThreadPool& pool,
                 const RowName& name) {
  check_sides(observations, fixed, solved, options);
  return half_step(observations,
                   prepare_fixed_side(fixed, options, pool, effort, precision),
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
            suitable_precision(observations, resolved),
            pool,
            [](Index row) { return fmt::format("row {}", row); });
}

Precision suitable_precision(const Observations& observations, const TrainOptions& options) {
  constexpr float mild = 1000;  // Rounding by 2^-11 then adds less than 2^-12 to c (p - x.y)^2.
  if (options.solver == Solver::exact || options.nonnegative || *options.regularization == 0) {
    return Precision::single;
  }
  const float largest = observations.confidence.empty()
                            ? observations.uniform_confidence
                            : *std::ranges::max_element(observations.confidence);
  return largest <= mild ? Precision::half : Precision::single;
}

}  // namespace alsace
