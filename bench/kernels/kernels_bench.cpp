// Each kernel beside its plain-loop twin, by factors. The table is larger than the caches, as in
// training, and its rows are gathered in no order.

#include "kernels/dense.h"
#include "kernels/gather.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

namespace alsace::kernels {
namespace {

constexpr std::size_t table_rows = 100'000;
constexpr std::size_t entries = 100;  ///< Of one user: an active reader of films.

/// Random values on a whole cache line.
template <class T>
class Block {
 public:
  explicit Block(std::size_t size) : data_(new(std::align_val_t(64)) T[size]), size_(size) {
    std::mt19937 random(42);
    std::normal_distribution<T> normal(0, T(0.1));
    for (std::size_t i = 0; i < size; ++i) {
      data_[i] = normal(random);
    }
  }
  ~Block() { ::operator delete[](data_, std::align_val_t(64)); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  [[nodiscard]] T* data() { return data_; }
  void fill(T value) { std::fill(data_, data_ + size_, value); }

 private:
  T* data_;
  std::size_t size_;
};

std::vector<std::int32_t> random_columns() {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int32_t> any(0, static_cast<std::int32_t>(table_rows) - 1);
  std::vector<std::int32_t> columns(entries);
  for (std::int32_t& column : columns) {
    column = any(random);
  }
  return columns;
}

template <auto& kernel>
void conjugate_gradients_steps(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  Block<float> table(table_rows * stride);
  Block<float> diagonal(stride);
  Block<float> preconditioner(stride);
  Block<float> x(stride);
  Block<float> work(3 * stride);
  diagonal.fill(10.0F);
  preconditioner.fill(0.1F);
  const std::vector<std::int32_t> columns = random_columns();
  const std::vector<float> weights(entries, 10.0F);
  const std::vector<float> targets(entries, 11.0F);
  const GatherSystem system{.table = table.data(),
                            .stride = stride,
                            .columns = columns.data(),
                            .weights = weights.data(),
                            .targets = targets.data(),
                            .entries = entries,
                            .diagonal = diagonal.data()};
  for (auto _ : state) {
    x.fill(0.0F);
    // No residual is below 0: always three steps.
    benchmark::DoNotOptimize(kernel(system, preconditioner.data(), 0.0F, 3, x.data(), work.data()));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(entries));
}

template <auto& kernel>
void score_all_rows(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  Block<float> table(table_rows * stride);
  Block<float> x(stride);
  std::vector<float> scores(table_rows);
  for (auto _ : state) {
    kernel(table.data(), stride, table_rows, x.data(), scores.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(table_rows * stride * sizeof(float)));
}

template <auto& kernel>
void add_products_of_rows(benchmark::State& state) {
  const auto stride = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t rows = 256;
  Block<double> a(rows * stride);
  Block<double> out(stride * stride);
  for (auto _ : state) {
    kernel(a.data(), a.data(), rows, stride, out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
}

template <auto& kernel>
void cholesky_of_identity(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  Block<double> a(size * size);
  for (auto _ : state) {
    state.PauseTiming();
    a.fill(0.0);
    for (std::size_t i = 0; i < size; ++i) {
      a.data()[i * size + i] = 2.0;
    }
    state.ResumeTiming();
    benchmark::DoNotOptimize(kernel(a.data(), size, size));
  }
}

BENCHMARK(conjugate_gradients_steps<conjugate_gradients>)
    ->Name("conjugate_gradients")
    ->RangeMultiplier(2)
    ->Range(32, 256);
BENCHMARK(conjugate_gradients_steps<reference::conjugate_gradients>)
    ->Name("reference/conjugate_gradients")
    ->Arg(64);
BENCHMARK(score_all_rows<score_rows>)->Name("score_rows")->RangeMultiplier(2)->Range(32, 256);
BENCHMARK(score_all_rows<reference::score_rows>)->Name("reference/score_rows")->Arg(64);
BENCHMARK(add_products_of_rows<add_products>)
    ->Name("add_products")
    ->RangeMultiplier(2)
    ->Range(32, 256);
BENCHMARK(add_products_of_rows<reference::add_products>)->Name("reference/add_products")->Arg(64);
BENCHMARK(cholesky_of_identity<cholesky>)->Name("cholesky")->RangeMultiplier(2)->Range(32, 256);
BENCHMARK(cholesky_of_identity<reference::cholesky>)->Name("reference/cholesky")->Arg(64);

}  // namespace
}  // namespace alsace::kernels

BENCHMARK_MAIN();
