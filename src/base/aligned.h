#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace alsace {

/// Gives std::vector 64-byte alignment: whole cache lines, and what the kernels ask for.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) noexcept {}  // NOLINT: rebinding is implicit

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T* data, std::size_t) noexcept { ::operator delete(data, std::align_val_t(64)); }
  bool operator==(const CacheLineAllocator&) const = default;
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace alsace
