#include "kernels/gradients.h"

#include <algorithm>
#include <cmath>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gradients_simd.cpp"
// clang-format off: foreach_target.h comes first, what is compiled for each target last.
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/gathered-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
#if HWY_TARGET != HWY_SCALAR

/// What a row of a batch waits for.
enum class Phase : unsigned char { residual, product, energy, done };

/// A row on its way to its solution.
struct Walk {
  float energy = 0;     ///< x'Dx at the start.
  float square = 0;     ///< x'x at the start.
  float rz = 0;         ///< r'Mr
  float residual = 0;   ///< r'r
  float limit = 0;      ///< Of rz, or of the residual with Kind::backward.
  float curvature = 0;  ///< p'Dp, of the last step.
  Phase phase = Phase::residual;
  std::size_t cursor = 0;  ///< Entries the pass has been over.
  PassSums sums;           ///< Of the pass so far.
};

/// The method of conjugate gradients on each row (Hestenes and Stiefel 1952): r = b - A x, z = M r,
/// p the direction, q = A p.
template <std::size_t kVectors, class T>
class Batch {
 public:
  HWY_INLINE Batch(const T* data,
                   const GatherTable& table,
                   const GradientDiagonal& diagonal,
                   const GradientLimits& limits,
                   GradientRow* rows,
                   std::size_t count,
                   float* work)
      : data_(data),
        table_(table),
        diagonal_(diagonal),
        limits_(limits),
        rows_(rows),
        walks_(count),
        work_(work) {}

  HWY_INLINE void run() {
    for (std::size_t row = 0; row < walks_.size(); ++row) {
      begin(row);
    }
    bool goes_on = !walks_.empty();
    while (goes_on) {
      go_over_entries();
      goes_on = false;
      for (std::size_t row = 0; row < walks_.size(); ++row) {
        advance(row);
        goes_on = goes_on || walks_[row].phase != Phase::done;
      }
    }
  }

 private:
  HWY_INLINE std::size_t stride() const {
    return kVectors == 0 ? table_.stride : kVectors * kLanes;
  }
  HWY_INLINE float* vector(std::size_t row, std::size_t which) const {
    return work_ + (row * gradient_vectors + which) * stride();
  }
  HWY_INLINE float* r(std::size_t row) const { return vector(row, 0); }
  HWY_INLINE float* p(std::size_t row) const { return vector(row, 1); }
  HWY_INLINE float* q(std::size_t row) const { return vector(row, 2); }
  HWY_INLINE float* inverse(std::size_t row) const { return vector(row, 3); }  ///< M
  HWY_INLINE FloatVector own(std::size_t row, std::size_t i) const {           ///< D
    return hn::Add(load(diagonal_.common + i), hn::Set(Floats(), rows_[row].regularization));
  }

  /// r = -D x, to which the pass adds b and the data term.
  HWY_INLINE void begin(std::size_t row) {
    const Floats d;
    const float* x = rows_[row].x;
    const FloatVector weight_sum = hn::Set(d, rows_[row].weight_sum);
    FloatVector total = hn::Zero(d);
    FloatVector square = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector di = own(row, i);
      const FloatVector expected = hn::MulAdd(weight_sum, load(diagonal_.mean_square + i), di);
      const FloatVector xi = load(x + i);
      const FloatVector dx = hn::Mul(di, xi);
      total = hn::MulAdd(dx, xi, total);
      square = hn::MulAdd(xi, xi, square);
      hn::Store(hn::Neg(dx), d, r(row) + i);
      hn::Store(hn::Div(hn::Set(d, 1.0F), expected), d, inverse(row) + i);
    }
    walks_[row].energy = sum(total);
    walks_[row].square = sum(square);
  }

  /// One pass of every row that waits for one, block of the table by block.
  HWY_INLINE void go_over_entries() {
    for (Walk& walk : walks_) {
      walk.cursor = 0;
      walk.sums = PassSums();
    }
    for (std::size_t begin = 0; begin < table_.rows; begin += table_.block_rows) {
      const bool last = begin + table_.block_rows >= table_.rows;
      for (std::size_t row = 0; row < walks_.size(); ++row) {
        if (walks_[row].phase != Phase::done) {
          ask_for_next(row + 1);
          go_over_block(row, last ? table_.rows : begin + table_.block_rows);
        }
      }
    }
  }

  /// The table rows that a row's pass begins with.
  HWY_INLINE void ask_for_next(std::size_t row) const {
    if (row >= walks_.size() || walks_[row].phase == Phase::done) {
      return;
    }
    const GradientRow& system = rows_[row];
    const std::size_t begin = walks_[row].cursor;
    const std::size_t end = HWY_MIN(begin + entries_ahead(stride() * sizeof(T)), system.entries);
    for (std::size_t j = begin; j < end; ++j) {
      ask_for(data_ + static_cast<std::size_t>(system.columns[j]) * stride(), stride());
    }
  }

  HWY_INLINE void go_over_block(std::size_t row, std::size_t end) {
    Walk& walk = walks_[row];
    const GradientRow& system = rows_[row];
    const std::size_t last =
        end == table_.rows ? system.entries : first_beyond(system, walk.cursor, end);
    for (std::size_t begin = walk.cursor; begin < last; begin += kMostSummed) {
      const Stretch<T> stretch{data_,
                               stride(),
                               system.columns + begin,
                               system.weights + begin,
                               system.targets + begin,
                               HWY_MIN(kMostSummed, last - begin)};
      const PassSums part = go_over(row, stretch);
      walk.sums.squares += part.squares;
      walk.sums.products += part.products;
    }
    walk.cursor = last;
  }

  HWY_INLINE PassSums go_over(std::size_t row, const Stretch<T>& stretch) {
    switch (walks_[row].phase) {
      case Phase::residual:
        return pass<kVectors, Pass::residual>(stretch, rows_[row].x, r(row));
      case Phase::product:
        return pass<kVectors, Pass::product>(stretch, p(row), q(row));
      default:
        return pass<kVectors, Pass::energy>(stretch, p(row), nullptr);
    }
  }

  /// The first entry from `begin` on whose column is `end` or beyond. Columns rise.
  static HWY_INLINE std::size_t first_beyond(const GradientRow& system,
                                             std::size_t begin,
                                             std::size_t end) {
    const auto limit = static_cast<std::int32_t>(end);
    constexpr std::size_t stride = 16;
    while (begin + stride <= system.entries && system.columns[begin + stride - 1] < limit) {
      begin += stride;
    }
    while (begin < system.entries && system.columns[begin] < limit) {
      ++begin;
    }
    return begin;
  }

  /// What follows a row's pass, up to the next.
  HWY_INLINE void advance(std::size_t row) {
    switch (walks_[row].phase) {
      case Phase::residual:
        start(row);
        break;
      case Phase::product:
        step(row);
        break;
      case Phase::energy:
        last_step(row);
        break;
      case Phase::done:
        break;
    }
  }

  /// The first direction, and the objective at the start.
  HWY_INLINE void start(std::size_t row) {
    const Floats d;
    Walk& walk = walks_[row];
    rows_[row].objective =
        static_cast<double>(walk.energy) + walk.sums.squares - 2 * walk.sums.products;
    FloatVector total = hn::Zero(d);
    FloatVector square = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector ri = load(r(row) + i);
      const FloatVector z = hn::Mul(ri, load(inverse(row) + i));
      total = hn::MulAdd(ri, z, total);
      square = hn::MulAdd(ri, ri, square);
      hn::Store(z, d, p(row) + i);
    }
    walk.rz = sum(total);
    walk.residual = sum(square);
    walk.limit = limits_.tolerance * limits_.tolerance * scale(walk);
    rows_[row].steps = 0;
    // Squares that float cannot hold tell nothing.
    const bool holds = std::isfinite(walk.limit) && std::isfinite(walk.rz) &&
                       (!is(GradientLimits::Kind::backward) || walk.limit >= gradient_least_limit);
    if (holds) {
      decide(row, is(GradientLimits::Kind::rough) ? 0.0F : walk.limit);
    } else {
      end(row, false);
    }
  }

  HWY_INLINE bool is(GradientLimits::Kind kind) const { return limits_.kind == kind; }

  /// What the limit is relative to.
  HWY_INLINE float scale(const Walk& walk) const {
    if (!is(GradientLimits::Kind::backward)) {
      return HWY_MAX(walk.energy, walk.rz);
    }
    const double curve = static_cast<double>(walk.energy) + walk.sums.squares;  // x'Ax
    const double square = static_cast<double>(walk.square);
    return square > 0 ? static_cast<float>(curve * curve / square) : walk.residual;
  }

  /// Another step, unless the residual is small enough.
  HWY_INLINE void decide(std::size_t row, float enough) {
    Walk& walk = walks_[row];
    const float left = is(GradientLimits::Kind::backward) ? walk.residual : walk.rz;
    if (left <= enough) {
      end(row, true);
    } else if (rows_[row].steps == HWY_MIN(limits_.most_steps, rows_[row].most_steps)) {
      end(row, is(GradientLimits::Kind::rough));
    } else if (is(GradientLimits::Kind::rough) && walk.rz <= gradient_usual_fall * walk.limit) {
      prepare_last_step(row);
    } else {
      const Floats d;
      for (std::size_t i = 0; i < stride(); i += kLanes) {
        hn::Store(hn::Mul(own(row, i), load(p(row) + i)), d, q(row) + i);
      }
      walk.phase = Phase::product;
    }
  }

  HWY_INLINE void end(std::size_t row, bool converged) {
    rows_[row].converged = converged;
    walks_[row].phase = Phase::done;
  }

  HWY_INLINE void step(std::size_t row) {
    const Floats d;
    Walk& walk = walks_[row];
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      total = hn::MulAdd(load(p(row) + i), load(q(row) + i), total);
    }
    const double curvature = static_cast<double>(sum(total));
    if (!walk_along(row, static_cast<double>(walk.rz) / curvature, curvature)) {
      end(row, false);
      return;
    }
    const FloatVector length =
        hn::Set(d, static_cast<float>(static_cast<double>(walk.rz) / curvature));
    total = hn::Zero(d);
    FloatVector square = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector ri = hn::NegMulAdd(length, load(q(row) + i), load(r(row) + i));
      total = hn::MulAdd(hn::Mul(ri, ri), load(inverse(row) + i), total);
      square = hn::MulAdd(ri, ri, square);
      hn::Store(ri, d, r(row) + i);
    }
    walk.residual = sum(square);
    const float next = sum(total);
    const FloatVector turn = hn::Set(d, next / walk.rz);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector z = hn::Mul(load(r(row) + i), load(inverse(row) + i));
      hn::Store(hn::MulAdd(turn, load(p(row) + i), z), d, p(row) + i);
    }
    walk.rz = next;
    decide(row, walk.limit);
  }

  HWY_INLINE void prepare_last_step(std::size_t row) {
    const Floats d;
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector pi = load(p(row) + i);
      total = hn::MulAdd(hn::Mul(own(row, i), pi), pi, total);
    }
    walks_[row].curvature = sum(total);
    walks_[row].phase = Phase::energy;
  }

  /// A step that leaves r behind: its length needs p'Ap only, not A p.
  HWY_INLINE void last_step(std::size_t row) {
    const Walk& walk = walks_[row];
    const double curvature = static_cast<double>(walk.curvature) + walk.sums.squares;
    end(row,
        walk_along(
            row, gradient_last_length * static_cast<double>(walk.rz) / curvature, curvature));
  }

  /// x moves along p; false when p'Ap is not positive: its digits are used up.
  HWY_INLINE bool walk_along(std::size_t row, double length, double curvature) {
    if (!(curvature > 0 && length > 0)) {
      return false;
    }
    const Floats d;
    GradientRow& system = rows_[row];
    const FloatVector factor = hn::Set(d, static_cast<float>(length));
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      hn::Store(hn::MulAdd(factor, load(p(row) + i), load(system.x + i)), d, system.x + i);
    }
    system.objective -= length * (2 * static_cast<double>(walks_[row].rz) - length * curvature);
    ++system.steps;
    return true;
  }

  const T* data_;
  const GatherTable& table_;
  const GradientDiagonal& diagonal_;
  const GradientLimits& limits_;
  GradientRow* rows_;
  std::vector<Walk> walks_;
  float* work_;
};

template <std::size_t kVectors, class T>
HWY_NOINLINE void solve(const T* data,
                        const GatherTable& table,
                        const GradientDiagonal& diagonal,
                        const GradientLimits& limits,
                        GradientRow* rows,
                        std::size_t count,
                        float* work) {
  Batch<kVectors, T>(data, table, diagonal, limits, rows, count, work).run();
}

template <class T>
HWY_INLINE void solve_by_length(const T* data,
                                const GatherTable& table,
                                const GradientDiagonal& diagonal,
                                const GradientLimits& limits,
                                GradientRow* rows,
                                std::size_t count,
                                float* work) {
  switch (table.stride) {
    case 16:
      return solve<16 / kLanes>(data, table, diagonal, limits, rows, count, work);
    case 32:
      return solve<32 / kLanes>(data, table, diagonal, limits, rows, count, work);
    case 64:
      return solve<64 / kLanes>(data, table, diagonal, limits, rows, count, work);
    case 128:
      return solve<128 / kLanes>(data, table, diagonal, limits, rows, count, work);
    case 256:
      return solve<256 / kLanes>(data, table, diagonal, limits, rows, count, work);
    default:
      return solve<0>(data, table, diagonal, limits, rows, count, work);
  }
}

void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* work) {
  if (table.halves != nullptr) {
    solve_by_length(table.halves, table, diagonal, limits, rows, count, work);
  } else {
    solve_by_length(table.floats, table, diagonal, limits, rows, count, work);
  }
}

/// Rounded to nearest, ties to even.
HWY_INLINE hn::Vec<Bits> upper_half(FloatVector value) {
  const Bits bits;
  const auto v = hn::BitCast(bits, value);
  const auto odd = hn::And(hn::ShiftRight<16>(v), hn::Set(bits, 1));
  return hn::ShiftRight<16>(hn::Add(v, hn::Add(odd, hn::Set(bits, 0x7FFF))));
}

void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out) {
  const Bits bits;
  const hn::Repartition<Half, Bits> halves;
  for (std::size_t row = 0; row < rows; ++row, values += stride, out += stride) {
    std::size_t i = 0;
    for (; i + 32 <= stride; i += 32) {
      for (std::size_t c = 0; c < 16; c += kLanes) {
        const auto low = upper_half(load(values + i + c));
        const auto high = upper_half(load(values + i + 16 + c));
        hn::StoreU(
            hn::BitCast(halves, hn::Or(low, hn::ShiftLeft<16>(high))), halves, out + i + 2 * c);
      }
    }
    for (; i < stride; i += kLanes) {
      const hn::Rebind<Half, Bits> half;
      hn::StoreU(
          hn::DemoteTo(half, hn::BitCast(hn::RebindToSigned<Bits>(), upper_half(load(values + i)))),
          half,
          out + i);
    }
  }
}

#else

void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* work) {
  reference::conjugate_gradients(table, diagonal, limits, rows, count, work);
}

void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out) {
  reference::to_half(values, rows, stride, out);
}

#endif
}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(conjugate_gradients);
HWY_EXPORT(to_half);

void conjugate_gradients(const GatherTable& table,
                         const GradientDiagonal& diagonal,
                         const GradientLimits& limits,
                         GradientRow* rows,
                         std::size_t count,
                         float* work) {
  HWY_DYNAMIC_DISPATCH(conjugate_gradients)(table, diagonal, limits, rows, count, work);
}

void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out) {
  HWY_DYNAMIC_DISPATCH(to_half)(values, rows, stride, out);
}

}  // namespace alsace::kernels
#endif
