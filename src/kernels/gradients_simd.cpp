#include "kernels/gradients.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gradients_simd.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include "kernels/gathered-inl.h"

HWY_BEFORE_NAMESPACE();
namespace alsace::kernels::HWY_NAMESPACE {
#if HWY_TARGET != HWY_SCALAR

/// The method of conjugate gradients on one row (Hestenes and Stiefel 1952): r = b - A x,
/// z = M r, p the direction, q = A p.
template <std::size_t kVectors, class T>
class Gradients {
 public:
  HWY_INLINE Gradients(const T* table,
                       const GatheredEntries& entries,
                       const GradientDiagonal& diagonal,
                       float* x,
                       float* work)
      : stride_(kVectors == 0 ? entries.stride : kVectors * kLanes),
        x_(x),
        r_(work),
        p_(work + stride_),
        q_(work + 2 * stride_),
        own_(work + 3 * stride_),
        inverse_(work + 4 * stride_),
        row_(table, entries, work + 5 * stride_) {
    start(diagonal);
  }

  HWY_INLINE GradientResult run(const GradientLimits& limits) {
    GradientResult result;
    const float limit = limits.tolerance * limits.tolerance * HWY_MAX(energy_, rz_);
    const float enough = std::isfinite(limit) ? limit : rz_;
    result.converged = std::isfinite(limit);
    bool first = limits.rough;
    while (result.converged && rz_ > (first ? 0.0F : enough)) {
      if (result.steps == limits.most_steps) {
        result.converged = false;
        break;
      }
      const bool last = limits.rough && rz_ <= gradient_usual_fall * enough;
      result.converged = last ? last_step() : step();
      ++result.steps;
      if (last) {
        break;
      }
      first = false;
    }
    result.objective = objective_;
    return result;
  }

 private:
  /// r = b - A x; the preconditioner, the first direction, and the objective at x.
  HWY_INLINE void start(const GradientDiagonal& diagonal) {
    const Floats d;
    const FloatVector regularization = hn::Set(d, diagonal.regularization);
    const FloatVector weight_sum = hn::Set(d, diagonal.weight_sum);
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      const FloatVector own = hn::Add(load(diagonal.common + i), regularization);
      const FloatVector expected = hn::MulAdd(weight_sum, load(diagonal.mean_square + i), own);
      const FloatVector xi = load(x_ + i);
      const FloatVector ax = hn::Mul(own, xi);
      hn::Store(own, d, own_ + i);
      hn::Store(hn::Div(hn::Set(d, 1.0F), expected), d, inverse_ + i);
      hn::Store(hn::Neg(ax), d, r_ + i);
      total = hn::MulAdd(ax, xi, total);
    }
    energy_ = sum(total);
    const PassSums sums = row_.template pass<Pass::residual>(x_, r_);
    objective_ = static_cast<double>(energy_) + sums.squares - 2 * sums.products;
    total = hn::Zero(d);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      const FloatVector ri = load(r_ + i);
      const FloatVector z = hn::Mul(ri, load(inverse_ + i));
      total = hn::MulAdd(ri, z, total);
      hn::Store(z, d, p_ + i);
    }
    rz_ = sum(total);
  }

  /// False when p'Ap is not positive: the digits are used up.
  HWY_INLINE bool step() {
    const Floats d;
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      hn::Store(hn::Mul(load(own_ + i), load(p_ + i)), d, q_ + i);
    }
    row_.template pass<Pass::product>(p_, q_);
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      total = hn::MulAdd(load(p_ + i), load(q_ + i), total);
    }
    if (!walk(static_cast<double>(sum(total)))) {
      return false;
    }
    const FloatVector length = hn::Set(d, length_);
    total = hn::Zero(d);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      const FloatVector ri = hn::NegMulAdd(length, load(q_ + i), load(r_ + i));
      total = hn::MulAdd(hn::Mul(ri, ri), load(inverse_ + i), total);
      hn::Store(ri, d, r_ + i);
    }
    const float next = sum(total);
    const FloatVector turn = hn::Set(d, next / rz_);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      const FloatVector z = hn::Mul(load(r_ + i), load(inverse_ + i));
      hn::Store(hn::MulAdd(turn, load(p_ + i), z), d, p_ + i);
    }
    rz_ = next;
    return true;
  }

  /// A step that leaves r behind: the length needs p'Ap only, not A p.
  HWY_INLINE bool last_step() {
    const Floats d;
    FloatVector total = hn::Zero(d);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      const FloatVector pi = load(p_ + i);
      total = hn::MulAdd(hn::Mul(load(own_ + i), pi), pi, total);
    }
    return walk(static_cast<double>(sum(total)) +
                row_.template pass<Pass::energy>(p_, nullptr).squares);
  }

  /// x += length p to the least of the objective along p.
  HWY_INLINE bool walk(double curvature) {
    if (!(curvature > 0)) {
      return false;
    }
    const Floats d;
    const double length = static_cast<double>(rz_) / curvature;
    objective_ -= length * static_cast<double>(rz_);
    length_ = static_cast<float>(length);
    for (std::size_t i = 0; i < stride_; i += kLanes) {
      const FloatVector xi = hn::MulAdd(hn::Set(d, length_), load(p_ + i), load(x_ + i));
      hn::Store(xi, d, x_ + i);
    }
    return true;
  }

  const std::size_t stride_;
  float* x_;
  float* r_;
  float* p_;
  float* q_;
  float* own_;      ///< D
  float* inverse_;  ///< M
  Row<kVectors, T> row_;
  float energy_ = 0;  ///< x'Dx at the start.
  float rz_ = 0;      ///< r'z
  float length_ = 0;
  double objective_ = 0;
};

template <std::size_t kVectors, class T>
HWY_NOINLINE GradientResult solve(const T* table,
                                  const GatheredEntries& entries,
                                  const GradientDiagonal& diagonal,
                                  const GradientLimits& limits,
                                  float* x,
                                  float* work) {
  return Gradients<kVectors, T>(table, entries, diagonal, x, work).run(limits);
}

template <class T>
HWY_INLINE GradientResult solve_by_length(const T* table,
                                          const GatheredEntries& entries,
                                          const GradientDiagonal& diagonal,
                                          const GradientLimits& limits,
                                          float* x,
                                          float* work) {
  switch (entries.stride / kLanes) {
    case 1:
      return solve<1>(table, entries, diagonal, limits, x, work);
    case 2:
      return solve<2>(table, entries, diagonal, limits, x, work);
    case 4:
      return solve<4>(table, entries, diagonal, limits, x, work);
    case 8:
      return solve<8>(table, entries, diagonal, limits, x, work);
    case 16:
      return solve<16>(table, entries, diagonal, limits, x, work);
    default:
      return solve<0>(table, entries, diagonal, limits, x, work);
  }
}

GradientResult conjugate_gradients(const GatheredEntries& entries,
                                   const GradientDiagonal& diagonal,
                                   const GradientLimits& limits,
                                   float* x,
                                   float* work) {
  return entries.half_table != nullptr
             ? solve_by_length(entries.half_table, entries, diagonal, limits, x, work)
             : solve_by_length(entries.table, entries, diagonal, limits, x, work);
}

bool has_half_precision() {
  return HWY_TARGET <= HWY_AVX2 || HWY_TARGET == HWY_NEON;
}

void to_half(const float* values, std::size_t count, float scale, Half* out) {
  const FloatVector factor = hn::Set(Floats(), scale);
  for (std::size_t i = 0; i < count; i += kLanes) {
    hn::Store(hn::DemoteTo(Halves(), hn::Mul(factor, load(values + i))),
              Halves(),
              reinterpret_cast<hwy::float16_t*>(out + i));
  }
}

#else

GradientResult conjugate_gradients(const GatheredEntries& entries,
                                   const GradientDiagonal& diagonal,
                                   const GradientLimits& limits,
                                   float* x,
                                   float* work) {
  return reference::conjugate_gradients(entries, diagonal, limits, x, work);
}

bool has_half_precision() {
  return false;
}

void to_half(const float* values, std::size_t count, float scale, Half* out) {
  reference::to_half(values, count, scale, out);
}

#endif
}  // namespace alsace::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::kernels {
HWY_EXPORT(conjugate_gradients);
HWY_EXPORT(has_half_precision);
HWY_EXPORT(to_half);

GradientResult conjugate_gradients(const GatheredEntries& entries,
                                   const GradientDiagonal& diagonal,
                                   const GradientLimits& limits,
                                   float* x,
                                   float* work) {
  return HWY_DYNAMIC_DISPATCH(conjugate_gradients)(entries, diagonal, limits, x, work);
}

bool has_half_precision() {
  return HWY_DYNAMIC_DISPATCH(has_half_precision)();
}

void to_half(const float* values, std::size_t count, float scale, Half* out) {
  HWY_DYNAMIC_DISPATCH(to_half)(values, count, scale, out);
}

}  // namespace alsace::kernels
#endif
