#include "kernels/gradients.h"

#include <cmath>

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

/// The method of conjugate gradients (Hestenes and Stiefel 1952) on one row after the other: r = b
/// - A x, z = M r, p the direction, q = A p. What a row gathers is still in cache in its next pass.
template <std::size_t kVectors, class T>
class Gradients {
 public:
  HWY_INLINE Gradients(const T* data,
                       const GatherTable& table,
                       const GradientDiagonal& diagonal,
                       const GradientLimits& limits,
                       float* work)
      : data_(data),
        table_(table),
        diagonal_(diagonal),
        limits_(limits),
        r_(work),
        p_(work + stride()),
        q_(work + 2 * stride()),
        inverse_(work + 3 * stride()) {}

  /// The first columns of a row that is yet to come.
  HWY_INLINE void ask_for_columns(const GradientRow& row) const {
    const std::size_t count = first_entries(row);
    for (std::size_t j = 0; j < count; j += 64 / sizeof(std::int32_t)) {
      hwy::Prefetch(row.columns + j);
    }
  }

  /// `next`: the row after this one, or null; its first table rows are asked for.
  HWY_INLINE void solve(GradientRow& row, const GradientRow* next) {
    begin(row);
    start(row, go_over<Pass::residual>(row, row.x, r_));
    bool is_first = is(GradientLimits::Kind::rough);
    while (row.converged && left() > (is_first ? 0.0F : limit_)) {
      if (row.steps == HWY_MIN(limits_.most_steps, row.most_steps)) {
        row.converged = is(GradientLimits::Kind::rough);
        return;
      }
      ask_for_first(next);
      if (is(GradientLimits::Kind::rough) && rz_ <= gradient_usual_fall * limit_) {
        last_step(row);
        return;
      }
      step(row);
      is_first = false;
    }
  }

 private:
  HWY_INLINE std::size_t stride() const {
    return kVectors == 0 ? table_.stride : kVectors * kLanes;
  }
  HWY_INLINE bool is(GradientLimits::Kind kind) const { return limits_.kind == kind; }
  HWY_INLINE FloatVector own(const GradientRow& row, std::size_t i) const {  ///< D
    return hn::Add(load(diagonal_.common + i), hn::Set(Floats(), row.regularization));
  }
  /// What the limit bounds.
  HWY_INLINE float left() const { return is(GradientLimits::Kind::backward) ? residual_ : rz_; }

  /// v'v, which only the backward limit asks for.
  HWY_INLINE float square_of(const float* v) const {
    if (!is(GradientLimits::Kind::backward)) {
      return 0;
    }
    FloatVector square = hn::Zero(Floats());
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      square = hn::MulAdd(load(v + i), load(v + i), square);
    }
    return sum(square);
  }

  /// r = -D x, to which the pass adds b and the data term; M.
  HWY_INLINE void begin(const GradientRow& row) {
    const Floats d;
    const FloatVector weight_sum = hn::Set(d, row.weight_sum);
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector di = own(row, i);
      const FloatVector expected = hn::MulAdd(weight_sum, load(diagonal_.mean_square + i), di);
      const FloatVector xi = load(row.x + i);
      const FloatVector dx = hn::Mul(di, xi);
      total = hn::MulAdd(dx, xi, total);
      hn::Store(hn::Neg(dx), d, r_ + i);
      hn::Store(hn::Div(hn::Set(d, 1.0F), expected), d, inverse_ + i);
    }
    energy_ = sum(total);
    square_ = square_of(row.x);
  }

  /// Entries of a row that its first pass does not ask for by itself.
  HWY_INLINE std::size_t first_entries(const GradientRow& row) const {
    return HWY_MIN(entries_ahead(stride() * sizeof(T)), row.entries);
  }

  /// The table rows that a row's first pass begins with.
  HWY_INLINE void ask_for_first(const GradientRow* row) const {
    if (row == nullptr) {
      return;
    }
    const std::size_t count = first_entries(*row);
    for (std::size_t j = 0; j < count; ++j) {
      ask_for(data_ + static_cast<std::size_t>(row->columns[j]) * stride(), stride());
    }
  }

  /// A pass over the row's entries.
  template <Pass kPass>
  HWY_INLINE PassSums go_over(const GradientRow& row, const float* from, float* to) const {
    PassSums sums;
    for (std::size_t begin = 0; begin < row.entries; begin += kMostSummed) {
      const Stretch<T> stretch{data_,
                               stride(),
                               row.columns + begin,
                               row.weights + begin,
                               row.targets + begin,
                               HWY_MIN(kMostSummed, row.entries - begin)};
      const PassSums part = pass<kVectors, kPass>(stretch, from, to);
      sums.squares += part.squares;
      sums.products += part.products;
    }
    return sums;
  }

  /// The first direction, and the objective at the start.
  HWY_INLINE void start(GradientRow& row, const PassSums& sums) {
    const Floats d;
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector ri = load(r_ + i);
      const FloatVector z = hn::Mul(ri, load(inverse_ + i));
      total = hn::MulAdd(ri, z, total);
      hn::Store(z, d, p_ + i);
    }
    rz_ = sum(total);
    residual_ = square_of(r_);
    limit_ = limits_.tolerance * limits_.tolerance * scale(sums);
    row.steps = 0;
    row.objective = static_cast<double>(energy_) + sums.squares - 2 * sums.products;
    // Squares that float cannot hold tell nothing.
    row.converged = std::isfinite(limit_) && std::isfinite(rz_) &&
                    (!is(GradientLimits::Kind::backward) || limit_ >= gradient_least_limit);
  }

  /// What the limit is relative to.
  HWY_INLINE float scale(const PassSums& sums) const {
    if (!is(GradientLimits::Kind::backward)) {
      return HWY_MAX(energy_, rz_);
    }
    const double curve = static_cast<double>(energy_) + sums.squares;  // x'Ax
    const double square = static_cast<double>(square_);
    return square > 0 ? static_cast<float>(curve * curve / square) : residual_;
  }

  HWY_INLINE void step(GradientRow& row) {
    const Floats d;
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      hn::Store(hn::Mul(own(row, i), load(p_ + i)), d, q_ + i);
    }
    go_over<Pass::product>(row, p_, q_);
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      total = hn::MulAdd(load(p_ + i), load(q_ + i), total);
    }
    const double curvature = static_cast<double>(sum(total));
    const double length = static_cast<double>(rz_) / curvature;
    walk_along(row, length, curvature);
    if (row.converged) {
      turn(static_cast<float>(length));
    }
  }

  /// The residual after a step, and the next direction.
  HWY_INLINE void turn(float length) {
    const Floats d;
    const FloatVector factor = hn::Set(d, length);
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector ri = hn::NegMulAdd(factor, load(q_ + i), load(r_ + i));
      total = hn::MulAdd(hn::Mul(ri, ri), load(inverse_ + i), total);
      hn::Store(ri, d, r_ + i);
    }
    residual_ = square_of(r_);
    const float next = sum(total);
    const FloatVector back = hn::Set(d, next / rz_);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector z = hn::Mul(load(r_ + i), load(inverse_ + i));
      hn::Store(hn::MulAdd(back, load(p_ + i), z), d, p_ + i);
    }
    rz_ = next;
  }

  /// A step that leaves r behind: its length needs p'Ap only, not A p.
  HWY_INLINE void last_step(GradientRow& row) {
    const Floats d;
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      const FloatVector pi = load(p_ + i);
      total = hn::MulAdd(hn::Mul(own(row, i), pi), pi, total);
    }
    const double curvature =
        static_cast<double>(sum(total)) + go_over<Pass::energy>(row, p_, nullptr).squares;
    walk_along(row, gradient_last_length * static_cast<double>(rz_) / curvature, curvature);
  }

  /// x moves along p, unless p'Ap is not positive: then its digits are used up.
  HWY_INLINE void walk_along(GradientRow& row, double length, double curvature) {
    row.converged = curvature > 0;
    if (!row.converged) {
      return;
    }
    const Floats d;
    const FloatVector factor = hn::Set(d, static_cast<float>(length));
    for (std::size_t i = 0; i < stride(); i += kLanes) {
      hn::Store(hn::MulAdd(factor, load(p_ + i), load(row.x + i)), d, row.x + i);
    }
    row.objective -= length * (2 * static_cast<double>(rz_) - length * curvature);
    ++row.steps;
  }

  const T* data_;
  const GatherTable& table_;
  const GradientDiagonal& diagonal_;
  const GradientLimits& limits_;
  float* r_;
  float* p_;
  float* q_;
  float* inverse_;      ///< M
  float energy_ = 0;    ///< x'Dx at the start.
  float square_ = 0;    ///< x'x at the start.
  float rz_ = 0;        ///< r'Mr
  float residual_ = 0;  ///< r'r
  float limit_ = 0;     ///< Of left().
};

template <std::size_t kVectors, class T>
HWY_NOINLINE void solve(const T* data,
                        const GatherTable& table,
                        const GradientDiagonal& diagonal,
                        const GradientLimits& limits,
                        GradientRow* rows,
                        std::size_t count,
                        float* work) {
  Gradients<kVectors, T> gradients(data, table, diagonal, limits, work);
  for (std::size_t row = 0; row < count; ++row) {
    // Two rows ahead, so that their names are there when the table rows they name are asked for.
    if (row + 2 < count) {
      gradients.ask_for_columns(rows[row + 2]);
    }
    gradients.solve(rows[row], row + 1 < count ? rows + row + 1 : nullptr);
  }
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

/// The word nearest to the value among those with that lower half.
HWY_INLINE hn::Vec<Bits> word(FloatVector value, hn::Vec<Bits> low) {
  const Bits bits;
  const auto v = hn::BitCast(bits, value);
  const auto sign = hn::And(v, hn::Set(bits, 0x80000000U));
  const auto rest = hn::Sub(hn::Max(hn::Xor(v, sign), low), low);
  const auto high = hn::And(hn::Add(rest, hn::Set(bits, 0x8000)), hn::Set(bits, 0xFFFF0000U));
  return hn::Or(hn::Or(sign, high), low);
}

void to_half(const float* values, std::size_t rows, std::size_t stride, Half* out) {
  const hn::Repartition<Half, Bits> halves;
  for (std::size_t row = 0; row < rows; ++row, values += stride, out += stride) {
    std::size_t i = 0;
    for (; i + 32 <= stride; i += 32) {
      for (std::size_t c = 0; c < 16; c += kLanes) {
        const auto low = upper_half(load(values + i + 16 + c));
        hn::StoreU(hn::BitCast(halves, word(load(values + i + c), low)), halves, out + i + 2 * c);
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
