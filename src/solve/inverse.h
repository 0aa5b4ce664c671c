#pragma once

#include "base/thread_pool.h"
#include "solve/gram.h"

namespace alsace {

/// Replaces a symmetric positive definite matrix by its inverse, both triangles. Only the lower
/// triangle is read. Blocks of columns are swept one after the other (Goodnight, "A tutorial on the
/// SWEEP operator", 1979), each an update of all others at once, so threads share the work; the
/// same bits for any number of them. O(size^3 / 2) products, size * 128 doubles beside the matrix.
/// False when it is not positive definite to working precision; then the matrix holds nothing of
/// use.
bool invert(SquareMatrix& matrix, ThreadPool& pool);

}  // namespace alsace
