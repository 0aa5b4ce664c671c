#include "solve/gram.h"

#include "kernels/dense.h"

#include <algorithm>

namespace alsace {
namespace {

constexpr std::size_t panel_rows = 64;   // Widened to double they fit L2 up to 1024 factors.
constexpr std::size_t most_blocks = 16;  // Bounds the partial sums: one k x k matrix each.

/// Y'Y of rows [begin, end) into `sum`, lower triangle.
void add_rows(
    FactorView factors, std::size_t begin, std::size_t end, std::size_t stride, double* sum) {
  AlignedVector<double> panel(panel_rows * stride, 0.0);
  for (std::size_t first = begin; first < end; first += panel_rows) {
    const std::size_t rows = std::min(panel_rows, end - first);
    for (std::size_t r = 0; r < rows; ++r) {
      std::ranges::copy(factors.row(static_cast<Index>(first + r)),
                        panel.begin() + static_cast<std::ptrdiff_t>(r * stride));
    }
    kernels::add_products(panel.data(), panel.data(), rows, stride, sum);
  }
}

}  // namespace

SquareMatrix gram(FactorView factors, ThreadPool& pool) {
  const std::size_t stride = FactorTable::stride_of(factors.factors);
  const auto rows = static_cast<std::size_t>(factors.rows);
  const std::size_t block = std::max<std::size_t>(1024, (rows + most_blocks - 1) / most_blocks);
  std::vector<AlignedVector<double>> sums((rows + block - 1) / block);
  parallel_blocks(pool, rows, block, [&](std::size_t begin, std::size_t end, int) {
    auto& sum = sums[begin / block];
    sum.assign(stride * stride, 0.0);
    add_rows(factors, begin, end, stride, sum.data());
  });
  SquareMatrix result{.size = static_cast<std::size_t>(factors.factors),
                      .stride = stride,
                      .values = AlignedVector<double>(stride * stride, 0.0)};
  for (std::size_t i = 0; i < result.size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double total = 0;
      for (const auto& sum : sums) {
        total += sum[i * stride + j];
      }
      result.values[i * stride + j] = total;
      result.values[j * stride + i] = total;
    }
  }
  return result;
}

}  // namespace alsace
