#include "alsace/csr_matrix.h"
#include "alsace/error.h"

#include "matrix/entries.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::int64_t most_rows = std::numeric_limits<Index>::max();

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "matrix: " + message);
}

std::size_t size_of(const NumberView& numbers) {
  return std::visit([](const auto& values) { return values.size(); }, numbers);
}

/// Whole numbers from 0 to `most`; `what` is what errors call them.
template <class Integer>
std::vector<Integer> whole_numbers(const NumberView& numbers, std::int64_t most, const char* what) {
  std::vector<Integer> result;
  result.reserve(size_of(numbers));
  const auto copy = [&]<class T>(std::span<const T> values) {
    if constexpr (std::is_integral_v<T>) {
      for (const T value : values) {
        if (std::cmp_less(value, 0) || std::cmp_greater(value, most)) {
          refuse(fmt::format("{} {} is out of range, it must be 0 to {}.", what, value, most));
        }
        result.push_back(static_cast<Integer>(value));
      }
    } else if (!values.empty()) {
      refuse(fmt::format("{}s are floating-point numbers. Give whole numbers.", what));
    }
  };
  std::visit(copy, numbers);
  return result;
}

std::vector<float> floats(const NumberView& numbers) {
  std::vector<float> result;
  result.reserve(size_of(numbers));
  std::visit(
      [&](const auto& values) {
        for (const auto value : values) {
          result.push_back(static_cast<float>(value));
        }
      },
      numbers);
  return result;
}

void check_shape(const CsrView& view) {
  if (view.rows < 0 || view.columns < 0 || view.rows > most_rows || view.columns > most_rows) {
    refuse(fmt::format(
        "the shape is [{}, {}], each must be 0 to {}.", view.rows, view.columns, most_rows));
  }
  const std::size_t offsets = size_of(view.offsets);
  const std::size_t entries = size_of(view.indices);
  const std::size_t values = size_of(view.values);
  if (offsets != at(view.rows) + 1 || (values != 0 && values != entries)) {
    refuse(
        fmt::format("{} rows, {} entries: there are {} offsets and {} values. Give one offset more "
                    "than rows, and a value for each entry or none.",
                    view.rows,
                    entries,
                    offsets,
                    values));
  }
}

void check_offsets(const CsrMatrix& matrix) {
  if (matrix.offsets.front() != 0 || !std::ranges::is_sorted(matrix.offsets) ||
      matrix.offsets.back() != static_cast<std::int64_t>(matrix.indices.size())) {
    refuse(fmt::format("offsets must rise from 0 to the {} entries. Give those of compressed rows.",
                       matrix.indices.size()));
  }
}

/// Puts rows in order in place, and sums what is repeated.
class RowSorter {
 public:
  explicit RowSorter(CsrMatrix& matrix) : matrix_(matrix) {}

  void sort() {
    std::size_t end = 0;
    for (std::size_t row = 0; row < at(matrix_.rows); ++row) {
      const std::size_t begin = end;
      end = at(matrix_.offsets[row + 1]);
      const auto rising = std::span(matrix_.indices).subspan(begin, end - begin);
      if (std::ranges::adjacent_find(rising, std::greater_equal{}) != rising.end()) {
        load(begin, end);
        sum(row);
      } else if (next_ != begin) {
        move(begin, end);
      } else {
        next_ = end;
      }
      matrix_.offsets[row + 1] = static_cast<std::int64_t>(next_);
    }
    matrix_.indices.resize(next_);
    matrix_.values.resize(std::min(matrix_.values.size(), next_));
  }

 private:
  /// The row's entries, by column; those of one column in the order given.
  void load(std::size_t begin, std::size_t end) {
    row_.clear();
    for (std::size_t entry = begin; entry < end; ++entry) {
      row_.emplace_back(matrix_.indices[entry],
                        matrix_.values.empty() ? 1.0F : matrix_.values[entry]);
    }
    std::ranges::stable_sort(row_, {}, &std::pair<Index, float>::first);
  }

  void sum(std::size_t row) {
    for (std::size_t i = 0; i < row_.size();) {
      const Index column = row_[i].first;
      const std::size_t first = i;
      double value = 0;
      for (; i < row_.size() && row_[i].first == column; ++i) {
        value += static_cast<double>(row_[i].second);
      }
      if (i - first > 1 && matrix_.values.empty()) {
        matrix_.values.assign(matrix_.indices.size(), 1.0F);
      }
      put(column, static_cast<float>(value));
      if (i - first > 1 && !std::isfinite(static_cast<float>(value))) {
        throw Error(ErrorCode::invalid_data,
                    fmt::format("matrix: the entries of row {}, column {} sum to {}, which must be "
                                "a finite 32-bit float. Scale the values down.",
                                row,
                                column,
                                value));
      }
    }
  }

  void move(std::size_t begin, std::size_t end) {
    for (std::size_t entry = begin; entry < end; ++entry) {
      put(matrix_.indices[entry], matrix_.values.empty() ? 1.0F : matrix_.values[entry]);
    }
  }

  void put(Index column, float value) {
    matrix_.indices[next_] = column;
    if (!matrix_.values.empty()) {
      matrix_.values[next_] = value;
    }
    ++next_;
  }

  CsrMatrix& matrix_;
  std::size_t next_ = 0;                      ///< Where the next entry goes.
  std::vector<std::pair<Index, float>> row_;  ///< The row at hand.
};

}  // namespace

CsrMatrix copy_of(const CsrView& view) {
  check_shape(view);
  CsrMatrix matrix{.rows = static_cast<Index>(view.rows),
                   .columns = static_cast<Index>(view.columns),
                   .offsets = whole_numbers<std::int64_t>(
                       view.offsets, std::numeric_limits<std::int64_t>::max(), "offset"),
                   .indices = whole_numbers<Index>(view.indices, view.columns - 1, "column"),
                   .values = floats(view.values)};
  check_offsets(matrix);
  RowSorter(matrix).sort();
  return matrix;
}

}  // namespace alsace
