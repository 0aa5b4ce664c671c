#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace alsace {

/// Memory aligned to 64 bytes: whole cache lines, and what the kernels ask for. Large blocks ask
/// the system for huge pages, since gathers from a table of many small pages wait for their
/// addresses.
/// @throws std::bad_alloc
void* allocate_aligned(std::size_t bytes);
void free_aligned(void* data) noexcept;

/// Asks the system for huge pages in memory that is not yet written to. A wish: small pages do too.
void want_huge_pages(void* data, std::size_t bytes) noexcept;

/// Makes an empty vector `size` elements long, on huge pages where it is large.
template <class T>
void resize_large(std::vector<T>& values, std::size_t size) {
  values.reserve(size);
  want_huge_pages(values.data(), size * sizeof(T));
  values.resize(size);
}

/// Gives std::vector aligned memory.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) noexcept {}  // NOLINT: rebinding is implicit

  T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
  void deallocate(T* data, std::size_t) noexcept { free_aligned(data); }
  bool operator==(const CacheLineAllocator&) const = default;
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

struct FreeAligned {
  void operator()(void* data) const noexcept { free_aligned(data); }
};

/// An aligned array whose elements are not set: for what is written before it is read.
template <class T>
using AlignedArray = std::unique_ptr<T[], FreeAligned>;  // NOLINT: an array of run-time size

template <class T>
AlignedArray<T> make_aligned(std::size_t count) {
  return AlignedArray<T>(static_cast<T*>(allocate_aligned(count * sizeof(T))));
}

}  // namespace alsace
