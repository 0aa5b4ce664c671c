#include "solve/row_block.h"

#include "kernels/dense.h"

#include <algorithm>

namespace alsace {

RowBlock::RowBlock(const FixedSide& fixed, Effort effort, std::size_t rows)
    : fixed_(fixed),
      is_rough_(effort == Effort::rough),
      has_start_(effort != Effort::exact),
      factors_(static_cast<std::size_t>(fixed.factors)),
      stride_(fixed.stride()),
      own_(rows * stride_, 0.0F),
      turned_(rows * stride_, 0.0F),
      is_wide_(rows, false) {}

void RowBlock::widen(std::size_t r) {
  wide_.resize(own_.size());
  std::copy_n(own_.begin() + static_cast<std::ptrdiff_t>(r * stride_),
              stride_,
              wide_.begin() + static_cast<std::ptrdiff_t>(r * stride_));
}

std::span<double> RowBlock::doubles(std::size_t r) {
  widen(r);
  is_wide_[r] = true;
  return {wide_.data() + r * stride_, static_cast<std::size_t>(fixed_.coordinates)};
}

void RowBlock::load(const Side& solved, std::span<const Index> rows) {
  is_wide_.assign(is_wide_.size(), false);
  for (const Index row : rows) {  // All at once, or each would be waited for.
    const std::span<const float> values = solved.factors.row(row);
    for (std::size_t i = 0; i < values.size(); i += 16) {
      __builtin_prefetch(values.data() + i);
    }
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    float* own = floats(r);
    std::ranges::copy(solved.factors.row(rows[r]), own);
    if (!solved.biases.empty()) {
      own[factors_] = solved.biases[static_cast<std::size_t>(rows[r])];
    }
    std::fill(own + fixed_.coordinates, own + stride_, 0.0F);
  }
  if (!fixed_.basis || !has_start_) {
    return;
  }
  if (is_rough_) {
    kernels::multiply(own_.data(), rows.size(), stride_, fixed_.into.data(), turned_.data());
  } else {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      widen(r);
    }
    kernels::multiply(
        wide_.data(), rows.size(), stride_, fixed_.basis->into.values.data(), turned_.data());
  }
  own_.swap(turned_);
}

void RowBlock::store(const Side& solved, std::span<const Index> rows) {
  if (fixed_.basis && is_rough_) {
    kernels::multiply(own_.data(), rows.size(), stride_, fixed_.back.data(), turned_.data());
  } else if (fixed_.basis) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (!is_wide_[r]) {
        widen(r);
      }
    }
    turn_back(0, rows.size());
  } else {
    turned_ = own_;
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    float* turned = turned_.data() + r * stride_;
    if (is_wide_[r] && fixed_.basis && is_rough_) {
      turn_back(r, 1);
    } else if (is_wide_[r] && !fixed_.basis) {
      std::transform(
          wide_.data() + r * stride_, wide_.data() + (r + 1) * stride_, turned, [](double value) {
            return static_cast<float>(value);
          });
    }
    std::copy_n(turned, factors_, solved.factors.row(rows[r]).begin());
    if (!solved.biases.empty()) {
      solved.biases[static_cast<std::size_t>(rows[r])] = turned[factors_];
    }
  }
}

/// `count` rows from r on, in double.
void RowBlock::turn_back(std::size_t r, std::size_t count) {
  kernels::multiply(wide_.data() + r * stride_,
                    count,
                    stride_,
                    fixed_.basis->back.values.data(),
                    turned_.data() + r * stride_);
}

}  // namespace alsace
