#include "evaluate/tune_schedule.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace alsace {

int divided(int number, int by) {
  return (number + by - 1) / by;
}

double step_cost(double factors, double iterations) {
  return iterations * (factors + 24);
}

/// A measurement is about six iterations of its own.
double job_cost(const TuneJob& job) {
  const Step& last = job.steps.back();
  const double measured = job.sampled ? 2.0 : 6.0 * static_cast<double>(job.counts.size());
  return step_cost(last.factors, last.iterations + measured);
}

std::vector<int> halving_schedule(int candidates, int first_rung) {
  std::vector<int> schedule(rungs, 0);
  for (int rung = first_rung; rung < rungs; ++rung) {
    schedule[static_cast<std::size_t>(rung)] = candidates;
    candidates = divided(candidates, 3);
  }
  return schedule;
}

std::vector<int> rounds_of(int trials) {
  if (trials < 5) {
    return {trials};
  }
  const int first = divided(3 * trials, 5);
  const int second = divided(trials - first, 2);
  return {first, second, trials - first - second};
}

std::vector<Step> rungs_of(const TrainOptions& options) {
  const auto part = [&](int by) {
    return std::min(options.factors, std::max(8, divided(options.factors, by)));
  };
  const auto at_most = [&](int iterations) { return std::min(iterations, options.iterations); };
  return {{part(4), at_most(3)}, {part(2), at_most(3)}, {options.factors, at_most(8)}};
}

PairedDifference paired_difference(std::span<const double> one, std::span<const double> other) {
  const auto count = static_cast<double>(one.size());
  PairedDifference found;
  for (std::size_t i = 0; i < one.size(); ++i) {
    found.mean += (one[i] - other[i]) / count;
  }
  double squares = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const double rest = one[i] - other[i] - found.mean;
    squares += rest * rest;
  }
  found.error = count > 1 ? std::sqrt(squares / (count - 1) / count) : 0;
  return found;
}

double mean_of(std::span<const double> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

bool within_one_error(std::span<const double> best, std::span<const double> other) {
  const PairedDifference difference = paired_difference(best, other);
  return difference.mean <= difference.error;
}

std::size_t choose(std::span<const Finalist> finalists) {
  std::vector<double> means;
  for (const Finalist& finalist : finalists) {
    means.push_back(mean_of(finalist.by_user));
  }
  const auto best = static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
  std::size_t chosen = best;
  for (std::size_t i = 0; i < finalists.size(); ++i) {
    const auto size = [&](std::size_t j) {
      return std::tuple(finalists[j].factors, finalists[j].iterations, -means[j]);
    };
    if (within_one_error(finalists[best].by_user, finalists[i].by_user) && size(i) < size(chosen)) {
      chosen = i;
    }
  }
  return chosen;
}

}  // namespace alsace
