#pragma once

#include <cstdint>
#include <string>

namespace alsace::cli {

/// "500M", "8G", "1.5GB" (powers of 1000), "8GiB" (of 1024), "1000000" or "1000000B" in bytes.
/// @throws Error invalid_argument that names `option` for anything else, or 0.
std::uint64_t parse_byte_size(const std::string& text, const std::string& option);

}  // namespace alsace::cli
