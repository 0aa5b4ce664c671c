#include "evaluate/tune_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// In standard errors after the first seed: who is farther behind will hardly come within one of
/// them by the mean over seeds.
constexpr double most_behind = 1.5;
constexpr int most_finalists = 3;
constexpr double failed = -std::numeric_limits<double>::infinity();

}  // namespace

Search::Search(const TuneOptions& options,
               const RegularizationScale& scale,
               bool all_ones,
               Measure measure,
               std::function<bool()> out_of_time,
               std::function<void(const std::string&)> note)
    : options_(options),
      scale_(scale),
      space_(options, scale, all_ones),
      measure_(std::move(measure)),
      out_of_time_(std::move(out_of_time)),
      note_(std::move(note)),
      random_(options.seed, 0x7475'6e65) {}

void Search::run() {
  if (options_.method == TuneMethod::grid) {
    run_grid();
  } else {
    run_halving();
  }
  finish();
}

void Search::run_halving() {
  const std::vector<int> rounds = rounds_of(options_.trials);
  const auto first_rung = [](std::size_t round) { return round == 0 ? 0 : 1; };
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    if (round > 0 && out_of_time_()) {
      ended_early_ = true;
      break;
    }
    double later = cost_of_final();
    for (std::size_t i = round + 1; i < rounds.size(); ++i) {
      later += cost_of_round(halving_schedule(rounds[i], first_rung(i)), 0);
    }
    run_round(round == 0 ? first_candidates(rounds[round])
                         : near_candidates(rounds[round], round == 1 ? 1.0 : 0.6),
              first_rung(round),
              later);
  }
}

/// `later`: the cost of all that comes after it.
void Search::run_round(const std::vector<Candidate>& candidates, int first_rung, double later) {
  std::vector<int> alive;
  for (const Candidate& candidate : candidates) {
    alive.push_back(add_trial(candidate));
  }
  const std::vector<int> schedule = halving_schedule(static_cast<int>(alive.size()), first_rung);
  for (int stage = first_rung; stage < rungs && !alive.empty(); ++stage) {
    if (stage > first_rung && out_of_time_()) {
      ended_early_ = true;
      return;
    }
    const int goes_on = stage + 1 < rungs ? schedule[static_cast<std::size_t>(stage) + 1] : 0;
    cost_ahead_ = later + cost_of_round(schedule, stage + 1);
    measure_stage(alive, first_rung, stage, goes_on);
    const auto gain = [&](int trial) { return gains_[static_cast<std::size_t>(trial)]; };
    std::erase_if(alive, [&](int trial) { return gain(trial) == failed; });
    std::ranges::stable_sort(alive, std::greater<>{}, gain);
    alive.resize(std::min(alive.size(), static_cast<std::size_t>(goes_on)));
  }
}

/// The default options, the preset (for ratings: biases), and draws from the whole space.
std::vector<Search::Candidate> Search::first_candidates(int count) {
  TrainOptions standard = options_.base;
  standard.regularization.reset();
  standard.regularization_exponent.reset();
  const bool is_explicit = standard.feedback == Feedback::explicit_feedback;
  TrainOptions preset = standard;
  if (is_explicit) {
    preset.biases = !standard.nonnegative;
  } else {
    const TrainOptions good = recommended_options();
    preset.confidence = good.confidence;
    preset.alpha = good.alpha;
    preset.regularization = good.regularization;
    preset.regularization_exponent = good.regularization_exponent;
    preset.regularization_count = good.regularization_count;
  }
  std::vector<Candidate> candidates = {
      {space_.point_of(resolve(standard)), "default"},
      {space_.point_of(resolve(preset)), is_explicit ? "biases" : "preset"}};
  candidates.resize(std::min<std::size_t>(candidates.size(), static_cast<std::size_t>(count)));
  for (const Point& point : space_.draw(count - static_cast<int>(candidates.size()), random_)) {
    candidates.push_back({point, "drawn"});
  }
  return candidates;
}

/// Near the best so far. Where that lies on an edge, the range is widened and the first ones are
/// the best with the new end in its place; else the first one has twice the factors.
std::vector<Search::Candidate> Search::near_candidates(int count, double shrink) {
  std::vector<Candidate> candidates;
  const int best = this->best();
  if (best < 0) {
    return candidates;
  }
  const Point& center = points_[static_cast<std::size_t>(best)];
  for (const Space::Edge edge : space_.edges_at(center)) {
    const std::string sentence = space_.widen(edge);
    if (std::ranges::find(told_, sentence) == told_.end()) {
      told_.push_back(sentence);
      note_(sentence);
    }
    const Axis& axis = space_.axis(edge.axis);
    if (!axis.given && static_cast<int>(candidates.size()) < count) {
      Point moved = center;
      moved.numbers[edge.axis] = edge.high ? axis.high : axis.low;
      candidates.push_back({moved, "widened"});
    }
  }
  const Axis& factors = space_.axis(a_factors);
  const double doubled = factors.nearest(2 * center.numbers[a_factors]);
  if (candidates.empty() && doubled > center.numbers[a_factors]) {
    Point moved = center;
    moved.numbers[a_factors] = doubled;
    candidates.push_back({moved, "doubled"});
  }
  // Every other one near the next best ones: the very best of few users is partly luck.
  const std::vector<int> order = ranked(0);
  for (std::size_t i = 0; static_cast<int>(candidates.size()) < count; ++i) {
    const std::size_t rank = i % 4 == 1 ? 1 : i % 4 == 3 ? 2 : 0;
    const auto place = static_cast<std::size_t>(order[std::min(rank, order.size() - 1)]);
    candidates.push_back({space_.near(points_[place], shrink, random_), "near"});
  }
  return candidates;
}

void Search::run_grid() {
  std::vector<int> all;
  for (const Point& point : space_.grid()) {
    all.push_back(add_trial({point, "grid"}));
  }
  const auto total = all.size();
  // In parts, so that a time limit can end it.
  constexpr std::size_t part = 64;
  for (std::size_t begin = 0; begin < total; begin += part) {
    if (begin > 0 && out_of_time_()) {
      ended_early_ = true;
      return;
    }
    const std::size_t end = std::min(begin + part, total);
    cost_ahead_ = cost_of_final();
    for (std::size_t i = end; i < total; ++i) {
      cost_ahead_ += step_cost(trials_[i].options.factors, trials_[i].options.iterations + 6);
    }
    measure_stage(std::span(all).subspan(begin, end - begin), 2, 2, 0);
  }
}

int Search::add_trial(const Candidate& candidate) {
  TuneTrial trial;
  trial.number = static_cast<int>(trials_.size());
  trial.origin = candidate.origin;
  trial.options = space_.options_of(candidate.point);
  trial.strength = scale_.strength_of(trial.options);
  trials_.push_back(std::move(trial));
  points_.push_back(candidate.point);
  gains_.push_back(failed);
  return trials_.back().number;
}

/// Measures all of these in one rung, and keeps what was found.
void Search::measure_stage(std::span<const int> trials, int first_rung, int stage, int goes_on) {
  const bool grid = options_.method == TuneMethod::grid;
  std::vector<TuneJob> jobs;
  for (const int number : trials) {
    const TuneTrial& trial = trials_[static_cast<std::size_t>(number)];
    TuneJob job{.trial = number, .stage = stage, .options = trial.options, .goes_on = goes_on};
    if (grid) {
      job.steps = {{trial.options.factors, trial.options.iterations}};
      job.counts = space_.grid_iterations();
    } else {
      const std::vector<Step> steps = rungs_of(trial.options);
      job.steps.assign(steps.begin() + first_rung, steps.begin() + stage + 1);
      job.counts = {job.steps.back().iterations};
      job.sampled = stage == 0;
    }
    job.options.factors = job.steps.back().factors;
    job.options.iterations = job.steps.back().iterations;
    jobs.push_back(std::move(job));
  }
  const std::vector<TuneMeasured> found = measure_(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto place = static_cast<std::size_t>(jobs[i].trial);
    TuneTrial& trial = trials_[place];
    gains_[place] = failed;
    if (found[i].at.empty()) {
      trial.failure = found[i].failure;
      continue;
    }
    const TuneMeasurement& best =
        *std::ranges::max_element(found[i].at, {}, &TuneMeasurement::gain);
    gains_[place] = std::isfinite(best.gain) ? best.gain : failed;
    trial.stage = stage;
    trial.factors = jobs[i].options.factors;
    trial.iterations = best.iterations;
    trial.value = best.value;
    if (grid) {
      trial.options.iterations = best.iterations;
    }
  }
}

/// Trials of at least a stage, better ones first: by stage, then by gain.
std::vector<int> Search::ranked(int least_stage) const {
  std::vector<int> order;
  for (const TuneTrial& trial : trials_) {
    if (trial.stage >= least_stage && gains_[static_cast<std::size_t>(trial.number)] > failed) {
      order.push_back(trial.number);
    }
  }
  std::ranges::stable_sort(order, std::greater<>{}, [&](int number) {
    const auto place = static_cast<std::size_t>(number);
    return std::pair(trials_[place].stage, gains_[place]);
  });
  return order;
}

int Search::best() const noexcept {
  for (const TuneTrial& trial : trials_) {
    if (trial.chosen) {
      return trial.number;
    }
  }
  const std::vector<int> order = ranked(0);
  return order.empty() ? -1 : order.front();
}

std::vector<int> Search::final_counts(int iterations) const {
  if (options_.method == TuneMethod::grid || space_.axis(a_iterations).given) {
    return {iterations};
  }
  std::vector<int> counts = {divided(iterations, 2), iterations};
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

TuneJob Search::final_job(int trial, int seed) const {
  const TrainOptions& options = trials_[static_cast<std::size_t>(trial)].options;
  TuneJob job{
      .trial = trial,
      .stage = final_stage,
      .options = options,
      .steps = {{options.factors, options.iterations}},
      .counts = seed == 0 ? final_counts(options.iterations) : std::vector{options.iterations}};
  job.options.seed = options.seed + static_cast<std::uint64_t>(seed);
  return job;
}

/// The best few from scratch at full length. The first seed says after how many iterations; who is
/// then worse by more than `most_behind` is left out of the rest.
void Search::finish() {
  std::vector<int> order = ranked(2);
  if (order.empty()) {
    order = ranked(0);
  }
  order.resize(std::min<std::size_t>(order.size(), most_finalists));
  if (order.empty()) {
    return;
  }
  cost_ahead_ = 0;
  std::vector<TuneJob> jobs;
  for (const int trial : order) {
    jobs.push_back(final_job(trial, 0));
    cost_ahead_ += step_cost(jobs.back().options.factors,
                             (options_.seeds - 1) * (jobs.back().options.iterations + 6));
  }
  const std::vector<TuneMeasured> found = measure_(jobs);
  std::vector<Contender> contenders;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (found[i].at.empty()) {
      trials_[static_cast<std::size_t>(order[i])].failure = found[i].failure;
      continue;
    }
    const auto& at = found[i].at;
    const auto& best = *std::ranges::max_element(at, {}, &TuneMeasurement::gain);
    const auto fewest = std::ranges::find_if(at, [&](const TuneMeasurement& one) {
      return within_one_error(best.by_user, one.by_user);
    });
    trials_[static_cast<std::size_t>(order[i])].options.iterations = fewest->iterations;
    contenders.push_back({order[i], {*fewest}});
  }
  if (!contenders.empty()) {
    run_seeds(contenders);
    decide(contenders);
  }
}

/// The other seeds of the best one, and of smaller ones that are not too far behind: nobody else
/// could be chosen.
void Search::run_seeds(std::vector<Contender>& contenders) {
  const auto& leader = *std::ranges::max_element(
      contenders, {}, [](const Contender& one) { return one.by_seed.front().gain; });
  const auto size = [&](const Contender& one) {
    const TrainOptions& options = trials_[static_cast<std::size_t>(one.trial)].options;
    return std::pair(options.factors, options.iterations);
  };
  std::vector<TuneJob> jobs;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const PairedDifference behind =
        paired_difference(leader.by_seed.front().by_user, contenders[i].by_seed.front().by_user);
    const bool may_win =
        behind.mean <= most_behind * behind.error && size(contenders[i]) <= size(leader);
    for (int seed = 1; seed < options_.seeds && may_win; ++seed) {
      jobs.push_back(final_job(contenders[i].trial, seed));
      owners.push_back(i);
    }
  }
  cost_ahead_ = 0;
  if (jobs.empty()) {
    return;
  }
  std::vector<TuneMeasured> found = measure_(jobs);
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    if (!found[j].at.empty()) {
      contenders[owners[j]].by_seed.push_back(std::move(found[j].at.front()));
    }
  }
}

/// Averages over seeds, and the choice among those that all seeds were run of.
void Search::decide(const std::vector<Contender>& contenders) {
  std::vector<Finalist> finalists;
  std::vector<MetricValue> intervals;
  for (const Contender& contender : contenders) {
    TuneTrial& trial = trials_[static_cast<std::size_t>(contender.trial)];
    const auto seeds = static_cast<double>(contender.by_seed.size());
    Finalist finalist{.trial = contender.trial,
                      .factors = trial.options.factors,
                      .iterations = trial.options.iterations,
                      .by_user = std::vector<double>(contender.by_seed.front().by_user.size())};
    MetricValue interval{.mean = 0, .low = 0, .high = 0};
    for (const TuneMeasurement& one : contender.by_seed) {
      for (std::size_t user = 0; user < one.by_user.size(); ++user) {
        finalist.by_user[user] += one.by_user[user] / seeds;
      }
      interval.mean += one.value / seeds;
      *interval.low += one.low / seeds;
      *interval.high += one.high / seeds;
      trial.by_seed.push_back(one.value);
    }
    trial.stage = final_stage;
    trial.factors = trial.options.factors;
    trial.iterations = trial.options.iterations;
    trial.value = interval.mean;
    gains_[static_cast<std::size_t>(contender.trial)] = mean_of(finalist.by_user);
    if (static_cast<int>(contender.by_seed.size()) == options_.seeds) {
      finalists.push_back(std::move(finalist));
      intervals.push_back(interval);
    }
  }
  if (!finalists.empty()) {
    const std::size_t chosen = choose(finalists);
    const auto place = static_cast<std::size_t>(finalists[chosen].trial);
    trials_[place].chosen = true;
    validation_ = intervals[chosen];
    for (const Space::Edge edge : space_.edges_at(points_[place])) {
      const Axis& axis = space_.axis(edge.axis);
      if (!axis.given) {
        note_(fmt::format("the {} chosen lies on the edge of what was tried, {:.4g} to {:.4g}",
                          axis.name,
                          axis.low,
                          axis.high));
      }
    }
  }
}

double Search::cost_of_round(std::span<const int> schedule, int from_stage) const {
  const Axis& axis = space_.axis(a_factors);
  const TrainOptions middle{.factors = static_cast<int>(std::sqrt(axis.low * axis.high))};
  const std::vector<Step> steps = rungs_of(middle);
  double cost = 0;
  for (auto stage = static_cast<std::size_t>(from_stage); stage < steps.size(); ++stage) {
    cost += schedule[stage] *
            step_cost(steps[stage].factors, steps[stage].iterations + (stage == 0 ? 2 : 6));
  }
  return cost;
}

double Search::cost_of_final() const {
  const Axis& axis = space_.axis(a_factors);
  return (most_finalists + 2 * (options_.seeds - 1)) *
         step_cost(std::sqrt(axis.low * axis.high), 26);
}

}  // namespace alsace
