#include "base/aligned.h"
#include "base/random.h"
#include "kernels/every_target.h"
#include "kernels/gradients.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace alsace::kernels {
namespace {

class Halves : public EveryTarget {};

TEST_P(Halves, AreRoundedToTheNearest) {
  // Exact, halfway to even, above and below halfway, negative, the largest, subnormal ones, zero.
  AlignedVector<float> values = {1.0F,
                                 1.0F + 0x1p-8F,
                                 1.0F + 0x3p-8F,
                                 1.0F + 0x1.01p-8F,
                                 1.0F + 0x0.FFp-8F,
                                 -2.5F,
                                 0x1.FEp127F,
                                 0x1p-133F,
                                 0x1.8p-134F,
                                 0.0F};
  values.resize(16, 1.0F / 3.0F);  // A unit alone.
  AlignedVector<Half> fast(values.size());
  AlignedVector<Half> plain(values.size());

  to_half(values.data(), 1, values.size(), fast.data());
  reference::to_half(values.data(), 1, values.size(), plain.data());

  const AlignedVector<Half> known = {0x3F80,
                                     0x3F80,
                                     0x3F82,
                                     0x3F81,
                                     0x3F80,
                                     0xC020,
                                     0x7F7F,
                                     0x0001,
                                     0x0001,
                                     0x0000,
                                     0x3EAB,
                                     0x3EAB,
                                     0x3EAB,
                                     0x3EAB,
                                     0x3EAB,
                                     0x3EAB};
  EXPECT_EQ(plain, known);
  EXPECT_EQ(fast, plain);
}

TEST_P(Halves, ShareAWordInPairs) {
  AlignedVector<float> values(48, 0.0F);
  values[0] = 1.0F;  // Alone in its word.
  values[1] = 1.0F;
  values[16 + 1] = 0x1p-120F;  // A lower half of 0x0380.
  values[2] = 1.0F;
  values[16 + 2] = -2.0F;  // 0xC000: 1 is nearer to 0x3F7FC000 than to 0x3F80C000.
  values[3] = 0.0F;
  values[16 + 3] = -2.0F;  // The word would lie below 0: as near as can be.
  values[32] = 3.0F;       // The last 16 of a row stay in order.
  AlignedVector<Half> halves(values.size());

  to_half(values.data(), 1, 48, halves.data());

  const std::vector<Half> known = {0, 0x3F80, 0x0380, 0x3F80, 0xC000, 0x3F7F, 0xC000, 0};
  EXPECT_EQ(std::vector<Half>(halves.begin(), halves.begin() + 8), known);
  EXPECT_EQ(halves[32], 0x4040);
}

TEST_P(Halves, KeepEightDigits) {
  constexpr std::size_t stride = 112;
  constexpr std::size_t rows = 50;
  AlignedVector<float> values(rows * stride);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(random_normal(2, i, 0) * std::exp(random_normal(2, i, 1)));
  }
  AlignedVector<Half> fast(values.size());
  AlignedVector<Half> plain(values.size());
  AlignedVector<float> kept(values.size());

  to_half(values.data(), rows, stride, fast.data());
  reference::to_half(values.data(), rows, stride, plain.data());
  reference::from_half(plain.data(), rows, stride, kept.data());

  EXPECT_EQ(fast, plain);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_LE(std::abs(kept[i] - values[i]), 0x1p-8F * std::abs(values[i])) << values[i];
  }
}

ALSACE_RUN_ON_EVERY_TARGET(Halves);

}  // namespace
}  // namespace alsace::kernels
