#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace alsace::kernels {

/// Its tests run on every instruction set that was compiled and that this machine has.
class EveryTarget : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

/// Around the strides, vectors and blocks.
inline constexpr std::size_t sizes[] = {1, 3, 16, 17, 40, 64, 65, 130};

/// A size as a stride.
inline std::size_t padded(std::size_t size) {
  return (size + 15) / 16 * 16;
}

}  // namespace alsace::kernels

/// Runs the tests of a class, an EveryTarget.
#define ALSACE_RUN_ON_EVERY_TARGET(suite)                     \
  INSTANTIATE_TEST_SUITE_P(                                   \
      Kernels,                                                \
      suite,                                                  \
      testing::ValuesIn(hwy::SupportedAndGeneratedTargets()), \
      [](const auto& target) { return std::string(hwy::TargetName(target.param)); })
