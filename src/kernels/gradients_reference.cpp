#include "kernels/gradients.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace alsace::kernels::reference {
namespace {

/// The number with these bits in IEEE half precision.
float from_half(Half bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) {
    return sign * std::ldexp(static_cast<float>(fraction), -24);
  }
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}

/// A row of either table.
void read_row(const GatherTable& table, std::int32_t column, std::vector<double>& y) {
  const auto row = static_cast<std::size_t>(column) * table.stride;
  for (std::size_t i = 0; i < table.stride; ++i) {
    y[i] = static_cast<double>(table.halves != nullptr ? from_half(table.halves[row + i])
                                                       : table.floats[row + i]);
  }
}

struct Sums {
  double squares = 0;
  double products = 0;
};

/// q += sum_j s_j y_j, s_j = w_j (y_j . p), or with targets t_j - w_j (y_j . p).
Sums add_entries(const GatherTable& table,
                 const GradientRow& entries,
                 bool residual,
                 const std::vector<double>& p,
                 std::vector<double>& q) {
  std::vector<double> y(table.stride);
  Sums sums;
  for (std::size_t j = 0; j < entries.entries; ++j) {
    read_row(table, entries.columns[j], y);
    double dot = 0;
    for (std::size_t i = 0; i < table.stride; ++i) {
      dot += y[i] * p[i];
    }
    const double weight = static_cast<double>(entries.weights[j]);
    const double target = static_cast<double>(entries.targets[j]);
    sums.squares += weight * dot * dot;
    sums.products += target * dot;
    const double scale = residual ? target - weight * dot : weight * dot;
    for (std::size_t i = 0; i < table.stride; ++i) {
      q[i] += scale * y[i];
    }
  }
  return sums;
}

void solve(const GatherTable& table,
           const GradientDiagonal& diagonal,
           const GradientLimits& limits,
           GradientRow& row) {
  const std::size_t size = table.stride;
  std::vector<double> own(size);
  std::vector<double> inverse(size);
  std::vector<double> x(row.x, row.x + size);
  std::vector<double> r(size);
  std::vector<double> p(size);
  std::vector<double> q(size);
  double energy = 0;
  double square = 0;
  for (std::size_t i = 0; i < size; ++i) {
    own[i] = static_cast<double>(diagonal.common[i] + row.regularization);
    inverse[i] = 1.0 / (own[i] + static_cast<double>(row.weight_sum) *
                                     static_cast<double>(diagonal.mean_square[i]));
    r[i] = -own[i] * x[i];
    energy += own[i] * x[i] * x[i];
    square += x[i] * x[i];
  }
  const Sums sums = add_entries(table, row, true, x, r);
  row.objective = energy + sums.squares - 2 * sums.products;
  row.steps = 0;
  double rz = 0;
  double residual = 0;
  for (std::size_t i = 0; i < size; ++i) {
    p[i] = inverse[i] * r[i];
    rz += r[i] * p[i];
    residual += r[i] * r[i];
  }
  const bool rough = limits.kind == GradientLimits::Kind::rough;
  const bool backward = limits.kind == GradientLimits::Kind::backward;
  const double curve = energy + sums.squares;
  const double scale = !backward    ? std::max(energy, rz)
                       : square > 0 ? curve * curve / square
                                    : residual;
  const double tolerance = static_cast<double>(limits.tolerance);
  const double limit = tolerance * tolerance * scale;
  row.converged = std::isfinite(static_cast<float>(limit)) &&
                  std::isfinite(static_cast<float>(rz)) &&
                  (!backward || static_cast<float>(limit) >= gradient_least_limit);
  bool first = rough;
  while (row.converged && (backward ? residual : rz) > (first ? 0.0 : limit)) {
    if (row.steps == std::min(limits.most_steps, row.most_steps)) {
      row.converged = false;
      break;
    }
    const bool last = rough && rz <= static_cast<double>(gradient_usual_fall) * limit;
    double curvature = 0;
    for (std::size_t i = 0; i < size; ++i) {
      q[i] = own[i] * p[i];
    }
    add_entries(table, row, false, p, q);
    for (std::size_t i = 0; i < size; ++i) {
      curvature += p[i] * q[i];
    }
    row.converged = curvature > 0;
    if (!row.converged) {
      break;
    }
    const double length = rz / curvature;
    row.objective -= length * rz;
    ++row.steps;
    double next = 0;
    residual = 0;
    for (std::size_t i = 0; i < size; ++i) {
      x[i] += length * p[i];
      r[i] -= length * q[i];
      next += inverse[i] * r[i] * r[i];
      residual += r[i] * r[i];
    }
    if (last) {
      break;
    }
    for (std::size_t i = 0; i < size; ++i) {
      p[i] = inverse[i] * r[i] + next / rz * p[i];
    }
    rz = next;
    first = false;
  }
  std::ranges::transform(x, row.x, [](double value) { return static_cast<float>(value); });
}

}  // namespace

void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* /*work*/) {
  for (std::size_t row = 0; row < count; ++row) {
    solve(table, diagonal, limits, rows[row]);
  }
}

void to_half(const float* values, std::size_t count, float scale, Half* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = scale * values[i];
    const Half sign = std::signbit(value) ? 0x8000 : 0;
    const float size = std::abs(value);
    int exponent = 0;
    std::frexp(size, &exponent);
    if (!(size < 65520.0F)) {
      out[i] = static_cast<Half>(sign | 0x7C00);  // What rounds beyond 65504 is infinite.
    } else if (size == 0 || exponent < -13) {
      out[i] = static_cast<Half>(sign | static_cast<Half>(std::nearbyint(std::ldexp(size, 24))));
    } else {
      // 1024 to 2048 times a power of two; 2048 carries into the exponent by itself.
      const auto digits = static_cast<int>(std::nearbyint(std::ldexp(size, 11 - exponent)));
      out[i] = static_cast<Half>(sign | (((exponent + 14) << 10) + digits - 1024));
    }
  }
}

}  // namespace alsace::kernels::reference
