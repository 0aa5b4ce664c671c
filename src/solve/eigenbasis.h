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

/// O(size^3). Each eigenvector's largest entry is positive, so that the basis is unique where
/// eigenvalues differ. The same bits for any number of threads.
Eigenbasis eigenbasis(const SquareMatrix& gram, ThreadPool& pool);
/// On the calling thread.
Eigenbasis eigenbasis(const SquareMatrix& gram);

/// The basis's values alone, at a fifth of its cost.
std::vector<double> eigenvalues(const SquareMatrix& gram);

/// Every row times the basis, as a padded table. O(rows * factors^2).
FactorTable rotate(FactorView factors, const SquareMatrix& basis, ThreadPool& pool);

}  // namespace alsace
