#include "machine_limits.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "machine_limits.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace alsace::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;

double multiply_adds(std::size_t rounds) {
  const Floats d;
  constexpr std::size_t kChains = 12;  // Enough to hide the latency, few enough for 16 registers.
  hn::Vec<Floats> sums[kChains];
  for (std::size_t c = 0; c < kChains; ++c) {
    sums[c] = hn::Iota(d, static_cast<float>(c));
  }
  const auto factor = hn::Set(d, 0.999F);
  const auto term = hn::Iota(d, 0.5F);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t c = 0; c < kChains; ++c) {
      sums[c] = hn::MulAdd(sums[c], factor, term);
    }
  }
  auto total = sums[0];
  for (std::size_t c = 1; c < kChains; ++c) {
    total = hn::Add(total, sums[c]);
  }
  const double operations = 2.0 * static_cast<double>(rounds * kChains * hn::Lanes(d));
  return hn::GetLane(hn::SumOfLanes(d, total)) > 0 ? operations : operations + 1;
}

float read_all(const float* values, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  auto a = hn::Zero(d);
  auto b = hn::Zero(d);
  auto c = hn::Zero(d);
  auto e = hn::Zero(d);
  for (std::size_t i = 0; i + 4 * lanes <= count; i += 4 * lanes) {
    a = hn::Add(a, hn::LoadU(d, values + i));
    b = hn::Add(b, hn::LoadU(d, values + i + lanes));
    c = hn::Add(c, hn::LoadU(d, values + i + 2 * lanes));
    e = hn::Add(e, hn::LoadU(d, values + i + 3 * lanes));
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
