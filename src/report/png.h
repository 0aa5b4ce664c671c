#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace alsace {

/// A PNG file of red, green and blue bytes, [height x width x 3] (ISO/IEC 15948, colour type 2).
std::string png(std::span<const std::uint8_t> points, std::size_t width, std::size_t height);

}  // namespace alsace
