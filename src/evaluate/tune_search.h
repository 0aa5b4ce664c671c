#pragma once

#include "alsace/tune.h"

#include "base/random.h"
#include "evaluate/tune_space.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// Stages before it are rungs, from 0.
constexpr int final_stage = 3;

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

/// The search itself. It trains nothing: `measure` does.
class Search {
 public:
  /// Results of jobs, in their order.
  using Measure = std::function<std::vector<TuneMeasured>(std::span<const TuneJob>)>;

  /// `out_of_time` is asked before each batch of candidates.
  Search(const TuneOptions& options,
         const RegularizationScale& scale,
         bool all_ones,
         Measure measure,
         std::function<bool()> out_of_time,
         std::function<void(const std::string&)> note);

  /// Up to the choice. Afterwards, and when `measure` throws, trials() are what is known.
  void run();

  [[nodiscard]] const std::vector<TuneTrial>& trials() const noexcept { return trials_; }
  /// The best by what is known, or -1.
  [[nodiscard]] int best() const noexcept;
  [[nodiscard]] bool ended_early() const noexcept { return ended_early_; }
  /// Interval of the chosen trial, averaged over seeds.
  [[nodiscard]] MetricValue validation() const noexcept { return validation_; }
  /// In units of job_cost(), about.
  [[nodiscard]] double cost_of_final() const;
  /// What comes after the batch at hand.
  [[nodiscard]] double cost_ahead() const noexcept { return cost_ahead_; }

 private:
  struct Candidate {
    Point point;
    std::string origin;
  };
  /// A finalist's runs.
  struct Contender {
    int trial = 0;
    std::vector<TuneMeasurement> by_seed = {};
  };

  void run_halving();
  void run_grid();
  void run_round(const std::vector<Candidate>& candidates, int first_rung, double later);
  std::vector<Candidate> first_candidates(int count);
  std::vector<Candidate> near_candidates(int count, double shrink);
  int add_trial(const Candidate& candidate);
  void measure_stage(std::span<const int> trials, int first_rung, int stage, int goes_on);
  void finish();
  void run_seeds(std::vector<Contender>& contenders);
  void decide(const std::vector<Contender>& contenders);
  [[nodiscard]] TuneJob final_job(int trial, int seed) const;
  [[nodiscard]] std::vector<int> ranked(int least_stage) const;
  [[nodiscard]] std::vector<int> final_counts(int iterations) const;
  [[nodiscard]] double cost_of_round(std::span<const int> schedule, int from_stage) const;

  const TuneOptions options_;
  const RegularizationScale& scale_;
  Space space_;
  Measure measure_;
  std::function<bool()> out_of_time_;
  std::function<void(const std::string&)> note_;
  RandomStream random_;
  std::vector<TuneTrial> trials_;
  std::vector<Point> points_;
  std::vector<double> gains_;  ///< [trials] Of the last measurement.
  std::vector<std::string> told_;
  MetricValue validation_;
  double cost_ahead_ = 0;
  bool ended_early_ = false;
};

/// Roughly what a job takes, in iterations of one factor.
double job_cost(const TuneJob& job);

}  // namespace alsace
