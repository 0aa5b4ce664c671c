#include "report/components.h"

#include "report/encode.h"
#include "report/regression.h"
#include "support/error_of.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace::test {
namespace {

using testing::DoubleNear;
using testing::Optional;

/// Correlated columns of different sizes, the same on every machine.
FactorTable made_up(Index rows, int factors) {
  FactorTable table(rows, factors);
  for (Index row = 0; row < rows; ++row) {
    double walk = 0;
    for (int i = 0; i < factors; ++i) {
      walk += std::sin(7.0 * row + 3.0 * i * i) / (1 + i);
      table.row(row)[static_cast<std::size_t>(i)] = static_cast<float>(walk + 0.3 * i);
    }
  }
  return table;
}

std::vector<Index> all_rows(const FactorTable& table) {
  std::vector<Index> rows(static_cast<std::size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

TEST(Components, OfPointsOnALine) {
  // (1, 2), (2, 4), (3, 6): the mean is (2, 4), the direction (1, 2) / sqrt 5.
  FactorTable table(4, 2);
  for (const Index row : {0, 1, 2}) {
    table.row(row)[0] = static_cast<float>(row + 1);
    table.row(row)[1] = static_cast<float>(2 * (row + 1));
  }
  table.row(3)[0] = 100;  // Not among the rows asked for.
  const std::vector<Index> rows = {0, 1, 2};
  const Components components = principal_components(table, rows, 1);

  EXPECT_EQ(components.count, 2);
  EXPECT_THAT(components.mean, testing::ElementsAre(2, 4));
  EXPECT_NEAR(components.basis[0], 1 / std::sqrt(5), 1e-12);
  EXPECT_NEAR(components.basis[1], 2 / std::sqrt(5), 1e-12);
  EXPECT_THAT(components.explained,
              testing::ElementsAre(DoubleNear(1, 1e-12), DoubleNear(0, 1e-12)));
  EXPECT_THAT(
      component_values(table, rows, components, 0),
      testing::ElementsAre(
          DoubleNear(-std::sqrt(5), 1e-12), DoubleNear(0, 1e-12), DoubleNear(std::sqrt(5), 1e-12)));
}

/// Each direction is an eigenvector of the covariance that plain loops give, each share its
/// eigenvalue, and together they are an orthonormal basis.
TEST(Components, AreEigenvectorsOfTheCovariance) {
  for (const int k : {3, 16, 37, 70}) {
    const FactorTable table = made_up(1300, k);
    const std::vector<Index> rows = all_rows(table);
    const Components components = principal_components(table, rows, 2);
    ASSERT_EQ(components.count, k);
    const auto size = static_cast<std::size_t>(k);
    std::vector<double> covariance(size * size, 0.0);
    double trace = 0;
    for (std::size_t a = 0; a < size; ++a) {
      for (std::size_t b = 0; b < size; ++b) {
        for (const Index row : rows) {
          covariance[a * size + b] +=
              (static_cast<double>(table.row(row)[a]) - components.mean[a]) *
              (static_cast<double>(table.row(row)[b]) - components.mean[b]);
        }
      }
      trace += covariance[a * size + a];
    }
    for (std::size_t j = 0; j < size; ++j) {
      const double* direction = components.basis.data() + j * size;
      const double variance = components.explained[j] * trace;
      EXPECT_TRUE(j == 0 || components.explained[j] <= components.explained[j - 1]);
      for (std::size_t a = 0; a < size; ++a) {
        double product = 0;
        for (std::size_t b = 0; b < size; ++b) {
          product += covariance[a * size + b] * direction[b];
        }
        EXPECT_NEAR(product, variance * direction[a], 1e-9 * trace);
      }
      for (std::size_t other = 0; other <= j; ++other) {
        const double dot = std::inner_product(
            direction, direction + size, components.basis.data() + other * size, 0.0);
        EXPECT_NEAR(dot, other == j ? 1 : 0, 1e-9);
      }
      const double largest = *std::max_element(direction, direction + size, [](double a, double b) {
        return std::abs(a) < std::abs(b);
      });
      EXPECT_GT(largest, 0);
    }
    EXPECT_NEAR(
        std::accumulate(components.explained.begin(), components.explained.end(), 0.0), 1, 1e-9);
  }
}

TEST(Components, DoNotDependOnThreads) {
  const FactorTable table = made_up(2000, 70);
  const Components one = principal_components(table, all_rows(table), 1);
  const Components four = principal_components(table, all_rows(table), 4);
  EXPECT_EQ(one.basis, four.basis);
  EXPECT_EQ(one.explained, four.explained);
}

TEST(Components, OfFewOrEqualRows) {
  const FactorTable table(5, 3);
  const std::vector<Index> one = {2};
  EXPECT_EQ(principal_components(table, one, 1).count, 0);
  EXPECT_EQ(principal_components(table, std::vector<Index>{}, 1).count, 0);
  const std::vector<Index> two = {1, 2};
  EXPECT_EQ(principal_components(table, two, 1).count, 1);
  EXPECT_THAT(principal_components(table, two, 1).explained, testing::ElementsAre(0));
  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [&] { principal_components(table, std::vector<Index>{5}, 1); }),
            "components: row 5 is out of range, there are 5. Rows count from 0.");
}

TEST(Regression, CorrelationByHand) {
  const std::vector<double> x = {1, 2, 3, 4};
  const std::vector<double> y = {1, 3, 2, 4};
  // sum of products about the means 4, squares 5 and 5.
  EXPECT_THAT(correlation(x, y), Optional(DoubleNear(0.8, 1e-12)));
  EXPECT_EQ(correlation(x, std::vector<double>(4, 7.0)), std::nullopt);
}

TEST(Regression, OfANumberIsTheSquaredCorrelation) {
  const ItemColumn column = {.name = "n", .numbers = {1, 2, 3, 4, std::nan("")}};
  const std::vector<Index> rows = {0, 1, 2, 3, 4, -1};
  const std::vector<double> values = {1, 3, 2, 4, 50, 60};
  EXPECT_THAT(explained_share(values, column, rows), Optional(DoubleNear(0.64, 1e-12)));
}

ItemColumn labelled(const std::vector<std::vector<Index>>& labels, std::size_t count) {
  ItemColumn column = {.name = "c", .kind = ColumnKind::category};
  column.labels.assign(count, "label");
  column.offsets = {0};
  for (const auto& own : labels) {
    column.places.insert(column.places.end(), own.begin(), own.end());
    column.offsets.push_back(column.places.size());
  }
  return column;
}

TEST(Regression, OfGroupsIsTheVarianceBetweenThem) {
  // Groups {1, 3} and {5, 7}, means 2 and 6 about 4: between 16, within 4.
  const std::vector<double> values = {1, 3, 5, 7, 100};
  const ItemColumn column = labelled({{0}, {0}, {1}, {1}, {}}, 2);
  const std::vector<Index> rows = {0, 1, 2, 3, 4};
  EXPECT_THAT(explained_share(values, column, rows), Optional(DoubleNear(0.8, 1e-12)));
}

TEST(Regression, OfSeveralLabelsIsLeastSquares) {
  // a 2, b 3, both 5 and a constant 1: 3, 4, 6 fit exactly; label 2 always comes with label 0.
  const ItemColumn column = labelled({{0, 2}, {1}, {0, 1, 2}, {1}}, 4);
  const std::vector<Index> rows = {0, 1, 2, 3};
  const std::vector<double> exact = {3, 4, 6, 4};
  EXPECT_THAT(explained_share(exact, column, rows), Optional(DoubleNear(1, 1e-12)));
  // The second and fourth rows are alike: 1 apart, 0.5 left over of a total of 5.
  const std::vector<double> values = {3, 4, 6, 5};
  EXPECT_THAT(explained_share(values, column, rows), Optional(DoubleNear(0.9, 1e-12)));
}

TEST(Regression, NeedsThreeRows) {
  const ItemColumn column = labelled({{0}, {1}}, 2);
  EXPECT_EQ(explained_share(std::vector<double>{1, 2}, column, std::vector<Index>{0, 1}),
            std::nullopt);
}

TEST(Encode, Base64OfTheRfc) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {"\xFF\xFE", "//4="}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64(bytes), text);
  }
}

double from_half(std::uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const double fraction = half & 1023;
  const double size =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (half & 0x8000) != 0 ? -size : size;
}

TEST(Encode, HalvesAreTheNearest) {
  EXPECT_EQ(to_half(1.0F), 0x3c00);
  EXPECT_EQ(to_half(-2.0F), 0xc000);
  EXPECT_EQ(to_half(65504.0F), 0x7bff);
  EXPECT_EQ(to_half(1e9F), 0x7bff);
  EXPECT_EQ(to_half(-0.0F), 0x8000);
  EXPECT_EQ(to_half(std::ldexp(1.0F, -25)), 0);  // A tie goes to the even one.
  EXPECT_EQ(to_half(1.0F + std::ldexp(1.0F, -11)), 0x3c00);
  EXPECT_EQ(to_half(1.0F + 3 * std::ldexp(1.0F, -11)), 0x3c02);
  for (unsigned half = 0; half < 0x7bff; ++half) {
    const double low = from_half(static_cast<std::uint16_t>(half));
    const double high = from_half(static_cast<std::uint16_t>(half + 1));
    ASSERT_EQ(to_half(static_cast<float>(low)), half);
    ASSERT_EQ(to_half(static_cast<float>(low + 0.4 * (high - low))), half);
    ASSERT_EQ(to_half(static_cast<float>(low + 0.6 * (high - low))), half + 1);
  }
}

}  // namespace
}  // namespace alsace::test
