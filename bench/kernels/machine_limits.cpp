#include "machine_limits.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/machine_limits.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;

double multiply_adds(std::size_t rounds) {
  const Floats d;
  // Twelve chains hide the latency and fit 16 registers; named, so that they stay there.
  const auto factor = hn::Set(d, 0.999F);
  const auto term = hn::Iota(d, 0.5F);
  auto a = term;
  auto b = hn::Add(a, factor);
  auto c = hn::Add(b, factor);
  auto e = hn::Add(c, factor);
  auto f = hn::Add(e, factor);
  auto g = hn::Add(f, factor);
  auto h = hn::Add(g, factor);
  auto i = hn::Add(h, factor);
  auto j = hn::Add(i, factor);
  auto k = hn::Add(j, factor);
  auto l = hn::Add(k, factor);
  auto m = hn::Add(l, factor);
  for (std::size_t round = 0; round < rounds; ++round) {
    a = hn::MulAdd(a, factor, term);
    b = hn::MulAdd(b, factor, term);
    c = hn::MulAdd(c, factor, term);
    e = hn::MulAdd(e, factor, term);
    f = hn::MulAdd(f, factor, term);
    g = hn::MulAdd(g, factor, term);
    h = hn::MulAdd(h, factor, term);
    i = hn::MulAdd(i, factor, term);
    j = hn::MulAdd(j, factor, term);
    k = hn::MulAdd(k, factor, term);
    l = hn::MulAdd(l, factor, term);
    m = hn::MulAdd(m, factor, term);
  }
  const auto total =
      hn::Add(hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, e)), hn::Add(hn::Add(f, g), hn::Add(h, i))),
              hn::Add(hn::Add(j, k), hn::Add(l, m)));
  const double operations = 2.0 * static_cast<double>(rounds * 12 * hn::Lanes(d));
  return hn::GetLane(hn::SumOfLanes(d, total)) > 0 ? operations : operations + 1;
}

float read_all(const float* values, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  auto a = hn::Zero(d);
  auto b = hn::Zero(d);
  auto c = hn::Zero(d);
  auto e = hn::Zero(d);
  const std::size_t quarter = count / 4;
  for (std::size_t i = 0; i + lanes <= quarter; i += lanes) {
    a = hn::Add(a, hn::LoadU(d, values + i));
    b = hn::Add(b, hn::LoadU(d, values + quarter + i));
    c = hn::Add(c, hn::LoadU(d, values + 2 * quarter + i));
    e = hn::Add(e, hn::LoadU(d, values + 3 * quarter + i));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

}  // namespace alsace::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace alsace::bench {
HWY_EXPORT(multiply_adds);
HWY_EXPORT(read_all);

double multiply_adds(std::size_t rounds) {
  return HWY_DYNAMIC_DISPATCH(multiply_adds)(rounds);
}
float read_all(const float* values, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(read_all)(values, count);
}
}  // namespace alsace::bench
#endif
