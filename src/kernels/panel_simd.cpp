#include "kernels/dense.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/panel_simd.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// A panel's row is 16 doubles: no wider vectors, also where the machine has them.
using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;
/// Vectors of a row at a time, the others afterwards: enough for the additions of a sum, or the
/// steps of a rotation, not to wait for each other.
constexpr std::size_t kColumns = 2;

void reflect_panel(double scale, const double* v, std::size_t rows, double* panel) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t j = 0; j < panel_columns; j += kColumns * lanes) {
    DoubleVector sums[2][kColumns];
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[0][c] = hn::Zero(d);
      sums[1][c] = hn::Zero(d);
    }
    std::size_t i = 0;
    double* row = panel + j;
    for (; i + 2 <= rows; i += 2, row += 2 * panel_columns) {
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[0][c] = hn::MulAdd(hn::Set(d, v[i]), hn::Load(d, row + c * lanes), sums[0][c]);
        sums[1][c] = hn::MulAdd(
            hn::Set(d, v[i + 1]), hn::Load(d, row + panel_columns + c * lanes), sums[1][c]);
      }
    }
    for (; i < rows; ++i, row += panel_columns) {
      for (std::size_t c = 0; c < kColumns; ++c) {
        sums[0][c] = hn::MulAdd(hn::Set(d, v[i]), hn::Load(d, row + c * lanes), sums[0][c]);
      }
    }
    for (std::size_t c = 0; c < kColumns; ++c) {
      sums[0][c] = hn::Mul(hn::Set(d, scale), hn::Add(sums[0][c], sums[1][c]));
    }
    row = panel + j;
    for (i = 0; i < rows; ++i, row += panel_columns) {
      const DoubleVector value = hn::Set(d, v[i]);
      for (std::size_t c = 0; c < kColumns; ++c) {
        double* place = row + c * lanes;
        hn::Store(hn::NegMulAdd(value, sums[0][c], hn::Load(d, place)), d, place);
      }
    }
  }
}

/// A row stays in registers from the rotation that makes it to the next, which ends it.
void rotate_panel(const Rotation* rotations, std::size_t count, double* panel) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t j = 0; j < panel_columns; j += kColumns * lanes) {
    double* row = panel + j;
    DoubleVector upper[kColumns];
    for (std::size_t k = 0; k < kColumns; ++k) {
      upper[k] = hn::Load(d, row + k * lanes);
    }
    for (std::size_t i = 0; i < count; ++i, row += panel_columns) {
      const DoubleVector c = hn::Set(d, rotations[i].c);
      const DoubleVector s = hn::Set(d, rotations[i].s);
      for (std::size_t k = 0; k < kColumns; ++k) {
        const DoubleVector lower = hn::Load(d, row + panel_columns + k * lanes);
        hn::Store(hn::NegMulAdd(s, lower, hn::Mul(c, upper[k])), d, row + k * lanes);
        upper[k] = hn::MulAdd(s, upper[k], hn::Mul(c, lower));
      }
    }
    for (std::size_t k = 0; k < kColumns; ++k) {
      hn::Store(upper[k], d, row + k * lanes);
    }
  }
}

}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(reflect_panel);
HWY_EXPORT(rotate_panel);

void reflect_panel(double scale, const double* v, std::size_t rows, double* panel) {
  HWY_DYNAMIC_DISPATCH(reflect_panel)(scale, v, rows, panel);
}

void rotate_panel(const Rotation* rotations, std::size_t count, double* panel) {
  HWY_DYNAMIC_DISPATCH(rotate_panel)(rotations, count, panel);
}

}  // namespace alsace::kernels
#endif
