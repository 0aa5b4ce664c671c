// Each kernel beside its plain-loop twin and beside what one core can do at most (machine/...): the
// counters GFLOP/s and GB/s of a kernel over those of the machine are the share it reaches. The
// label is the level that holds what the kernel reads, in each run anew: GB/s compare with
// machine/read/LEVEL. The counter `each` is the time of one entry and pass, or of one row.
//
// conjugate_gradients/K/N: three steps, four passes over the entries, on rows of N entries and K
// factors: short rows stay in a cache after the first pass, the longest come from memory each time.
//
// --target=AVX2 (or another that the context lists) runs the kernels of that instruction set.

#include "kernels/dense.h"
#include "kernels/gather.h"
#include "kernels/gradients.h"
#include "kernels/row_system.h"
#include "kernels/scores.h"
#include "machine_limits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

namespace alsace::kernels {
namespace {

/// Of the table that rows are gathered from: 256 MiB of floats, 128 MiB of halves, more than any
/// cache. Half of its rows make the longest row.
constexpr std::size_t table_values = std::size_t{1} << 26;

/// What the kernels ask for: vectors on whole cache lines.
template <class T>
struct CacheLines {
  using value_type = T;
  CacheLines() = default;
  template <class U>
  CacheLines(const CacheLines<U>&) {}
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T* data, std::size_t) { ::operator delete(data, std::align_val_t(64)); }
  bool operator==(const CacheLines&) const = default;
};
template <class T>
using AlignedVector = std::vector<T, CacheLines<T>>;

using benchmark::Counter;

/// Caches of one core that hold data, smallest first.
std::vector<benchmark::CPUInfo::CacheInfo> caches() {
  auto all = benchmark::CPUInfo::Get().caches;
  std::erase_if(all, [](const auto& cache) { return cache.type == "Instruction"; });
  return all;
}

std::string name(const benchmark::CPUInfo::CacheInfo& cache) {
  return "L" + std::to_string(cache.level);
}

std::string level_of(double bytes) {
  for (const auto& cache : caches()) {
    if (bytes <= cache.size) {
      return name(cache);
    }
  }
  return "memory";
}

/// `units`: what the counter `each` is the time of; how many there are in a run.
void count(benchmark::State& state, double operations, double bytes, double units = 0) {
  const auto runs = static_cast<double>(state.iterations());
  if (units > 0) {
    state.counters["each"] = Counter(units * runs, Counter::kIsRate | Counter::kInvert);
  }
  if (operations > 0) {
    state.counters["GFLOP/s"] = Counter(1e-9 * operations * runs, Counter::kIsRate);
  }
  if (bytes > 0) {
    state.counters["GB/s"] = Counter(1e-9 * bytes * runs, Counter::kIsRate);
  }
}

template <class T>
AlignedVector<T> normal_values(std::size_t size) {
  std::mt19937 random(42);
  std::normal_distribution<T> normal(0, T(0.1));
  AlignedVector<T> values(size);
  std::ranges::generate(values, [&] { return normal(random); });
  return values;
}

/// Of any stride: all values are drawn alike.
const AlignedVector<float>& table_floats() {
  static const auto values = normal_values<float>(table_values);
  return values;
}

std::size_t table_rows(std::size_t stride) {
  return table_values / stride;
}

std::vector<std::int32_t> random_columns(std::size_t entries, std::size_t stride) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int32_t> any(
      0, static_cast<std::int32_t>(table_rows(stride)) - 1);
  std::vector<std::int32_t> columns(entries);
  std::ranges::generate(columns, [&] { return any(random); });
  std::ranges::sort(columns);
  return columns;
}

void fma_peak(benchmark::State& state) {
  constexpr std::size_t rounds = 100'000;
  double operations = 0;
  for (auto _ : state) {
    operations = bench::multiply_adds(rounds);
    benchmark::DoNotOptimize(operations);
  }
  count(state, operations, 0);
}

void read_bandwidth(benchmark::State& state) {
  const AlignedVector<float> values(static_cast<std::size_t>(state.range(0)) / sizeof(float), 1.0F);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench::read_all(values.data(), values.size()));
  }
  count(state, 0, static_cast<double>(values.size() * sizeof(float)));
}

template <bool kHalf, auto& kernel>
void steps(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  const auto entries = static_cast<std::size_t>(state.range(1));
  const AlignedVector<float>& floats = table_floats();
  AlignedVector<Half> halves(kHalf ? floats.size() : 0);
  if (kHalf) {
    to_half(floats.data(), table_rows(stride), stride, halves.data());
  }
  AlignedVector<float> common(stride);
  for (std::size_t i = 0; i < stride; ++i) {  // A spectrum as falling as that of factors.
    common[i] = std::pow(10.0F, 4.0F * static_cast<float>(i) / static_cast<float>(stride));
  }
  const AlignedVector<float> mean_square(stride, 0.0F);
  AlignedVector<float> x(stride);
  AlignedVector<float> work(gradient_vectors * stride);
  const auto columns = random_columns(entries, stride);
  const std::vector<float> weights(entries + 4, 9.0F);
  const std::vector<float> targets(entries + 4, 10.0F);
  const GatherTable table{.floats = kHalf ? nullptr : floats.data(),
                          .halves = kHalf ? halves.data() : nullptr,
                          .stride = stride};
  const GradientDiagonal diagonal{.common = common.data(), .mean_square = mean_square.data()};
  constexpr GradientLimits limits{
      .kind = GradientLimits::Kind::usual, .tolerance = 1e-15F, .most_steps = 3};
  for (auto _ : state) {
    std::ranges::fill(x, 0.0F);
    GradientRow row{.columns = columns.data(),
                    .entries = entries,
                    .weights = weights.data(),
                    .targets = targets.data(),
                    .regularization = 1,
                    .x = x.data()};
    kernel(table, diagonal, limits, &row, 1, work.data());
    benchmark::DoNotOptimize(row.objective);
  }
  constexpr int passes = 4;
  const auto values = static_cast<double>(entries * stride);
  const double bytes = values * (kHalf ? sizeof(Half) : sizeof(float));
  count(state, passes * 4 * values, passes * bytes, passes * static_cast<double>(entries));
  state.SetLabel(level_of(bytes));
}

/// score_rows/K/Q: Q queries of K factors for all rows of the table.
template <auto& kernel>
void score_all_rows(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  const auto query_count = static_cast<std::size_t>(state.range(1));
  const Rows rows{.first = table_floats().data(),
                  .count = table_rows(stride),
                  .length = stride,
                  .stride = stride};
  const auto x = normal_values<float>(query_count * stride);
  std::vector<const float*> queries;
  for (std::size_t q = 0; q < query_count; ++q) {
    queries.push_back(x.data() + q * stride);
  }
  std::vector<float> scores(rows.count * query_count);
  for (auto _ : state) {
    kernel(rows, queries.data(), query_count, scores.data(), rows.count);
    benchmark::ClobberMemory();
  }
  const auto values = static_cast<double>(table_values);
  const auto pairs = static_cast<double>(rows.count * query_count);
  count(state, 2 * values * static_cast<double>(query_count), values * sizeof(float), pairs);
  state.SetLabel(level_of(values * sizeof(float)));
}

/// The lower or upper triangle: half of the products are asked for.
template <class T>
void products(benchmark::State& state,
              void (*kernel)(const T*, const T*, std::size_t, std::size_t, T*)) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t rows = 64;
  const auto a = normal_values<T>(rows * stride);
  AlignedVector<T> out(stride * stride);
  for (auto _ : state) {
    kernel(a.data(), a.data(), rows, stride, out.data());
    benchmark::ClobberMemory();
  }
  count(state, static_cast<double>(rows * stride * (stride + 1)), 0, rows);
}

template <class T>
void rotation(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t rows = 32;
  const auto a = normal_values<T>(rows * stride);
  const auto b = normal_values<T>(stride * stride);
  AlignedVector<float> out(rows * stride);
  for (auto _ : state) {
    multiply(a.data(), rows, stride, b.data(), out.data());
    benchmark::ClobberMemory();
  }
  count(state, 2.0 * static_cast<double>(rows * stride * stride), 0, rows);
}

/// A strip of a Gram matrix from panels of 128 rows.
template <class T>
void panels(benchmark::State& state) {
  constexpr std::size_t rows = 128;
  constexpr std::size_t columns = 128;
  const auto values = normal_values<T>(rows * columns);
  AlignedVector<double> out(panel_columns * columns);
  for (auto _ : state) {
    add_panel_products(values.data(), values.data(), rows, columns, columns, out.data());
    benchmark::ClobberMemory();
  }
  count(state, 2.0 * static_cast<double>(rows * panel_columns * columns), 0, rows);
}

/// A factorization of 4 I + a small part, copied in each time.
template <class T>
void factorization(benchmark::State& state, bool (*kernel)(T*, std::size_t, std::size_t)) {
  const auto size = static_cast<std::size_t>(state.range(0));
  AlignedVector<T> matrix(size * size, T(0.01));
  for (std::size_t i = 0; i < size; ++i) {
    matrix[i * size + i] = T(4);
  }
  AlignedVector<T> a(matrix.size());
  for (auto _ : state) {
    std::ranges::copy(matrix, a.begin());
    benchmark::DoNotOptimize(kernel(a.data(), size, size));
  }
  const auto n = static_cast<double>(size);
  count(state, n * n * n / 3, 0, 1);
}

/// A row's system from 150 gathered rows of equal weight; operations of the triangle alone.
void row_gram(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  const std::size_t entries = 150;
  const auto columns = random_columns(entries, stride);
  const auto targets = normal_values<float>(entries);
  const AlignedVector<float> diagonal(stride, 1.0F);
  AlignedVector<float> scratch(gram_panel * stride);
  AlignedVector<float> out(stride * stride);
  AlignedVector<float> sum(stride);
  const Gathered rows{.table = table_floats().data(),
                      .stride = stride,
                      .columns = columns.data(),
                      .count = entries};
  for (auto _ : state) {
    gram_of_factors(
        rows, nullptr, targets.data(), diagonal.data(), scratch.data(), out.data(), sum.data());
    benchmark::DoNotOptimize(out.data());
  }
  count(state, static_cast<double>(entries * stride * (stride + 1)), 0, entries);
}

bool factorize_whole(float* a, std::size_t size, std::size_t /*stride*/) {
  return factorize(a, size);
}

void row_solve(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  AlignedVector<float> matrix(size * size, 0.01F);
  for (std::size_t i = 0; i < size; ++i) {
    matrix[i * size + i] = 4;
  }
  factorize(matrix.data(), size);
  AlignedVector<float> x(size, 1.0F);
  for (auto _ : state) {
    std::ranges::fill(x, 1.0F);
    solve_factored(matrix.data(), size, x.data());
    benchmark::DoNotOptimize(x.data());
  }
  count(state, 2.0 * static_cast<double>(size * size), 0, 1);
}

BENCHMARK(fma_peak)->Name("machine/multiply_adds");

/// What half fills each cache, and what fits into none.
void register_reads() {
  const auto add = [](const std::string& level, std::int64_t bytes) {
    benchmark::RegisterBenchmark(("machine/read/" + level).c_str(), read_bandwidth)->Arg(bytes);
  };
  for (const auto& cache : caches()) {
    add(name(cache), cache.size / 2);
  }
  add("memory", table_values * sizeof(float));
}

constexpr std::int64_t longest_row = table_values / 2;  // Values in it.

void shapes(benchmark::internal::Benchmark* one) {
  for (const std::int64_t factors : {32, 64, 128, 256, 512}) {
    one->Args({factors, 20})->Args({factors, 150})->Args({factors, longest_row / factors});
  }
}
BENCHMARK(steps<false, conjugate_gradients>)->Name("conjugate_gradients/float")->Apply(shapes);
BENCHMARK(steps<true, conjugate_gradients>)->Name("conjugate_gradients/half")->Apply(shapes);
BENCHMARK(steps<false, reference::conjugate_gradients>)
    ->Name("reference/conjugate_gradients")
    ->Args({64, 150});
BENCHMARK(score_all_rows<score_rows>)
    ->Name("score_rows")
    ->ArgsProduct({{32, 64, 128, 256, 1024}, {1, 32}});
BENCHMARK(score_all_rows<reference::score_rows>)->Name("reference/score_rows")->Args({64, 1});
BENCHMARK(row_gram)->Name("row_system/gram_of_factors")->RangeMultiplier(2)->Range(32, 512);
BENCHMARK(row_solve)->Name("row_system/solve_factored")->RangeMultiplier(2)->Range(32, 512);
BENCHMARK_CAPTURE(
    products,
    double,
    static_cast<void (*)(const double*, const double*, std::size_t, std::size_t, double*)>(
        add_products))
    ->RangeMultiplier(2)
    ->Range(32, 512);
BENCHMARK(rotation<float>)->Name("multiply/float")->RangeMultiplier(2)->Range(32, 1024);
BENCHMARK(rotation<double>)->Name("multiply/double")->RangeMultiplier(2)->Range(32, 1024);
BENCHMARK(panels<float>)->Name("add_panel_products/float");
BENCHMARK(panels<double>)->Name("add_panel_products/double");
BENCHMARK_CAPTURE(factorization, float, factorize_whole)->RangeMultiplier(2)->Range(32, 512);
BENCHMARK_CAPTURE(factorization, double, cholesky)->RangeMultiplier(2)->Range(32, 512);

/// Keeps to one instruction set; false where it is not there. Tells the output which one is used.
bool use_target(std::string_view wanted) {
  const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();  // Best first.
  std::string names;
  std::int64_t used = wanted.empty() ? targets.front() : 0;
  for (const std::int64_t target : targets) {
    names += (names.empty() ? "" : " ") + std::string(hwy::TargetName(target));
    if (wanted == hwy::TargetName(target)) {
      used = target;
    }
  }
  benchmark::AddCustomContext("targets", names);
  if (used == 0) {
    std::cerr << "kernels_bench: no target " << wanted << " here, only " << names << "\n";
    return false;
  }
  hwy::SetSupportedTargetsForTest(used);
  benchmark::AddCustomContext("target", hwy::TargetName(used));
  return true;
}

int run(int count, char** words) {
  benchmark::Initialize(&count, words);
  constexpr std::string_view option = "--target=";
  std::string_view target;
  if (count > 1 && std::string_view(words[count - 1]).starts_with(option)) {
    target = std::string_view(words[--count]).substr(option.size());
  }
  if (benchmark::ReportUnrecognizedArguments(count, words) || !use_target(target)) {
    return 2;
  }
  register_reads();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace alsace::kernels

int main(int count, char** words) {
  return alsace::kernels::run(count, words);
}
