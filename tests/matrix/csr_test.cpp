#include "matrix/csr.h"

#include "alsace/error.h"
#include "alsace/factors.h"

#include "base/random.h"

#include <map>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

TEST(Csr, SortsTripletsByUserAndItem) {
  const Triplets triplets{.users = {2, 0, 0, 2}, .items = {1, 2, 0, 0}, .values = {1, 2, 3, 4}};

  const CsrMatrix matrix = to_csr(triplets, 4, 3);

  EXPECT_EQ(matrix.offsets, (std::vector<std::int64_t>{0, 2, 2, 4, 4}));
  EXPECT_EQ(matrix.indices, (std::vector<Index>{0, 2, 0, 1}));
  EXPECT_EQ(matrix.values, (std::vector<float>{3, 2, 4, 1}));
}

TEST(Csr, KeepsNoValuesWhereAllAreOne) {
  const CsrMatrix matrix = to_csr({.users = {1, 0}, .items = {0, 0}}, 2, 1);

  EXPECT_TRUE(matrix.values.empty());
  EXPECT_EQ(matrix.value(1), 1.0F);
}

TEST(Csr, TakesTripletsToTheSameAndReleasesThem) {
  Triplets triplets{
      .users = {2, 0, 0, 2}, .items = {1, 2, 0, 0}, .values = {1, 2, 3, 4}, .times = {1, 2, 3, 4}};
  const CsrMatrix matrix = to_csr(triplets, 4, 3);

  EXPECT_EQ(to_csr(std::move(triplets), 4, 3), matrix);
  EXPECT_EQ(triplets.users.capacity() + triplets.items.capacity() +  // NOLINT: it says so
                triplets.values.capacity() + triplets.times.capacity(),
            0U);
}

TEST(Csr, RefusesARowOutOfRange) {
  EXPECT_THROW(to_csr({.users = {0, 2}, .items = {0, 0}}, 2, 1), Error);
  EXPECT_THROW(to_csr({.users = {0}, .items = {-1}}, 2, 1), Error);
}

RC_GTEST_PROP(Csr, TransposedTwiceIsTheSame, ()) {
  const auto users = *rc::gen::inRange<Index>(1, 20);
  const auto items = *rc::gen::inRange<Index>(1, 20);
  std::map<std::pair<Index, Index>, float> pairs;
  for (int entry = 0; entry < *rc::gen::inRange(0, 60); ++entry) {
    pairs[{*rc::gen::inRange<Index>(0, users), *rc::gen::inRange<Index>(0, items)}] =
        static_cast<float>(entry);
  }
  Triplets triplets;
  for (const auto& [pair, value] : pairs) {
    triplets.users.push_back(pair.first);
    triplets.items.push_back(pair.second);
    triplets.values.push_back(value);
  }

  const CsrMatrix matrix = to_csr(triplets, users, items);
  const CsrMatrix turned = transpose(matrix);

  RC_ASSERT(transpose(turned) == matrix);
  RC_ASSERT(turned.entries() == static_cast<std::int64_t>(pairs.size()));
  for (Index user = 0; user < users; ++user) {
    for (const Index item : matrix.row(user)) {
      RC_ASSERT(pairs.contains({user, item}));
    }
  }
}

TEST(FactorTable, PadsRowsToCacheLinesOfZeros) {
  FactorTable table(3, 5);
  table.row(1)[4] = 2.0F;

  EXPECT_EQ(table.stride(), 16U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(table.data()) % 64, 0U);
  EXPECT_EQ(table.data()[16 + 4], 2.0F);
  EXPECT_EQ(table.data()[16 + 5], 0.0F);
}

TEST(FactorTable, ACopyOwnsItsFloats) {
  FactorTable table(2, 3);
  FactorTable copy = table;
  copy.row(0)[0] = 1.0F;

  EXPECT_EQ(table.row(0)[0], 0.0F);
}

TEST(FactorTable, RefusesShapesThatCannotBe) {
  EXPECT_THROW(FactorTable(-1, 4), Error);
  EXPECT_THROW(FactorTable(1, 0), Error);
  EXPECT_THROW(FactorTable(1, 65537), Error);
}

}  // namespace
}  // namespace alsace
