#include "solve/nonnegative.h"

#include "kernels/dense.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace alsace {
namespace {

/// The unconstrained minimum over the free coordinates into work.solution, by place in work.free.
bool solve_free(const double* a, const double* b, std::size_t stride, NonnegativeWork& work) {
  const std::size_t count = work.free.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      work.factor[i * stride + j] = a[work.free[i] * stride + work.free[j]];
    }
    work.solution[i] = b[work.free[i]];
  }
  if (!kernels::cholesky(work.factor.data(), count, stride)) {
    return false;
  }
  kernels::cholesky_solve(work.factor.data(), count, stride, work.solution.data());
  return true;
}

/// Walks from x towards the free minimum as far as x stays >= 0 and drops what reaches 0.
/// True when the minimum itself was reached.
bool step_towards(std::size_t nonnegative, double* x, NonnegativeWork& work) {
  double length = 1;
  std::size_t blocking = work.free.size();
  for (std::size_t i = 0; i < work.free.size(); ++i) {
    const std::size_t at = work.free[i];
    if (at < nonnegative && work.solution[i] <= 0) {
      const double reach = x[at] > 0 ? x[at] / (x[at] - work.solution[i]) : 0.0;
      if (reach < length || blocking == work.free.size()) {
        length = std::min(length, reach);
        blocking = i;
      }
    }
  }
  for (std::size_t i = 0; i < work.free.size(); ++i) {
    const std::size_t at = work.free[i];
    x[at] += length * (work.solution[i] - x[at]);
  }
  if (blocking == work.free.size()) {
    return true;
  }
  x[work.free[blocking]] = 0;  // Exactly, whatever rounding says: each step drops at least one.
  std::erase_if(work.free, [&](std::size_t at) {
    const bool drop = at < nonnegative && x[at] <= 0;
    if (drop) {
      x[at] = 0;
    }
    return drop;
  });
  return false;
}

/// Ax - b at one coordinate, from the lower triangle.
double gradient(const double* a,
                const double* b,
                std::size_t size,
                std::size_t stride,
                const double* x,
                std::size_t at) {
  double sum = -b[at];
  for (std::size_t j = 0; j < size; ++j) {
    sum += (j <= at ? a[at * stride + j] : a[j * stride + at]) * x[j];
  }
  return sum;
}

}  // namespace

bool solve_nonnegative(const double* a,
                       const double* b,
                       std::size_t size,
                       std::size_t stride,
                       std::size_t nonnegative,
                       double* x,
                       NonnegativeWork& work) {
  double scale = 0;
  work.free.clear();
  for (std::size_t i = 0; i < size; ++i) {
    scale = std::max(scale, std::abs(b[i]));
    if (i >= nonnegative || x[i] > 0) {
      work.free.push_back(i);
    } else {
      x[i] = 0;
    }
  }
  const double tolerance = scale * 1e-12 * static_cast<double>(size);
  std::size_t added = size;  // The coordinate freed last: dropped again at once, it stays at 0.
  for (std::size_t round = 0; round < 10 * size + 10; ++round) {
    do {
      if (!solve_free(a, b, stride, work)) {
        return false;
      }
    } while (!step_towards(nonnegative, x, work));
    double steepest = -tolerance;
    std::size_t next = size;
    for (std::size_t i = 0; i < nonnegative; ++i) {
      if (x[i] > 0 || i == added) {
        continue;
      }
      if (const double slope = gradient(a, b, size, stride, x, i); slope < steepest) {
        steepest = slope;
        next = i;
      }
    }
    if (next == size) {
      break;
    }
    added = next;
    work.free.insert(std::ranges::lower_bound(work.free, next), next);
  }
  return true;
}

}  // namespace alsace
