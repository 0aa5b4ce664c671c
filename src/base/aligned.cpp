#include "base/aligned.h"

#include <cstdlib>
#include <new>

#include <sys/mman.h>

namespace alsace {

void* allocate_aligned(std::size_t bytes) {
  constexpr std::size_t line = 64;
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  const bool large = bytes >= 2 * huge_page;
  const std::size_t alignment = large ? huge_page : line;
  const std::size_t whole = (bytes + line - 1) / line * line;
  void* data = std::aligned_alloc(
      large ? huge_page : line,
      large ? (whole + alignment - 1) / alignment * alignment : (whole == 0 ? line : whole));
  if (data == nullptr) {
    throw std::bad_alloc();
  }
#ifdef MADV_HUGEPAGE
  if (large) {
    (void)madvise(data, whole, MADV_HUGEPAGE);  // A wish; small pages do as well.
  }
#endif
  return data;
}

void free_aligned(void* data) noexcept {
  std::free(data);
}

}  // namespace alsace
