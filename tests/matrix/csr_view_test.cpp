#include "alsace/csr_matrix.h"
#include "alsace/error.h"

#include "matrix/csr.h"
#include "support/error_of.h"

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace alsace {
namespace {

using testing::HasSubstr;

std::string refusal_of(const CsrView& view, ErrorCode code = ErrorCode::invalid_argument) {
  return test::error_of(code, [&] { static_cast<void>(copy_of(view)); });
}

template <class T>
NumberView view(const std::vector<T>& numbers) {
  return std::span<const T>(numbers);
}

TEST(CsrView, IsCopiedOfAnyNumberTypes) {
  const std::vector<std::int32_t> offsets = {0, 1, 1, 3};
  const std::vector<std::int64_t> wide_offsets = {0, 1, 1, 3};
  const std::vector<std::uint8_t> indices = {3, 0, 2};
  const std::vector<std::int64_t> wide_indices = {3, 0, 2};
  const std::vector<std::int16_t> values = {7, -1, 0};
  const std::vector<double> wide_values = {7, -1, 0};
  const CsrMatrix expected{
      .rows = 3, .columns = 4, .offsets = {0, 1, 1, 3}, .indices = {3, 0, 2}, .values = {7, -1, 0}};

  EXPECT_EQ(copy_of({3, 4, view(offsets), view(indices), view(values)}), expected);
  EXPECT_EQ(copy_of({3, 4, view(wide_offsets), view(wide_indices), view(wide_values)}), expected);
}

TEST(CsrView, WithoutValuesHasNone) {
  const std::vector<std::int32_t> offsets = {0, 2};
  const std::vector<std::int32_t> indices = {0, 2};

  EXPECT_TRUE(copy_of({1, 3, view(offsets), view(indices), {}}).values.empty());
}

TEST(CsrView, SortsRowsAndSumsWhatIsRepeated) {
  const std::vector<std::int32_t> offsets = {0, 2, 6, 7};
  const std::vector<std::int32_t> indices = {0, 1, 2, 0, 2, 0, 1};
  const std::vector<float> values = {1, 2, 10, 4, 0.5F, 0.25F, 6};

  const CsrMatrix matrix = copy_of({3, 3, view(offsets), view(indices), view(values)});

  EXPECT_EQ(matrix.offsets, (std::vector<std::int64_t>{0, 2, 4, 5}));
  EXPECT_EQ(matrix.indices, (std::vector<Index>{0, 1, 0, 2, 1}));
  EXPECT_EQ(matrix.values, (std::vector<float>{1, 2, 4.25F, 10.5F, 6}));
  EXPECT_EQ(copy_of({3, 3, view(offsets), view(indices), {}}).values,
            (std::vector<float>{1, 1, 2, 2, 1}));
}

RC_GTEST_PROP(CsrView, OfShuffledTripletsIsTheirMatrix, ()) {
  const auto users = *rc::gen::inRange<Index>(1, 9);
  const auto items = *rc::gen::inRange<Index>(1, 9);
  Triplets triplets;
  CsrMatrix rows{.rows = users, .columns = items};
  for (Index user = 0; user < users; ++user) {
    std::set<std::pair<int, Index>> row;  // Items in a random order.
    for (Index item = 0; item < items; ++item) {
      row.emplace(*rc::gen::inRange(0, 1000), item);
    }
    std::size_t wanted = row.size() / 2;
    for (const auto& [place, item] : row) {
      if (wanted-- == 0) {
        break;
      }
      const auto value = static_cast<float>(*rc::gen::inRange(-3, 4));
      triplets.users.push_back(user);
      triplets.items.push_back(item);
      triplets.values.push_back(value);
      rows.indices.push_back(item);
      rows.values.push_back(value);
    }
    rows.offsets.push_back(static_cast<std::int64_t>(rows.indices.size()));
  }

  const CsrMatrix copied =
      copy_of({users, items, view(rows.offsets), view(rows.indices), view(rows.values)});

  RC_ASSERT(copied == to_csr(triplets, users, items));
}

TEST(CsrView, WhoseValuesAreNoFloatsKeepsThemForTrainingToRefuse) {
  const std::vector<std::int32_t> offsets = {0, 1};
  const std::vector<std::int32_t> indices = {0};
  const std::vector<double> values = {1e300};

  EXPECT_TRUE(std::isinf(copy_of({1, 1, view(offsets), view(indices), view(values)}).values[0]));
}

TEST(CsrView, WhosePartsDoNotFitIsRefused) {
  const std::vector<std::int32_t> offsets = {0, 1, 2};
  const std::vector<std::int32_t> indices = {0, 1};
  const std::vector<float> values = {1, 2};
  const auto whole = CsrView{2, 2, view(offsets), view(indices), view(values)};
  const auto refusal = [&](const std::function<void(CsrView&)>& damage) {
    CsrView broken = whole;
    damage(broken);
    return refusal_of(broken);
  };
  const std::vector<std::int32_t> falling = {0, 2, 1};
  const std::vector<std::int32_t> short_end = {0, 1, 1};
  const std::vector<std::int32_t> late = {1, 1, 2};
  const std::vector<std::int64_t> negative = {0, -1};
  const std::vector<std::uint64_t> large = {0, std::numeric_limits<std::uint64_t>::max()};

  EXPECT_EQ(refusal([](CsrView&) {}), "nothing was thrown");
  EXPECT_THAT(refusal([](CsrView& v) { v.rows = 3; }), HasSubstr("3 offsets"));
  EXPECT_THAT(refusal([](CsrView& v) { v.rows = -1; }), HasSubstr("shape is [-1, 2]"));
  EXPECT_THAT(refusal([](CsrView& v) { v.columns = std::int64_t{1} << 31; }),
              HasSubstr("0 to 2147483647"));
  EXPECT_THAT(refusal([](CsrView& v) { v.columns = 1; }), HasSubstr("column 1 is out of range"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.offsets = view(falling); }), HasSubstr("rise from 0"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.offsets = view(short_end); }), HasSubstr("rise from 0"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.offsets = view(late); }), HasSubstr("rise from 0"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.indices = view(negative); }), HasSubstr("column -1"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.indices = view(large); }), HasSubstr("out of range"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.indices = view(values); }), HasSubstr("whole numbers"));
  EXPECT_THAT(refusal([&](CsrView& v) { v.values = view(offsets); }), HasSubstr("3 values"));
}

TEST(CsrView, WhoseSumsAreTooLargeIsRefused) {
  const std::vector<std::int32_t> offsets = {0, 2};
  const std::vector<std::int32_t> indices = {0, 0};
  const std::vector<float> values = {3e38F, 3e38F};

  EXPECT_THAT(
      refusal_of({1, 1, view(offsets), view(indices), view(values)}, ErrorCode::invalid_data),
      HasSubstr("row 0, column 0 sum to 6.0"));
}

}  // namespace
}  // namespace alsace
