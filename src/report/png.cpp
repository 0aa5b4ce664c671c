#include "report/png.h"

#include "alsace/error.h"

#include <string_view>

#include <fmt/format.h>
#include <zlib.h>

namespace alsace {
namespace {

std::string big_endian(std::size_t number) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>((number >> shift) & 0xffU);
  }
  return out;
}

/// Length, name, bytes, and the checksum of name and bytes.
std::string chunk(std::string_view name, std::string_view bytes) {
  const std::string checked = std::string(name).append(bytes);
  const auto* data = reinterpret_cast<const Bytef*>(checked.data());  // NOLINT
  return big_endian(bytes.size()) + checked +
         big_endian(crc32_z(crc32_z(0, nullptr, 0), data, checked.size()));
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  const int error = compress2(reinterpret_cast<Bytef*>(out.data()),  // NOLINT
                              &size,
                              reinterpret_cast<const Bytef*>(bytes.data()),  // NOLINT
                              static_cast<uLong>(bytes.size()),
                              Z_BEST_COMPRESSION);
  if (error != Z_OK) {
    throw Error(ErrorCode::numerical_failure,
                fmt::format("png: zlib failed with code {}. Is there memory left?", error));
  }
  out.resize(size);
  return out;
}

}  // namespace

std::string png(std::span<const std::uint8_t> points, std::size_t width, std::size_t height) {
  std::string rows;
  rows.reserve(points.size() + height);
  for (std::size_t y = 0; y < height; ++y) {
    rows += '\0';  // The bytes as they are, without a filter.
    const auto row = points.subspan(y * width * 3, width * 3);
    rows.append(row.begin(), row.end());
  }
  const std::string header =
      big_endian(width) + big_endian(height) + std::string("\x08\x02\0\0\0", 5);
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", header) + chunk("IDAT", deflated(rows)) +
         chunk("IEND", "");
}

}  // namespace alsace
