#pragma once

#include "alsace/evaluate.h"

#include "evaluate/test_set.h"

#include <cstdint>
#include <span>
#include <vector>

namespace alsace {

/// Those a candidate is measured on: all users of the validation part, or a sample of them, which
/// is enough to see the better third.
class TuneUsers {
 public:
  TuneUsers(const Split& seen, bool hide_low, std::uint64_t seed);

  void take_sample(bool sampled);
  [[nodiscard]] const Split& split() const noexcept { return split_; }
  [[nodiscard]] const TestSet& set() const noexcept { return set_; }

  /// Mean squared (or absolute) errors of users with entries of different number, to gains that
  /// average to minus the mean over entries.
  void weigh_errors(std::span<const Index> users, std::vector<double>& by_user) const;

 private:
  Split split_;  ///< Its test part is one of two; the other is kept here.
  Triplets others_;
  bool hide_low_;
  TestSet set_;  ///< Of the split as it is.
  bool is_sample_ = false;
};

}  // namespace alsace
