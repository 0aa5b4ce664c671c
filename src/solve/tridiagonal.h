#pragma once

#include "kernels/dense.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// Rotations of rows `first`, `first` + 1, and so on, one after the other.
struct Sweep {
  std::size_t first = 0;
  std::vector<kernels::Rotation> rotations;
};

/// Makes a symmetric tridiagonal matrix diagonal by the implicit QR method with Wilkinson's shift
/// (Golub & Van Loan, Matrix Computations, 8.3): afterwards `diagonal` holds the eigenvalues, in no
/// order. `beside`, [size - 1], is what lies beside the diagonal; it ends as 0.
///
/// Gives the rotations in their order: applied to the rows of a matrix Q', T = Q diag Q'. Nothing
/// when they do not converge. O(size^2).
std::optional<std::vector<Sweep>> diagonalize(std::span<double> diagonal, std::span<double> beside);

}  // namespace alsace
