#include "alsace/error.h"
#include "alsace/recommend.h"

#include "base/thread_pool.h"
#include "recommend/search.h"

#include <algorithm>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t few_queries = 16;  // Starting threads costs more than these do.

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "best_rows: " + message);
}

void check(FactorView table, FactorView queries, const RowSearch& search) {
  if (search.top_k < 1) {
    refuse(fmt::format("top_k is {}, it must be 1 or more.", search.top_k));
  }
  if (table.factors != queries.factors || table.factors < 1) {
    refuse(fmt::format("the table has {} factors, the queries have {}. Make them the same.",
                       table.factors,
                       queries.factors));
  }
  if (!search.lengths.empty() && search.lengths.size() != at(table.rows)) {
    refuse(fmt::format(
        "{} lengths for {} rows. Give one for each, or none.", search.lengths.size(), table.rows));
  }
  if (search.hidden != nullptr && search.hidden->rows != queries.rows) {
    refuse(fmt::format("{} rows are hidden from {} queries. Give one for each, or none.",
                       search.hidden->rows,
                       queries.rows));
  }
}

void check_row(Index row, Index rows) {
  if (row < 0 || row >= rows) {
    refuse(fmt::format("row {} is out of range, there are {}.", row, rows));
  }
}

std::vector<Index> rising_rows(std::span<const Index> deny, Index rows) {
  std::vector<Index> rising(deny.begin(), deny.end());
  std::ranges::for_each(rising, [&](Index row) { check_row(row, rows); });
  std::ranges::sort(rising);
  return rising;
}

}  // namespace

std::vector<std::vector<Scored>> best_rows(FactorView table,
                                           FactorView queries,
                                           const RowSearch& search) {
  check(table, queries, search);
  if (search.hidden != nullptr) {
    for (const Index row : search.hidden->indices) {
      check_row(row, table.rows);
    }
  }
  const std::vector<Index> denied = rising_rows(search.deny, table.rows);
  std::vector<std::vector<Scored>> lists(at(queries.rows));
  ThreadPool pool(lists.size() <= few_queries ? 1 : search.threads);
  const auto task = [&](std::size_t begin, std::size_t end, int) {
    std::vector<const float*> rows;
    for (std::size_t query = begin; query < end; ++query) {
      rows.push_back(queries.row(static_cast<Index>(query)).data());
    }
    const auto finish = [&](std::size_t query, std::size_t first, std::span<float> scores) {
      for (std::size_t r = 0; !search.lengths.empty() && r < scores.size(); ++r) {
        scores[r] /= search.lengths[first + r];
      }
      hide(denied, first, scores);
      if (search.hidden != nullptr) {
        hide(search.hidden->row(static_cast<Index>(begin + query)), first, scores);
      }
    };
    std::ranges::move(alsace::search(rows_of(table), rows, at(search.top_k), finish),
                      lists.begin() + static_cast<std::ptrdiff_t>(begin));
  };
  parallel_blocks(pool, lists.size(), queries_per_task(lists.size(), pool.workers()), task);
  return lists;
}

}  // namespace alsace
