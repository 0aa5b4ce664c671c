#pragma once

#include "alsace/factors.h"

#include "base/aligned.h"
#include "base/thread_pool.h"
#include "solve/gram.h"

#include <vector>

namespace alsace {

/// The basis in which a side's Gram matrix is diagonal: G = Q diag(values) Q'. Scores and objective
/// do not change in it, since (X Q)(Y Q)' = X Y'.
struct Eigenbasis {
  std::vector<double> values;  ///< Eigenvalues, falling, >= 0. [size]
  SquareMatrix into;           ///< Q: a row y becomes y Q.
  SquareMatrix back;           ///< Q'.
};

/// O(size^3), milliseconds for hundreds of factors. Each eigenvector's largest entry is positive,
/// so that the basis is unique where eigenvalues differ.
Eigenbasis eigenbasis(const SquareMatrix& gram);

/// Every row times the basis, as a padded table. O(rows * factors^2).
FactorTable rotate(FactorView factors, const SquareMatrix& basis, ThreadPool& pool);

}  // namespace alsace
