#pragma once

#include "alsace/factors.h"

#include "base/aligned.h"
#include "base/thread_pool.h"

namespace alsace {

/// A symmetric matrix in double, [size x stride] and more rows of padding up to [stride x stride].
struct SquareMatrix {
  std::size_t size = 0;
  std::size_t stride = 0;
  AlignedVector<double> values;  ///< [stride x stride], padding 0.

  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const noexcept {
    return values[i * stride + j];
  }
};

/// What a Gram matrix is summed in. Float sums over a few rows at a time and then in double: half
/// the time, and an error of about 1e-8 of the matrix.
enum class GramSums { doubles, floats };

/// Y'Y of the factors: tiles of it and blocks of rows fixed by the shape, summed in their order, so
/// the same bits for any number of threads. O(rows * factors^2 / 2).
SquareMatrix gram(FactorView factors, ThreadPool& pool, GramSums sums = GramSums::doubles);

}  // namespace alsace
