#include "base/aligned.h"
#include "base/random.h"
#include "kernels/dense.h"
#include "kernels/every_target.h"
#include "kernels/gather.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace alsace::kernels {
namespace {

constexpr std::size_t sizes[] = {1, 3, 16, 17, 40, 64, 65, 130};

/// Normal numbers in the first `size` of every `stride`, zeros between.
template <class T>
AlignedVector<T> normal_rows(std::size_t rows, std::size_t size, std::uint64_t seed) {
  AlignedVector<T> values(rows * padded(size), T{0});
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < size; ++i) {
      values[r * padded(size) + i] = static_cast<T>(random_normal(seed, r, i));
    }
  }
  return values;
}

TEST_P(EveryTarget, AddProductsEqualsItsTwin) {
  for (const std::size_t size : sizes) {
    for (const std::size_t rows : {0U, 1U, 2U, 5U, 64U}) {
      const std::size_t stride = padded(size);
      const auto a = normal_rows<double>(rows, size, 1);
      const auto b = normal_rows<double>(rows, size, 2);
      AlignedVector<double> fast(stride * stride, 0.5);
      AlignedVector<double> plain(stride * stride, 0.5);

      add_products(a.data(), b.data(), rows, stride, fast.data());
      reference::add_products(a.data(), b.data(), rows, stride, plain.data());

      for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
          ASSERT_NEAR(fast[i * stride + j],
                      plain[i * stride + j],
                      1e-12 * (1.0 + static_cast<double>(rows)))
              << size << " " << rows << " at " << i << "," << j;
        }
      }
    }
  }
}

TEST_P(EveryTarget, RowProductsEqualsItsTwin) {
  for (const std::size_t size : sizes) {
    for (const std::size_t rows : {1U, 2U, 5U, 33U}) {
      const auto z = normal_rows<double>(rows, size, 3);
      AlignedVector<double> fast(rows * padded(rows), 0.0);
      AlignedVector<double> plain(rows * padded(rows), 0.0);

      row_products(z.data(), rows, padded(size), fast.data(), padded(rows));
      reference::row_products(z.data(), rows, padded(size), plain.data(), padded(rows));

      for (std::size_t i = 0; i < fast.size(); ++i) {
        ASSERT_NEAR(fast[i], plain[i], 1e-12 * static_cast<double>(size + 1));
      }
    }
  }
}

template <class T>
void expect_that_multiply_equals_its_twin(double tolerance) {
  for (const std::size_t size : sizes) {
    for (const std::size_t rows : {1U, 3U, 4U, 9U}) {
      const std::size_t stride = padded(size);
      const auto a = normal_rows<T>(rows, size, 4);
      auto b = normal_rows<T>(size, size, 5);
      b.resize(stride * stride, T{0});
      AlignedVector<float> fast(rows * stride, 7.0F);
      AlignedVector<float> plain(rows * stride, 7.0F);

      multiply(a.data(), rows, stride, b.data(), fast.data());
      reference::multiply(a.data(), rows, stride, b.data(), plain.data());

      for (std::size_t i = 0; i < fast.size(); ++i) {
        ASSERT_NEAR(fast[i], plain[i], tolerance * (1 + std::sqrt(static_cast<double>(size))))
            << size << " " << rows;
      }
    }
  }
}

TEST_P(EveryTarget, MultiplyEqualsItsTwin) {
  expect_that_multiply_equals_its_twin<double>(1e-6);
}

TEST_P(EveryTarget, MultiplyInFloatsEqualsItsTwin) {
  expect_that_multiply_equals_its_twin<float>(1e-5);
}

TEST_P(EveryTarget, MultiplyGivesARowTheSameBitsAloneAndAmongOthers) {
  const std::size_t size = 40;
  const auto a = normal_rows<double>(5, size, 6);
  auto b = normal_rows<double>(size, size, 7);
  b.resize(padded(size) * padded(size), 0.0);
  AlignedVector<float> together(5 * padded(size));
  AlignedVector<float> alone(padded(size));

  multiply(a.data(), 5, padded(size), b.data(), together.data());
  multiply(a.data(), 1, padded(size), b.data(), alone.data());

  for (std::size_t i = 0; i < alone.size(); ++i) {
    ASSERT_EQ(alone[i], together[i]);
  }
}

TEST_P(EveryTarget, MultiplyOfWideRowsEqualsItsTwin) {
  // Wider than the widest tile by each number of lines that may be left.
  for (const std::size_t size : {144U, 160U, 176U, 192U}) {
    const auto a = normal_rows<double>(6, size, 4);
    const auto b = normal_rows<double>(size, size, 5);
    AlignedVector<float> fast(6 * size, 7.0F);
    AlignedVector<float> plain(6 * size, 7.0F);

    multiply(a.data(), 6, size, b.data(), fast.data());
    reference::multiply(a.data(), 6, size, b.data(), plain.data());

    for (std::size_t i = 0; i < fast.size(); ++i) {
      ASSERT_NEAR(fast[i], plain[i], 1e-6 * (1 + std::abs(plain[i]))) << size;
    }
  }
}

template <class T>
void expect_panel_products_equal_their_twin(double tolerance) {
  for (const std::size_t columns : {16U, 32U, 48U, 112U, 128U}) {
    for (const std::size_t rows : {0U, 1U, 2U, 5U, 128U}) {
      const std::size_t stride = columns + 16;
      const auto a = normal_rows<T>(rows, panel_columns, 12);
      const auto b = normal_rows<T>(rows, columns, 13);
      AlignedVector<double> fast(panel_columns * stride, 0.5);
      AlignedVector<double> plain(panel_columns * stride, 0.5);

      add_panel_products(a.data(), b.data(), rows, columns, stride, fast.data());
      reference::add_panel_products(a.data(), b.data(), rows, columns, stride, plain.data());

      for (std::size_t i = 0; i < fast.size(); ++i) {  // What lies between rows stays.
        ASSERT_NEAR(fast[i], plain[i], i % stride < columns ? tolerance : 0.0)
            << rows << " rows, " << columns << " columns at " << i;
      }
    }
  }
}

TEST_P(EveryTarget, PanelProductsEqualTheirTwins) {
  expect_panel_products_equal_their_twin<double>(1e-12);
  expect_panel_products_equal_their_twin<float>(1e-4);
}

TEST(PanelProducts, OfHandMadePanels) {
  // Two rows; b's second panel begins after both of its first.
  AlignedVector<float> a(2 * 16, 0.0F);
  AlignedVector<float> b(2 * 32, 0.0F);
  AlignedVector<double> out(16 * 32, 1.0);
  a[1] = 2;
  a[16 + 1] = 3;
  b[4] = 5;
  b[16 + 4] = 7;
  b[32 + 6] = 11;
  b[32 + 16 + 6] = 13;

  add_panel_products(a.data(), b.data(), 2, 32, 32, out.data());

  EXPECT_EQ(out[32 + 4], 1 + 2 * 5 + 3 * 7);
  EXPECT_EQ(out[32 + 16 + 6], 1 + 2 * 11 + 3 * 13);
  EXPECT_EQ(out[0], 1);
}

TEST_P(EveryTarget, ReflectionsAndRotationsEqualTheirTwins) {
  for (const std::size_t rows : {1U, 2U, 3U, 17U, 64U}) {
    AlignedVector<double> fast = normal_rows<double>(rows, panel_columns, 14);
    AlignedVector<double> plain = fast;
    const auto vectors = normal_rows<double>(1, rows + 1, 15);
    std::vector<Rotation> rotations;
    for (std::size_t i = 0; i + 1 < rows; ++i) {
      rotations.push_back({.c = std::cos(vectors[i]), .s = std::sin(vectors[i])});
    }

    // A vector that begins beside a line.
    reflect_panel(0.3, vectors.data() + 1, rows, fast.data());
    rotate_panel(rotations.data(), rotations.size(), fast.data());
    reference::reflect_panel(0.3, vectors.data() + 1, rows, plain.data());
    reference::rotate_panel(rotations.data(), rotations.size(), plain.data());

    for (std::size_t i = 0; i < fast.size(); ++i) {
      ASSERT_NEAR(fast[i], plain[i], 1e-11) << rows << " rows at " << i;
    }
  }
}

TEST_P(EveryTarget, RotationsOfHandMadeRows) {
  AlignedVector<double> panel(3 * 16, 0.0);
  panel[7] = 1;
  panel[16 + 7] = 10;
  panel[32 + 7] = 100;
  const Rotation rotations[] = {{.c = 2, .s = 3}, {.c = 5, .s = 7}};

  rotate_panel(rotations, 2, panel.data());

  EXPECT_EQ(panel[7], 2 * 1 - 3 * 10);
  EXPECT_EQ(panel[16 + 7], 5 * 23 - 7 * 100);  // 23 = 3 * 1 + 2 * 10
  EXPECT_EQ(panel[32 + 7], 7 * 23 + 5 * 100);
  EXPECT_EQ(panel[8], 0);
}

TEST_P(EveryTarget, CholeskySolvesWhatItsTwinSolves) {
  for (const std::size_t size : sizes) {
    const std::size_t stride = padded(size);
    const auto rows = normal_rows<double>(size + 4, size, 8);
    AlignedVector<double> a(stride * stride, 0.0);
    reference::add_products(rows.data(), rows.data(), size + 4, stride, a.data());
    for (std::size_t i = 0; i < size; ++i) {
      a[i * stride + i] += 1.0;
    }
    AlignedVector<double> l = a;
    AlignedVector<double> plain = a;
    AlignedVector<double> x(stride, 1.0);
    AlignedVector<double> y(stride, 1.0);

    ASSERT_TRUE(cholesky(l.data(), size, stride));
    cholesky_solve(l.data(), size, stride, x.data());
    ASSERT_TRUE(reference::cholesky(plain.data(), size, stride));
    reference::cholesky_solve(plain.data(), size, stride, y.data());

    for (std::size_t i = 0; i < size; ++i) {
      double product = 0;  // A x, from the lower triangle, must be the right-hand side of ones.
      for (std::size_t j = 0; j < size; ++j) {
        product += a[std::max(i, j) * stride + std::min(i, j)] * x[j];
      }
      ASSERT_NEAR(product, 1.0, 1e-9);
      ASSERT_NEAR(x[i], y[i], 1e-9);
    }
  }
}

TEST_P(EveryTarget, CholeskySaysWhenAMatrixIsNotPositiveDefinite) {
  AlignedVector<double> a(16 * 16, 0.0);
  a[0] = 4;
  a[16] = 2;
  a[17] = 1;  // 4 1 - 2 2 = 0: singular.

  EXPECT_FALSE(cholesky(a.data(), 2, 16));
}

TEST_P(EveryTarget, CholeskyOfAHandMadeMatrix) {
  AlignedVector<double> a(16 * 16, 0.0);
  a[0] = 4;  // [4 2; 2 10] = L L', L = [2 0; 1 3]
  a[16] = 2;
  a[17] = 10;

  ASSERT_TRUE(cholesky(a.data(), 2, 16));

  EXPECT_DOUBLE_EQ(a[0], 2);
  EXPECT_DOUBLE_EQ(a[16], 1);
  EXPECT_DOUBLE_EQ(a[17], 3);
}

std::vector<std::int32_t> some_columns(std::size_t entries, std::size_t rows) {
  std::vector<std::int32_t> columns;
  for (std::size_t j = 0; j < entries; ++j) {
    columns.push_back(static_cast<std::int32_t>(random_bits(9, entries, j) % rows));
  }
  return columns;
}

TEST_P(EveryTarget, GatherLoopsEqualTheirTwins) {
  for (const std::size_t size : sizes) {
    const std::size_t stride = padded(size);
    const auto table = normal_rows<float>(50, size, 10);
    const auto x = normal_rows<float>(1, size, 11);
    for (const std::size_t entries : {0U, 1U, 3U, 4U, 5U, 12U, 29U}) {
      const auto columns = some_columns(entries, 50);
      const Gathered rows{
          .table = table.data(), .stride = stride, .columns = columns.data(), .count = entries};
      std::vector<double> fast(entries);
      std::vector<double> plain(entries);
      AlignedVector<double> fast_rows(entries * stride);
      AlignedVector<double> plain_rows(entries * stride);

      gather_dots(rows, x.data(), fast.data());
      reference::gather_dots(rows, x.data(), plain.data());
      gather_rows(rows, fast_rows.data());
      reference::gather_rows(rows, plain_rows.data());

      for (std::size_t j = 0; j < entries; ++j) {
        ASSERT_NEAR(fast[j], plain[j], 1e-12 * static_cast<double>(size + 1));
      }
      ASSERT_EQ(fast_rows, plain_rows);

      const auto wide = normal_rows<double>(1, size, 12);
      gather_dots(rows, wide.data(), fast.data());
      reference::gather_dots(rows, wide.data(), plain.data());
      AlignedVector<double> fast_sum(stride, 0.5);
      AlignedVector<double> plain_sum(stride, 0.5);
      gather_sum(rows, plain.data(), fast_sum.data());
      reference::gather_sum(rows, plain.data(), plain_sum.data());

      for (std::size_t j = 0; j < entries; ++j) {
        ASSERT_NEAR(fast[j], plain[j], 1e-12 * static_cast<double>(size + 1));
      }
      for (std::size_t i = 0; i < stride; ++i) {
        ASSERT_NEAR(fast_sum[i], plain_sum[i], 1e-10);
      }
    }
  }
}

ALSACE_RUN_ON_EVERY_TARGET(EveryTarget);

}  // namespace
}  // namespace alsace::kernels
