#include "solve/tridiagonal.h"

#include <cmath>
#include <limits>

namespace alsace {
namespace {

/// The rotation with s x + c z = 0. By the ratio: squares of very small numbers are 0, and hypot
/// takes several times as long.
kernels::Rotation rotation_of(double x, double z) {
  if (z == 0) {
    return {};
  }
  if (std::abs(x) >= std::abs(z)) {
    const double ratio = z / x;
    const double c = 1 / std::sqrt(1 + ratio * ratio);
    return {.c = c, .s = -ratio * c};
  }
  const double ratio = x / z;
  const double s = -1 / std::sqrt(1 + ratio * ratio);
  return {.c = -ratio * s, .s = s};
}

/// The eigenvalue of the last two rows that is nearer to the last diagonal entry.
double shift(double before, double last, double beside) {
  const double half = (before - last) / 2;
  if (beside == 0) {
    return last;
  }
  const double length = std::hypot(half, beside);
  return last - beside * (beside / (half + (half > 0 ? length : -length)));
}

/// One step on rows [first, last]: a rotation of the first two makes an entry beside the three
/// diagonals, the others chase it out at the end.
Sweep step(std::span<double> diagonal,
           std::span<double> beside,
           std::size_t first,
           std::size_t last) {
  Sweep sweep{.first = first, .rotations = {}};
  sweep.rotations.reserve(last - first);
  double x = diagonal[first] - shift(diagonal[last - 1], diagonal[last], beside[last - 1]);
  double z = beside[first];
  for (std::size_t k = first; k < last; ++k) {
    const kernels::Rotation turn = rotation_of(x, z);
    const double c = turn.c;
    const double s = turn.s;
    const double upper = s * diagonal[k] + c * beside[k];
    const double lower = s * beside[k] + c * diagonal[k + 1];
    diagonal[k] = c * (c * diagonal[k] - s * beside[k]) - s * (c * beside[k] - s * diagonal[k + 1]);
    diagonal[k + 1] = s * upper + c * lower;
    beside[k] = c * upper - s * lower;
    if (k > first) {
      beside[k - 1] = c * beside[k - 1] - s * z;
    }
    if (k + 1 < last) {
      x = beside[k];
      z = -s * beside[k + 1];
      beside[k + 1] *= c;
    }
    sweep.rotations.push_back(turn);
  }
  return sweep;
}

/// What is as small as the rounding of its neighbours becomes 0.
void drop_small(std::span<const double> diagonal, std::span<double> beside) {
  constexpr double rounding = std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < beside.size(); ++i) {
    const double neighbours = std::abs(diagonal[i]) + std::abs(diagonal[i + 1]);
    if (std::abs(beside[i]) <= rounding * neighbours ||
        std::abs(beside[i]) < std::numeric_limits<double>::min()) {
      beside[i] = 0;
    }
  }
}

}  // namespace

std::optional<std::vector<Sweep>> diagonalize(std::span<double> diagonal,
                                              std::span<double> beside) {
  constexpr std::size_t most_steps_each = 30;  // Two are usual.
  std::vector<Sweep> sweeps;
  std::size_t last = beside.size();
  while (true) {
    drop_small(diagonal, beside.first(last));
    while (last > 0 && beside[last - 1] == 0) {
      --last;
    }
    if (last == 0) {
      return sweeps;
    }
    std::size_t first = last - 1;
    while (first > 0 && beside[first - 1] != 0) {
      --first;
    }
    if (sweeps.size() >= most_steps_each * diagonal.size()) {
      return std::nullopt;
    }
    sweeps.push_back(step(diagonal, beside, first, last));
  }
}

}  // namespace alsace
