#include "solve/inverse.h"

#include "base/aligned.h"
#include "kernels/dense.h"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace alsace {
namespace {

using kernels::panel_columns;

constexpr std::size_t block = 128;  // Columns swept at a time: a panel of them stays in cache.

/// Sweeps blocks of columns. With the blocks S swept and R not, the lower triangle holds that of
///     [ -inv(A_SS)          inv(A_SS) A_SR                ]
///     [ A_RS inv(A_SS)      A_RR - A_RS inv(A_SS) A_SR    ]
class Sweep {
 public:
  Sweep(SquareMatrix& matrix, ThreadPool& pool)
      : matrix_(matrix),
        pool_(pool),
        pivot_(block * block),
        inverse_(block * block),
        negative_(block * block),
        rows_(block * matrix.stride),
        solved_(block * matrix.stride) {}

  bool block_at(std::size_t begin) {
    begin_ = begin;
    size_ = std::min(block, matrix_.size - begin);
    height_ = (size_ + panel_columns - 1) / panel_columns * panel_columns;
    copy_pivot();
    if (!invert_pivot()) {
      return false;
    }
    in_panels([this](std::size_t panel) { copy_rows(panel); });
    in_panels([this](std::size_t panel) { solve_rows(panel); });
    in_panels([this](std::size_t panel) { update(panel); });
    in_panels([this](std::size_t panel) { write_back(panel); });
    return true;
  }

 private:
  void in_panels(const std::function<void(std::size_t)>& body) {
    // The last panels have the longest rows: they begin first.
    const std::size_t panels = matrix_.stride / panel_columns;
    pool_.run(panels, [&](std::size_t task, int) { body(panels - 1 - task); });
  }

  [[nodiscard]] double& at(std::size_t i, std::size_t j) {
    return matrix_.values[std::max(i, j) * matrix_.stride + std::min(i, j)];
  }
  [[nodiscard]] bool is_pivot(std::size_t column) const {
    return column >= begin_ && column < begin_ + size_;
  }

  void copy_pivot() {
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        pivot_[i * block + j] = at(begin_ + i, begin_ + j);
      }
    }
  }

  bool invert_pivot() {
    if (!kernels::cholesky(pivot_.data(), size_, block)) {
      return false;
    }
    std::ranges::fill(inverse_, 0.0);
    for (std::size_t i = 0; i < size_; ++i) {
      inverse_[i * block + i] = 1.0;
      kernels::cholesky_solve(pivot_.data(), size_, block, &inverse_[i * block]);
    }
    for (std::size_t i = 0; i < height_; ++i) {
      for (std::size_t j = 0; j < height_; ++j) {
        const std::size_t place = (j / panel_columns * height_ + i) * panel_columns;
        negative_[place + j % panel_columns] = -inverse_[i * block + j];
      }
    }
    return true;
  }

  /// Rows of the pivot block as panels of columns. What the update makes of its own rows and
  /// columns is written over by write_back().
  void copy_rows(std::size_t panel) {
    double* out = &rows_[panel * panel_columns * height_];
    for (std::size_t k = 0; k < height_; ++k) {
      for (std::size_t c = 0; c < panel_columns; ++c) {
        const std::size_t column = panel * panel_columns + c;
        const bool outside = k >= size_ || column >= matrix_.size;
        *out++ = outside ? 0.0 : at(begin_ + k, column);
      }
    }
  }

  /// Minus the inverse of the pivot block times its rows.
  void solve_rows(std::size_t panel) {
    const std::size_t place = panel * panel_columns * height_;
    std::fill_n(&solved_[place], panel_columns * height_, 0.0);
    for (std::size_t k = 0; k < height_; k += panel_columns) {
      kernels::add_panel_products(&negative_[k * height_],
                                  &rows_[place],
                                  height_,
                                  panel_columns,
                                  panel_columns,
                                  &solved_[place + k * panel_columns]);
    }
  }

  void update(std::size_t panel) {
    kernels::add_panel_products(&solved_[panel * panel_columns * height_],
                                rows_.data(),
                                height_,
                                (panel + 1) * panel_columns,
                                matrix_.stride,
                                &matrix_.values[panel * panel_columns * matrix_.stride]);
  }

  /// The pivot block's own rows and columns.
  void write_back(std::size_t panel) {
    const double* solved = &solved_[panel * panel_columns * height_];
    for (std::size_t c = 0; c < panel_columns; ++c) {
      const std::size_t column = panel * panel_columns + c;
      for (std::size_t k = 0; column < matrix_.size && k < size_; ++k) {
        if (!is_pivot(column)) {
          at(begin_ + k, column) = -solved[k * panel_columns + c];
        } else if (column <= begin_ + k) {
          at(begin_ + k, column) = -inverse_[k * block + column - begin_];
        }
      }
    }
  }

  SquareMatrix& matrix_;
  ThreadPool& pool_;
  AlignedVector<double> pivot_;     ///< [block x block], then its Cholesky factor.
  AlignedVector<double> inverse_;   ///< [block x block]
  AlignedVector<double> negative_;  ///< Minus the inverse, in panels of [height_ x panel_columns].
  AlignedVector<double> rows_;      ///< Likewise.
  AlignedVector<double> solved_;    ///< Likewise.
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  std::size_t height_ = 0;  ///< size_ in whole panels.
};

}  // namespace

bool invert(SquareMatrix& matrix, ThreadPool& pool) {
  Sweep sweep(matrix, pool);
  for (std::size_t begin = 0; begin < matrix.size; begin += block) {
    if (!sweep.block_at(begin)) {
      return false;
    }
  }
  const std::size_t stride = matrix.stride;
  pool.run(matrix.size, [&](std::size_t i, int) {
    for (std::size_t j = 0; j <= i; ++j) {
      matrix.values[i * stride + j] = -matrix.values[i * stride + j];
    }
  });
  pool.run(matrix.size, [&](std::size_t i, int) {
    for (std::size_t j = i + 1; j < matrix.size; ++j) {
      matrix.values[i * stride + j] = matrix.values[j * stride + i];
    }
  });
  return true;
}

}  // namespace alsace
