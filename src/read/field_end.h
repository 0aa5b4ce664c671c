#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace alsace {

/// Eight bytes, the first in the lowest place on every machine.
inline std::uint64_t load_word(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return std::endian::native == std::endian::big ? __builtin_bswap64(word) : word;
}

/// Finds where a field ends.
class FieldEnd {
 public:
  explicit FieldEnd(char delimiter) : delimiters_(ones * static_cast<unsigned char>(delimiter)) {}

  /// The first delimiter or line feed from `begin` on; there is one, and 8 bytes past it.
  [[nodiscard]] const char* of(const char* begin) const noexcept {
    constexpr std::uint64_t line_feeds = ones * static_cast<unsigned char>('\n');
    while (true) {
      const std::uint64_t word = load_word(begin);
      const std::uint64_t found = zero_bytes(word ^ delimiters_) | zero_bytes(word ^ line_feeds);
      if (found != 0) {
        return begin + std::countr_zero(found) / 8;
      }
      begin += 8;
    }
  }

 private:
  static constexpr std::uint64_t ones = 0x0101010101010101U;

  /// The top bit of the first byte of `word` that is 0; bytes above it may have theirs set too.
  static std::uint64_t zero_bytes(std::uint64_t word) noexcept {
    return (word - ones) & ~word & (ones << 7);
  }

  std::uint64_t delimiters_;
};

}  // namespace alsace
