// Whole training on power-law data, by factors: seconds per iteration (the median of five) and
// interactions per second of an iteration. ALSACE_BENCH_INTERACTIONS changes the size.

#include "alsace/generate.h"
#include "alsace/train.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

const alsace::Interactions& interactions() {
  static const alsace::Interactions data = [] {
    alsace::PowerLawOptions options;
    const char* wanted = std::getenv("ALSACE_BENCH_INTERACTIONS");
    options.interactions = wanted != nullptr ? std::strtoll(wanted, nullptr, 10) : 1'000'000;
    // The density of the default, which is that of MovieLens 10M.
    options.users =
        static_cast<alsace::Index>(std::max<std::int64_t>(100, options.interactions * 69 / 10'000));
    return alsace::generate_power_law(options);
  }();
  return data;
}

void train(benchmark::State& state) {
  const alsace::Interactions& data = interactions();
  alsace::TrainOptions options = alsace::recommended_options();
  options.factors = static_cast<int>(state.range(0));
  options.iterations = 5;
  std::vector<double> seconds;
  alsace::TrainControl control;
  control.after_iteration = [&](const alsace::IterationReport& report) {
    seconds.push_back(report.seconds);
    return true;
  };
  for (auto _ : state) {
    benchmark::DoNotOptimize(alsace::train(data, options, control));
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  state.counters["s/iteration"] = median;
  state.counters["interactions/s"] = static_cast<double>(data.triplets.size()) / median;
}

BENCHMARK(train)
    ->ArgName("factors")
    ->RangeMultiplier(2)
    ->Range(32, 128)
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
