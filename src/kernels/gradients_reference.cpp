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

/// The steps of one row.
class Steps {
 public:
  Steps(const GatherTable& table, const GradientDiagonal& diagonal, GradientRow& row)
      : table_(table),
        row_(row),
        own_(table.stride),
        inverse_(table.stride),
        x_(row.x, row.x + table.stride),
        r_(table.stride),
        p_(table.stride),
        q_(table.stride) {
    for (std::size_t i = 0; i < table.stride; ++i) {
      own_[i] = static_cast<double>(diagonal.common[i] + row.regularization);
      inverse_[i] = 1.0 / (own_[i] + static_cast<double>(row.weight_sum) *
                                         static_cast<double>(diagonal.mean_square[i]));
    }
  }

  void solve(const GradientLimits& limits) {
    const double limit = start(limits);
    const bool rough = limits.kind == GradientLimits::Kind::rough;
    const bool backward = limits.kind == GradientLimits::Kind::backward;
    bool last = false;
    bool first = rough;
    while (row_.converged && !last && (backward ? residual_ : rz_) > (first ? 0.0 : limit)) {
      if (row_.steps == std::min(limits.most_steps, row_.most_steps)) {
        row_.converged = rough;
        break;
      }
      last = rough && rz_ <= static_cast<double>(gradient_usual_fall) * limit;
      row_.converged = step(last ? gradient_last_length : 1);
      first = false;
    }
    std::ranges::transform(x_, row_.x, [](double value) { return static_cast<float>(value); });
  }

 private:
  /// r, p and what is known of them at the given x; gives what r'Mr, or r'r, is to fall to.
  double start(const GradientLimits& limits) {
    double energy = 0;
    double square = 0;
    for (std::size_t i = 0; i < table_.stride; ++i) {
      r_[i] = -own_[i] * x_[i];
      energy += own_[i] * x_[i] * x_[i];
      square += x_[i] * x_[i];
    }
    const Sums sums = add_entries(table_, row_, true, x_, r_);
    row_.objective = energy + sums.squares - 2 * sums.products;
    row_.steps = 0;
    for (std::size_t i = 0; i < table_.stride; ++i) {
      p_[i] = inverse_[i] * r_[i];
      rz_ += r_[i] * p_[i];
      residual_ += r_[i] * r_[i];
    }
    const bool backward = limits.kind == GradientLimits::Kind::backward;
    const double curve = energy + sums.squares;
    const double scale = !backward    ? std::max(energy, rz_)
                         : square > 0 ? curve * curve / square
                                      : residual_;
    const double tolerance = static_cast<double>(limits.tolerance);
    const double limit = tolerance * tolerance * scale;
    row_.converged = std::isfinite(static_cast<float>(limit)) &&
                     std::isfinite(static_cast<float>(rz_)) &&
                     (!backward || static_cast<float>(limit) >= gradient_least_limit);
    return limit;
  }

  /// Goes along p, `reach` times the way to the least objective there. False where there is none.
  bool step(double reach) {
    for (std::size_t i = 0; i < table_.stride; ++i) {
      q_[i] = own_[i] * p_[i];
    }
    add_entries(table_, row_, false, p_, q_);
    double curvature = 0;
    for (std::size_t i = 0; i < table_.stride; ++i) {
      curvature += p_[i] * q_[i];
    }
    if (!(curvature > 0)) {
      return false;
    }
    const double length = reach * rz_ / curvature;
    row_.objective -= length * (2 * rz_ - length * curvature);
    ++row_.steps;
    double next = 0;
    residual_ = 0;
    for (std::size_t i = 0; i < table_.stride; ++i) {
      x_[i] += length * p_[i];
      r_[i] -= length * q_[i];
      next += inverse_[i] * r_[i] * r_[i];
      residual_ += r_[i] * r_[i];
    }
    for (std::size_t i = 0; i < table_.stride; ++i) {
      p_[i] = inverse_[i] * r_[i] + next / rz_ * p_[i];
    }
    rz_ = next;
    return true;
  }

  const GatherTable& table_;
  GradientRow& row_;
  std::vector<double> own_;      ///< D
  std::vector<double> inverse_;  ///< M
  std::vector<double> x_;
  std::vector<double> r_;
  std::vector<double> p_;
  std::vector<double> q_;
  double rz_ = 0;        ///< r'Mr
  double residual_ = 0;  ///< r'r
};

}  // namespace

void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* /*work*/) {
  for (std::size_t row = 0; row < count; ++row) {
    Steps(table, diagonal, rows[row]).solve(limits);
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
