#include "kernels/gradients.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace alsace::kernels::reference {
namespace {

/// How many numbers of a row share words, from the first on.
std::size_t paired(std::size_t stride) {
  return stride / 32 * 32;
}

/// Rounded to nearest, ties to even.
std::uint32_t upper_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}

/// The upper half that makes, above that lower one, the float nearest to the value.
std::uint32_t upper_half(float value, std::uint32_t low) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits & 0x80000000U;
  return (sign | (std::max(bits ^ sign, low) - low + 0x8000)) >> 16;
}

/// A row of either table.
void read_row(const GatherTable& table, std::int32_t column, std::vector<double>& y) {
  const auto row = static_cast<std::size_t>(column) * table.stride;
  std::vector<float> values(table.stride);
  if (table.halves == nullptr) {
    std::copy_n(table.floats + row, table.stride, values.begin());
  } else {
    from_half(table.halves + row, 1, table.stride, values.data());
  }
  std::copy(values.begin(), values.end(), y.begin());
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
      row.converged = rough;
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
    const double length = (last ? gradient_last_length : 1) * rz / curvature;
    row.objective -= length * (2 * rz - length * curvature);
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

void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out) {
  for (std::size_t row = 0; row < rows; ++row, values += stride, out += stride) {
    for (std::size_t i = 0; i < paired(stride); i += 32) {
      for (std::size_t c = 0; c < 16; ++c) {
        const std::uint32_t low = upper_half(values[i + 16 + c]);
        out[i + 2 * c] = static_cast<Half>(low);
        out[i + 2 * c + 1] = static_cast<Half>(upper_half(values[i + c], low));
      }
    }
    for (std::size_t i = paired(stride); i < stride; ++i) {
      out[i] = static_cast<Half>(upper_half(values[i]));
    }
  }
}

void from_half(const Half* halves, std::size_t rows, std::size_t stride, float* out) {
  for (std::size_t row = 0; row < rows; ++row, halves += stride, out += stride) {
    for (std::size_t i = 0; i < paired(stride); i += 32) {
      for (std::size_t c = 0; c < 16; ++c) {
        const std::uint32_t low = halves[i + 2 * c];
        const std::uint32_t high = halves[i + 2 * c + 1];
        out[i + c] = std::bit_cast<float>(high << 16 | low);
        out[i + 16 + c] = std::bit_cast<float>(low << 16);
      }
    }
    for (std::size_t i = paired(stride); i < stride; ++i) {
      out[i] = std::bit_cast<float>(static_cast<std::uint32_t>(halves[i]) << 16);
    }
  }
}

}  // namespace alsace::kernels::reference
