#include "alsace/error.h"
#include "alsace/recommend.h"

#include "base/aligned.h"
#include "base/thread_pool.h"
#include "kernels/gather.h"
#include "recommend/top_k.h"

#include <algorithm>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t queries_per_task = 16;
constexpr std::size_t block_floats = 8192;  // 32 KiB: padded rows stay in cache for all queries.

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

std::vector<bool> denied_rows(std::span<const Index> deny, Index rows) {
  std::vector<bool> denied(deny.empty() ? 0 : at(rows), false);
  for (const Index row : deny) {
    check_row(row, rows);
    denied[at(row)] = true;
  }
  return denied;
}

/// The lists of a few queries: the table passes by once, block by block.
class Search {
 public:
  Search(FactorView table, const RowSearch& search, const std::vector<bool>& denied)
      : table_(table),
        search_(search),
        denied_(denied),
        stride_(FactorTable::stride_of(table.factors)),
        block_rows_(std::max<std::size_t>(16, block_floats / stride_)),
        block_(block_rows_ * stride_, 0.0F),
        scores_(block_rows_) {}

  void run(FactorView queries, Index first, std::span<std::vector<Scored>> lists) {
    AlignedVector<float> padded(lists.size() * stride_, 0.0F);
    std::vector<Best> best(lists.size(), Best(at(search_.top_k)));
    for (std::size_t q = 0; q < lists.size(); ++q) {
      std::ranges::copy(queries.row(first + static_cast<Index>(q)), padded.data() + q * stride_);
    }
    for (std::size_t begin = 0; begin < at(table_.rows); begin += block_rows_) {
      const std::size_t rows = std::min(block_rows_, at(table_.rows) - begin);
      for (std::size_t r = 0; r < rows; ++r) {
        std::ranges::copy(table_.row(static_cast<Index>(begin + r)), block_.data() + r * stride_);
      }
      for (std::size_t q = 0; q < lists.size(); ++q) {
        kernels::score_rows(
            block_.data(), stride_, rows, padded.data() + q * stride_, scores_.data());
        filter(begin, rows, first + static_cast<Index>(q));
        for (std::size_t r = 0; r < rows; ++r) {
          best[q].add(static_cast<Index>(begin + r), scores_[r]);
        }
      }
    }
    std::ranges::transform(best, lists.begin(), [](Best& list) { return list.take(); });
  }

 private:
  /// Divides the block's scores by lengths, and takes out what the query may not list.
  void filter(std::size_t begin, std::size_t rows, Index query) {
    if (!search_.lengths.empty()) {
      for (std::size_t r = 0; r < rows; ++r) {
        scores_[r] /= search_.lengths[begin + r];
      }
    }
    for (std::size_t r = 0; !denied_.empty() && r < rows; ++r) {
      if (denied_[begin + r]) {
        scores_[r] = never_listed;
      }
    }
    if (search_.hidden != nullptr) {
      const std::span<const Index> hidden = search_.hidden->row(query);
      for (auto row = std::ranges::lower_bound(hidden, static_cast<Index>(begin));
           row != hidden.end() && at(*row) < begin + rows;
           ++row) {
        scores_[at(*row) - begin] = never_listed;
      }
    }
  }

  FactorView table_;
  const RowSearch& search_;
  const std::vector<bool>& denied_;
  std::size_t stride_;
  std::size_t block_rows_;
  AlignedVector<float> block_;
  std::vector<float> scores_;
};

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
  const std::vector<bool> denied = denied_rows(search.deny, table.rows);
  std::vector<std::vector<Scored>> lists(at(queries.rows));
  // Starting threads costs more than a few queries do.
  ThreadPool pool(lists.size() <= queries_per_task ? 1 : search.threads);
  parallel_blocks(
      pool, lists.size(), queries_per_task, [&](std::size_t begin, std::size_t end, int) {
        Search(table, search, denied)
            .run(queries, static_cast<Index>(begin), std::span(lists).subspan(begin, end - begin));
      });
  return lists;
}

}  // namespace alsace
