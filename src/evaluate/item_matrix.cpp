#include "evaluate/item_matrix.h"

#include "evaluate/test_set.h"
#include "matrix/csr.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace alsace {
namespace {

constexpr std::size_t block = 16;  // Items one task takes.

void each_entry(const CsrMatrix& matrix, Index row, const std::function<void(Index, float)>& body) {
  for (std::int64_t entry = matrix.offsets[at(row)]; entry < matrix.offsets[at(row) + 1]; ++entry) {
    body(matrix.indices[static_cast<std::size_t>(entry)], matrix.value(entry));
  }
}

/// Sums of one row of the product, and which of them are there: what is not touched costs nothing.
struct Accumulator {
  std::vector<double> sums;  ///< [items], 0 where not touched.
  std::vector<char> is_touched;
  std::vector<Index> touched;

  void add(const CsrMatrix& matrix, Index row, double factor) {
    for (std::int64_t entry = matrix.offsets[at(row)]; entry < matrix.offsets[at(row) + 1];
         ++entry) {
      const Index column = matrix.indices[static_cast<std::size_t>(entry)];
      sums[at(column)] += factor * static_cast<double>(matrix.value(entry));
      if (is_touched[at(column)] == 0) {
        is_touched[at(column)] = 1;
        touched.push_back(column);
      }
    }
  }

  void reset() {
    for (const Index column : touched) {
      sums[at(column)] = 0;
      is_touched[at(column)] = 0;
    }
    touched.clear();
  }
};

}  // namespace

void ItemMatrix::each_of_history(Index user, const std::function<void(Index, float)>& body) const {
  each_entry(by_user, user, body);
  if (fold_in.rows > 0) {
    each_entry(fold_in, user, body);
  }
}

ItemMatrix item_matrix(const Split& split) {
  const Index users = split.train.user_ids.size();
  const Index items = split.train.item_ids.size();
  check_triplets(split.train.triplets, users, items, "training");
  check_triplets(split.fold_in, users, items, "fold-in");
  ItemMatrix matrix;
  matrix.by_user = to_csr(split.train.triplets, users, items);
  matrix.by_item = transpose(matrix.by_user);
  if (split.fold_in.size() > 0) {
    matrix.fold_in = to_csr(split.fold_in, users, items);
  }
  return matrix;
}

void each_item_products(const CsrMatrix& by_user,
                        const CsrMatrix& by_item,
                        ThreadPool& pool,
                        const ItemProductsSink& body) {
  std::vector<Accumulator> accumulators(static_cast<std::size_t>(pool.workers()));
  parallel_blocks(
      pool, at(by_item.rows), block, [&](std::size_t begin, std::size_t end, int worker) {
        Accumulator& accumulator = accumulators[static_cast<std::size_t>(worker)];
        accumulator.sums.resize(at(by_item.rows));
        accumulator.is_touched.resize(at(by_item.rows));
        for (std::size_t item = begin; item < end; ++item) {
          each_entry(by_item, static_cast<Index>(item), [&](Index user, float value) {
            accumulator.add(by_user, user, static_cast<double>(value));
          });
          body(static_cast<Index>(item), accumulator.touched, accumulator.sums);
          accumulator.reset();
        }
      });
}

}  // namespace alsace
