#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alsace {

/// XXH3 (64 bits) of a sequence of byte ranges; the same as of their concatenation.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hasher& add(const void* data, std::size_t bytes);
  Hasher& add(std::string_view text) { return add(text.data(), text.size()); }
  template <class T>
  Hasher& add(std::span<const T> values) {
    return add(values.data(), values.size_bytes());
  }
  [[nodiscard]] std::uint64_t digest() const;

 private:
  void* state_;
};

std::uint64_t hash_bytes(const void* data, std::size_t bytes) noexcept;

/// 16 lower-case hex digits.
std::string hex(std::uint64_t value);

}  // namespace alsace
