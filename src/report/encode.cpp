#include "report/encode.h"

#include <bit>
#include <cstddef>

namespace alsace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = (bits << 8U) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= count ? letters[(bits >> (18 - 6 * j)) & 63U] : '=';
    }
  }
  return out;
}

std::uint16_t to_half(float value) noexcept {
  constexpr std::uint32_t largest = 0x7bff;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  const std::uint32_t size = bits & 0x7fffffffU;
  if (size >= 0x477fe000U) {  // 65504 and more, infinities and NaN: none of them is a factor.
    return static_cast<std::uint16_t>(sign | largest);
  }
  // Below 2^-14 halves are multiples of 2^-24: the last bits of the sum with 1/2 count them.
  if (size < 0x38800000U) {
    const float counted = std::bit_cast<float>(size) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(counted) - 0x3f000000U));
  }
  const std::uint32_t odd = (size >> 13U) & 1U;
  return static_cast<std::uint16_t>(sign | ((size - 0x38000000U + 0x0fffU + odd) >> 13U));
}

std::string float_bytes(std::span<const double> values) {
  std::string bytes;
  bytes.reserve(values.size() * 4);
  for (const double value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes += static_cast<char>((bits >> shift) & 0xffU);
    }
  }
  return bytes;
}

}  // namespace alsace
