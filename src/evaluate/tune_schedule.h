#pragma once

#include "alsace/options.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// Stages before it are rungs, from 0.
constexpr int final_stage = 3;
constexpr int rungs = final_stage;

/// A stretch of a candidate's training: so many iterations with so many factors.
struct Step {
  int factors = 0;
  int iterations = 0;
};

/// One training to be measured. It goes through its steps, each of which starts from the last.
struct TuneJob {
  int trial = 0;
  int stage = 0;
  TrainOptions options = {};  ///< Of the last step, seed included.
  std::vector<Step> steps = {};
  std::vector<int> counts = {};  ///< Iterations of the last step after which to measure, rising.
  bool sampled = false;          ///< A sample of the users is enough.
  int goes_on = 0;               ///< How many of this stage's jobs will be continued.
};

/// What a job gave after one of its counts.
struct TuneMeasurement {
  int iterations = 0;
  double value = 0;  ///< Of the metric.
  double gain = 0;   ///< What is to be made large: the metric, or -mean squared error.
  double low = 0;    ///< 95 % interval of the value.
  double high = 0;
  std::vector<double> by_user = {};  ///< Gains; they average to `gain`. In the final only.
};
struct TuneMeasured {
  std::vector<TuneMeasurement> at = {};  ///< One for each count; empty after a failure.
  std::string failure = {};
};

/// Successive halving (Jamieson and Talwalkar 2016): how many of the candidates are on each of the
/// three rungs. The better third, rounded up, goes on; those near a best one begin on the second
/// rung, since on the first few factors would decide.
std::vector<int> halving_schedule(int candidates, int first_rung = 0);

/// How many of the trials are drawn from the whole space, and how many near the best in each of the
/// rounds after it.
std::vector<int> rounds_of(int trials);

/// The rungs of a candidate: a quarter of its factors, then half, then all, a few iterations each.
std::vector<Step> rungs_of(const TrainOptions& options);

/// Mean and standard error of differences of paired numbers.
struct PairedDifference {
  double mean = 0;
  double error = 0;
};
PairedDifference paired_difference(std::span<const double> one, std::span<const double> other);

/// A finalist as the choice sees it.
struct Finalist {
  int trial = 0;
  int factors = 0;
  int iterations = 0;
  std::vector<double> by_user = {};  ///< Gains averaged over seeds.
};
/// Of those within one standard error (of the paired differences over users) of the best the one
/// with the fewest factors, then iterations; of equal ones the better. Place in `finalists`.
std::size_t choose(std::span<const Finalist> finalists);

/// The better of them is not ahead by more than one standard error.
bool within_one_error(std::span<const double> best, std::span<const double> other);
double mean_of(std::span<const double> numbers);

/// number / by, rounded up.
int divided(int number, int by);

/// What so many iterations take: one's cost grows with the factors, from a part that does not.
double step_cost(double factors, double iterations);
/// Roughly what a job takes, in iterations of one factor.
double job_cost(const TuneJob& job);

}  // namespace alsace
