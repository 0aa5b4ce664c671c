#include "base/hash.h"

#include "alsace/error.h"

#include <new>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace alsace {

Hasher::Hasher() : state_(XXH3_createState()) {
  if (state_ == nullptr) {
    throw std::bad_alloc();
  }
  XXH3_64bits_reset(static_cast<XXH3_state_t*>(state_));
}

Hasher::~Hasher() {
  XXH3_freeState(static_cast<XXH3_state_t*>(state_));
}

Hasher& Hasher::add(const void* data, std::size_t bytes) {
  if (bytes > 0) {
    XXH3_64bits_update(static_cast<XXH3_state_t*>(state_), data, bytes);
  }
  return *this;
}

std::uint64_t Hasher::digest() const {
  return XXH3_64bits_digest(static_cast<const XXH3_state_t*>(state_));
}

std::uint64_t hash_bytes(const void* data, std::size_t bytes) noexcept {
  return XXH3_64bits(data, bytes);
}

std::string hex(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

}  // namespace alsace
