#pragma once

#include <cstdint>
#include <span>

namespace alsace {

/// The value at `place` (from 0) of the numbers in rising order: exact, and without a copy of them.
/// Numbers are finite and 0 or more, 0 <= place < numbers.size(). Two passes, half a megabyte.
float number_at(std::span<const float> numbers, std::int64_t place);

}  // namespace alsace
