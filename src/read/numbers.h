#pragma once

#include <optional>
#include <string_view>

namespace alsace {

enum class NumberFault { none, not_a_number, not_finite, too_large };

/// A value field as a float, correctly rounded. Blanks around it and a leading + are fine.
NumberFault parse_value(std::string_view field, float& value) noexcept;

/// A time field: a finite number as it is, or an ISO 8601 date and time (YYYY-MM-DD, then perhaps
/// T or a blank and HH:MM[:SS[.fff]], then perhaps Z or +hh:mm) as seconds since 1970, UTC.
std::optional<double> parse_time(std::string_view field) noexcept;

}  // namespace alsace
