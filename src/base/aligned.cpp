#include "base/aligned.h"

#include <cstdint>
#include <cstdlib>
#include <new>

#include <sys/mman.h>

namespace alsace {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

}  // namespace

void want_huge_pages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
  auto* const begin = static_cast<std::byte*>(data);
  const std::size_t before = (huge_page - reinterpret_cast<std::uintptr_t>(begin)) % huge_page;
  if (bytes >= before + huge_page) {
    (void)madvise(begin + before, (bytes - before) / huge_page * huge_page, MADV_HUGEPAGE);
  }
#endif
}

void* allocate_aligned(std::size_t bytes) {
  constexpr std::size_t line = 64;
  const bool large = bytes >= 2 * huge_page;
  const std::size_t alignment = large ? huge_page : line;
  const std::size_t whole = (bytes + line - 1) / line * line;
  void* data = std::aligned_alloc(
      large ? huge_page : line,
      large ? (whole + alignment - 1) / alignment * alignment : (whole == 0 ? line : whole));
  if (data == nullptr) {
    throw std::bad_alloc();
  }
  if (large) {
    want_huge_pages(data, (whole + huge_page - 1) / huge_page * huge_page);
  }
  return data;
}

void free_aligned(void* data) noexcept {
  std::free(data);
}

}  // namespace alsace
