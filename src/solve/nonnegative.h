#pragma once

#include "base/aligned.h"

#include <cstddef>
#include <vector>

namespace alsace {

/// Room for solve_nonnegative, kept by its caller so that rows do not allocate.
struct NonnegativeWork {
  AlignedVector<double> factor;    ///< [size x stride]
  AlignedVector<double> solution;  ///< [stride]
  std::vector<std::size_t> free;   ///< Coordinates that are not held at 0.
};

/// Minimizes x'Ax/2 - b'x over x with its first `nonnegative` coordinates >= 0 by the active-set
/// method of Lawson and Hanson (1974, chapter 23), from the support of the given x. A is symmetric
/// positive definite, its lower triangle is read. At the end the KKT conditions hold: x >= 0, and
/// the gradient Ax - b is 0 on free coordinates and >= -tolerance on those at 0.
/// False when a subsystem is not positive definite.
bool solve_nonnegative(const double* a,
                       const double* b,
                       std::size_t size,
                       std::size_t stride,
                       std::size_t nonnegative,
                       double* x,
                       NonnegativeWork& work);

}  // namespace alsace
