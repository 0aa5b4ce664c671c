#include "matrix/csr.h"

#include "alsace/error.h"

#include "base/aligned.h"
#include "matrix/entries.h"

#include <numeric>

#include <fmt/format.h>

namespace alsace {
namespace {

/// A matrix whose row lengths are those of `keys`, entries still to be filled.
CsrMatrix shaped(std::span<const Index> keys, Index rows, Index columns, bool with_values) {
  CsrMatrix matrix{.rows = rows, .columns = columns, .offsets = {}, .indices = {}, .values = {}};
  matrix.offsets.assign(at(rows) + 1, 0);
  for (const Index key : keys) {
    ++matrix.offsets[at(key) + 1];
  }
  std::partial_sum(matrix.offsets.begin(), matrix.offsets.end(), matrix.offsets.begin());
  // Rows are gone over longest first, here and there: addresses of small pages would be waited for.
  resize_large(matrix.indices, keys.size());
  resize_large(matrix.values, with_values ? keys.size() : 0);
  return matrix;
}

void check_rows(std::span<const Index> rows, Index count, const char* what) {
  for (const Index row : rows) {
    if (row < 0 || row >= count) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("matrix: {} row {} is out of range, there are {}. Give row numbers "
                              "from 0.",
                              what,
                              row,
                              count));
    }
  }
}

/// By item, in the order of the triplets within each; turning that over sorts users' rows by item.
CsrMatrix item_rows(const Triplets& triplets, Index users, Index items) {
  if (triplets.items.size() != triplets.users.size() ||
      (!triplets.values.empty() && triplets.values.size() != triplets.users.size())) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("matrix: {} users, {} items and {} values. Give one of each per entry, "
                            "or no values at all.",
                            triplets.users.size(),
                            triplets.items.size(),
                            triplets.values.size()));
  }
  check_rows(triplets.users, users, "user");
  check_rows(triplets.items, items, "item");
  CsrMatrix by_item = shaped(triplets.items, items, users, !triplets.values.empty());
  std::vector<std::int64_t> next(by_item.offsets.begin(), by_item.offsets.end() - 1);
  for (std::size_t entry = 0; entry < triplets.users.size(); ++entry) {
    const auto place = static_cast<std::size_t>(next[at(triplets.items[entry])]++);
    by_item.indices[place] = triplets.users[entry];
    if (!triplets.values.empty()) {
      by_item.values[place] = triplets.values[entry];
    }
  }
  return by_item;
}

}  // namespace

CsrMatrix to_csr(const Triplets& triplets, Index users, Index items) {
  return transpose(item_rows(triplets, users, items));
}

CsrMatrix to_csr(Triplets&& triplets, Index users, Index items) {
  release(triplets.times);
  const CsrMatrix by_item = item_rows(triplets, users, items);
  triplets = {};
  return transpose(by_item);
}

CsrMatrix transpose(const CsrMatrix& matrix) {
  CsrMatrix turned = shaped(matrix.indices, matrix.columns, matrix.rows, !matrix.values.empty());
  std::vector<std::int64_t> next(turned.offsets.begin(), turned.offsets.end() - 1);
  for (Index row = 0; row < matrix.rows; ++row) {
    for (std::int64_t entry = matrix.offsets[at(row)]; entry < matrix.offsets[at(row) + 1];
         ++entry) {
      const auto from = static_cast<std::size_t>(entry);
      const auto place = static_cast<std::size_t>(next[at(matrix.indices[from])]++);
      turned.indices[place] = row;
      if (!matrix.values.empty()) {
        turned.values[place] = matrix.values[from];
      }
    }
  }
  return turned;
}

}  // namespace alsace
