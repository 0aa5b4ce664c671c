#include "alsace/error.h"
#include "alsace/recommend.h"

#include "recommend/rows_of.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace {
namespace {

/// Rows lie closer together than padded ones.
struct Rows {
  std::vector<float> values;
  int factors;

  Rows(std::size_t rows, int width, unsigned seed) : values(rows * at(width)), factors(width) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::ranges::generate(values, [&] { return normal(random); });
  }
  static std::size_t at(int value) { return static_cast<std::size_t>(value); }
  [[nodiscard]] FactorView view() const {
    return {.data = values.data(),
            .rows = static_cast<Index>(values.size() / at(factors)),
            .factors = factors,
            .stride = at(factors)};
  }
};

/// The same by a sort of all rows in double.
std::vector<Index> sorted_rows(FactorView table,
                               std::span<const float> query,
                               const RowSearch& search) {
  std::vector<std::pair<double, Index>> scores;
  for (Index row = 0; row < table.rows; ++row) {
    double score = 0;
    for (std::size_t i = 0; i < query.size(); ++i) {
      score += static_cast<double>(query[i]) * static_cast<double>(table.row(row)[i]);
    }
    if (!search.lengths.empty()) {
      score /= static_cast<double>(search.lengths[static_cast<std::size_t>(row)]);
    }
    if (std::ranges::find(search.deny, row) == search.deny.end()) {
      scores.emplace_back(-score, row);
    }
  }
  std::ranges::sort(scores);
  scores.resize(std::min(scores.size(), static_cast<std::size_t>(search.top_k)));
  std::vector<Index> rows;
  std::ranges::transform(scores, std::back_inserter(rows), &std::pair<double, Index>::second);
  return rows;
}

TEST(BestRows, AreThoseOfASortForAnyShape) {
  for (const int factors : {1, 7, 16, 100}) {
    for (const std::size_t rows : {1U, 15U, 600U, 1500U}) {
      const Rows table(rows, factors, 1);
      const Rows queries(37, factors, 2);
      std::vector<float> lengths(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        lengths[i] = 1.0F + static_cast<float>(i % 5);
      }
      const std::vector<Index> deny = {0};
      const RowSearch search{.top_k = 12, .lengths = lengths, .deny = deny};
      const auto lists = best_rows(table.view(), queries.view(), search);
      ASSERT_EQ(lists.size(), 37U);
      for (Index query = 0; query < 37; ++query) {
        EXPECT_EQ(rows_of(lists[static_cast<std::size_t>(query)]),
                  sorted_rows(table.view(), queries.view().row(query), search))
            << factors << " factors, " << rows << " rows, query " << query;
      }
    }
  }
}

TEST(BestRows, OneQueryAndAnyNumberOfThreadsGiveTheSameBits) {
  const Rows table(900, 20, 3);
  const Rows queries(70, 20, 4);
  const auto one_thread = best_rows(table.view(), queries.view(), {.top_k = 5, .threads = 1});

  EXPECT_EQ(best_rows(table.view(), queries.view(), {.top_k = 5, .threads = 3}), one_thread);
  for (Index query = 0; query < 70; ++query) {
    FactorView alone = queries.view();
    alone.data += static_cast<std::size_t>(query) * alone.stride;
    alone.rows = 1;
    EXPECT_EQ(best_rows(table.view(), alone, {.top_k = 5}).front(),
              one_thread[static_cast<std::size_t>(query)]);
  }
}

TEST(BestRows, HideRowsByQueryAndTiesGoToTheLowerRow) {
  const std::vector<float> ones(4, 1.0F);
  const FactorView table{.data = ones.data(), .rows = 4, .factors = 1, .stride = 1};
  const FactorView queries{.data = ones.data(), .rows = 2, .factors = 1, .stride = 1};
  const CsrMatrix hidden{.rows = 2, .columns = 4, .offsets = {0, 2, 2}, .indices = {0, 2}};

  const auto lists = best_rows(table, queries, {.top_k = 3, .hidden = &hidden});

  EXPECT_EQ(rows_of(lists[0]), (std::vector<Index>{1, 3}));
  EXPECT_EQ(rows_of(lists[1]), (std::vector<Index>{0, 1, 2}));
}

TEST(BestRows, RefuseWhatDoesNotFit) {
  const Rows table(5, 3, 1);
  const Rows queries(2, 3, 2);
  const Rows other(2, 4, 2);
  const std::vector<float> lengths(4, 1.0F);
  const std::vector<Index> deny = {5};
  const CsrMatrix hidden{.rows = 2, .columns = 9, .offsets = {0, 0, 1}, .indices = {8}};
  EXPECT_THROW(best_rows(table.view(), other.view(), {}), Error);
  EXPECT_THROW(best_rows(table.view(), queries.view(), {.top_k = 0}), Error);
  EXPECT_THROW(best_rows(table.view(), queries.view(), {.lengths = lengths}), Error);
  EXPECT_THROW(best_rows(table.view(), queries.view(), {.deny = deny}), Error);
  EXPECT_THROW(best_rows(table.view(), queries.view(), {.hidden = &hidden}), Error);
}

}  // namespace
}  // namespace alsace
