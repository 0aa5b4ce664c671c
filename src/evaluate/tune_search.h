#pragma once

#include "alsace/tune.h"

#include "base/random.h"
#include "evaluate/tune_schedule.h"
#include "evaluate/tune_space.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace alsace {

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

}  // namespace alsace
