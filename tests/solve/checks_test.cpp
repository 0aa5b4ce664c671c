#include "alsace/solve.h"

#include "support/error_of.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
namespace {

using test::error_of;

TEST(Checks, RefusesAMatrixThatIsTheWrongWayRound) {
  const std::vector<std::int64_t> offsets = {0, 1};
  const std::vector<Index> columns = {5};
  const FactorTable fixed(3, 4);
  FactorTable rows(1, 4);

  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [&] {
                       half_step({.offsets = offsets, .columns = columns},
                                 {.factors = fixed},
                                 {.factors = rows.view()},
                                 {.factors = 4},
                                 3);
                     }),
            "solve: column 5 is out of range, the other side has 3 rows. Is the matrix the right "
            "way round?");
}

TEST(Checks, RefusesShapesThatDoNotFit) {
  const std::vector<std::int64_t> offsets = {0, 1};
  const std::vector<std::int64_t> falling = {0, 2, 1};
  const std::vector<Index> columns = {0};
  const FactorTable fixed(3, 4);
  FactorTable rows(2, 4);
  const auto call = [&](const Observations& observations, int factors) {
    return error_of(ErrorCode::invalid_argument, [&] {
      half_step(
          observations, {.factors = fixed}, {.factors = rows.view()}, {.factors = factors}, 3);
    });
  };

  EXPECT_EQ(call({.offsets = offsets, .columns = columns}, 4),
            "solve: 1 rows of observations for 2 rows of factors. Give one row of factors for "
            "each.");
  EXPECT_EQ(call({.offsets = falling, .columns = columns}, 4),
            "solve: offsets must not fall. Give those of compressed rows (CSR).");
  EXPECT_EQ(
      call({.offsets = offsets, .columns = columns}, 5),
      "solve: the sides have 4 and 4 factors, options.factors is 5. Make all three the same.");
  EXPECT_EQ(error_of(ErrorCode::invalid_argument,
                     [&] {
                       half_step({.offsets = offsets, .columns = columns},
                                 {.factors = {fixed.data(), 3, 4}},
                                 {.factors = rows.view()},
                                 {.factors = 4},
                                 3);
                     }),
            "solve: a side of 3 rows has 0 floats from one row to the next, it must have data and "
            "at least 4.");
  EXPECT_EQ(call({.offsets = {}, .columns = columns}, 4),
            "solve: offsets must hold rows + 1 numbers and start at 0.");
}

}  // namespace
}  // namespace alsace
