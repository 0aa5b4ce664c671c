#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alsace {

/// Base64 with padding (RFC 4648).
std::string base64(std::string_view bytes);

/// The nearest half float's bits (IEEE 754 binary16, ties to even); beyond its range the largest.
std::uint16_t to_half(float value) noexcept;

/// Little-endian bytes of 32-bit floats.
std::string float_bytes(std::span<const double> values);

}  // namespace alsace
