#include "kernels/row_system.h"

#include "base/aligned.h"
#include "base/random.h"
#include "kernels/every_target.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace alsace::kernels {
namespace {

class RowSystem : public EveryTarget {};

constexpr float garbage = std::numeric_limits<float>::quiet_NaN();

/// Normal numbers in the first `size` of every row, zeros beyond; `entries` of its rows by number.
struct Table {
  static constexpr std::size_t rows = 90;
  AlignedVector<float> values;
  std::vector<std::int32_t> columns;
  std::size_t stride;

  Table(std::size_t size, std::size_t entries)
      : values(rows * padded(size), 0.0F), stride(padded(size)) {
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t i = 0; i < size; ++i) {
        values[r * stride + i] = static_cast<float>(random_normal(1, r, i));
      }
    }
    for (std::size_t j = 0; j < entries; ++j) {
      columns.push_back(static_cast<std::int32_t>(random_bits(2, entries, j) % rows));
    }
  }
  [[nodiscard]] Gathered gathered() const {
    return {.table = values.data(),
            .stride = stride,
            .columns = columns.data(),
            .count = columns.size()};
  }
};

AlignedVector<float> uniform_values(std::size_t count, std::uint64_t seed) {
  AlignedVector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(0.5 + random_uniform(seed, i, 0));
  }
  return values;
}

TEST_P(RowSystem, GramOfFactorsEqualsItsTwin) {
  for (const std::size_t size : sizes) {
    for (const std::size_t entries : {0U, 1U, 2U, 5U, 8U, 63U, 64U, 65U, 150U}) {
      const Table table(size, entries);
      const std::size_t stride = table.stride;
      AlignedVector<float> weights = uniform_values(entries, 3);
      if (entries > 0) {
        weights[0] = -0.5F;
      }
      const auto targets = uniform_values(entries, 4);
      const auto diagonal = uniform_values(stride, 5);
      AlignedVector<float> scratch(gram_panel * stride, garbage);
      for (const bool has_weights : {false, true}) {
        const float* some_weights = has_weights ? weights.data() : nullptr;
        AlignedVector<float> fast(stride * stride, garbage);
        AlignedVector<float> plain(stride * stride);
        AlignedVector<float> fast_sum(stride, garbage);
        AlignedVector<float> plain_sum(stride);

        gram_of_factors(table.gathered(),
                        some_weights,
                        targets.data(),
                        diagonal.data(),
                        scratch.data(),
                        fast.data(),
                        fast_sum.data());
        reference::gram_of_factors(table.gathered(),
                                   some_weights,
                                   targets.data(),
                                   diagonal.data(),
                                   plain.data(),
                                   plain_sum.data());

        const double tolerance = 2e-6 * (1.0 + static_cast<double>(entries));
        for (std::size_t i = 0; i < stride; ++i) {
          ASSERT_NEAR(fast_sum[i], plain_sum[i], tolerance) << size << " " << entries;
          for (std::size_t j = i; j < stride; ++j) {
            ASSERT_NEAR(fast[i * stride + j], plain[i * stride + j], tolerance)
                << size << " " << entries << " at " << i << "," << j;
          }
        }
      }
    }
  }
}

TEST_P(RowSystem, GramOfEntriesEqualsItsTwin) {
  for (const std::size_t size : sizes) {
    for (const std::size_t entries : {1U, 2U, 4U, 5U, 15U, 16U, 17U, 48U}) {
      const Table table(size, entries);
      const std::size_t out_stride = padded(entries);
      const auto scale = uniform_values(table.stride, 6);
      const auto diagonal = uniform_values(entries, 7);
      AlignedVector<float> scratch(out_stride * table.stride, garbage);
      AlignedVector<float> fast(out_stride * out_stride, garbage);
      AlignedVector<float> plain(out_stride * out_stride);

      gram_of_entries(table.gathered(), scale.data(), diagonal.data(), scratch.data(), fast.data());
      reference::gram_of_entries(table.gathered(), scale.data(), diagonal.data(), plain.data());

      for (std::size_t i = 0; i < out_stride; ++i) {
        for (std::size_t j = i; j < out_stride; ++j) {
          ASSERT_NEAR(fast[i * out_stride + j],
                      plain[i * out_stride + j],
                      2e-6 * (1.0 + static_cast<double>(size)))
              << size << " " << entries << " at " << i << "," << j;
        }
      }
    }
  }
}

/// sum_j y_j y_j' + 1, upper triangle; NaN below.
AlignedVector<float> definite_matrix(std::size_t size) {
  const Table table(size, size + 4);
  const AlignedVector<float> ones(std::max(size + 4, padded(size)), 1.0F);
  AlignedVector<float> a(padded(size) * padded(size));
  AlignedVector<float> sum(padded(size));
  reference::gram_of_factors(
      table.gathered(), nullptr, ones.data(), ones.data(), a.data(), sum.data());
  for (std::size_t i = 0; i < padded(size); ++i) {
    std::fill_n(a.begin() + static_cast<std::ptrdiff_t>(i * padded(size)), i, garbage);
  }
  return a;
}

TEST_P(RowSystem, FactorsSolveWhatTheirTwinsSolve) {
  for (const std::size_t size : sizes) {
    const std::size_t stride = padded(size);
    const AlignedVector<float> a = definite_matrix(size);
    AlignedVector<float> fast = a;
    AlignedVector<float> plain = a;
    AlignedVector<float> x = uniform_values(stride, 8);
    const AlignedVector<float> right = x;
    AlignedVector<float> y = x;

    ASSERT_TRUE(factorize(fast.data(), stride)) << size;
    solve_factored(fast.data(), stride, x.data());
    ASSERT_TRUE(reference::factorize(plain.data(), stride));
    reference::solve_factored(plain.data(), stride, y.data());

    for (std::size_t i = 0; i < stride; ++i) {
      double product = 0;
      for (std::size_t j = 0; j < stride; ++j) {
        product += static_cast<double>(a[std::min(i, j) * stride + std::max(i, j)]) *
                   static_cast<double>(x[j]);
      }
      ASSERT_NEAR(product, right[i], 1e-4) << size << " " << i;
      ASSERT_NEAR(x[i], y[i], 1e-3) << size << " " << i;
    }
  }
}

TEST_P(RowSystem, FactorizationSaysWhereAMatrixIsNotPositiveDefinite) {
  for (const std::size_t at : {0U, 1U, 5U, 15U, 16U, 40U, 63U}) {
    for (const float pivot : {0.0F, -1.0F, garbage}) {
      AlignedVector<float> a(64 * 64, 0.0F);
      for (std::size_t i = 0; i < 64; ++i) {
        a[i * 64 + i] = i == at ? pivot : 2.0F;
      }
      EXPECT_FALSE(factorize(a.data(), 64)) << at;
    }
  }
}

TEST_P(RowSystem, AHandMadeSystem) {
  AlignedVector<float> a(16 * 16, 0.0F);
  for (std::size_t i = 0; i < 16; ++i) {
    a[i * 16 + i] = 1;
  }
  a[0] = 4;  // [4 2; 2 10] x = [8; 22]: x = [1; 2]
  a[1] = 2;
  a[17] = 10;
  AlignedVector<float> x(16, 0.0F);
  x[0] = 8;
  x[1] = 22;
  x[15] = 7;

  ASSERT_TRUE(factorize(a.data(), 16));
  solve_factored(a.data(), 16, x.data());

  EXPECT_NEAR(x[0], 1, 1e-6);
  EXPECT_NEAR(x[1], 2, 1e-6);
  EXPECT_NEAR(x[15], 7, 1e-6);
}

ALSACE_RUN_ON_EVERY_TARGET(RowSystem);

}  // namespace
}  // namespace alsace::kernels
