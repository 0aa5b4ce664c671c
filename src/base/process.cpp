#include "base/process.h"

#include "base/cgroup.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace alsace {
namespace {

constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

/// Bytes of a line such as "VmHWM:   2116 kB" in a file of /proc; `unknown` where there is none.
std::uint64_t bytes_of_line(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    if (std::uint64_t number = 0; word == name && file >> number) {
      return number * 1024;
    }
  }
  return unknown;
}

/// The number in a control group's file; `unknown` for "max" or no file.
std::uint64_t group_limit(const std::string& path) {
  std::uint64_t limit = 0;
  std::ifstream file(path);
  return file >> limit ? limit : unknown;
}

std::uint64_t least_group_limit(const std::string& root) {
  std::uint64_t least = unknown;
  for (const std::string& folder : cgroup_folders("", root)) {
    least = std::min(least, group_limit(folder + "/memory.max"));
  }
  for (const std::string& folder : cgroup_folders("memory", root)) {
    least = std::min(least, group_limit(folder + "/memory.limit_in_bytes"));
  }
  return least;
}

}  // namespace

std::int64_t peak_memory_bytes() {
#ifdef __APPLE__
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
#else
  // getrusage would count the program that started this one, before it became this one.
  if (const std::uint64_t peak = bytes_of_line("/proc/self/status", "VmHWM:"); peak != unknown) {
    return static_cast<std::int64_t>(peak);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
#endif
}

void return_freed_memory() noexcept {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

std::uint64_t memory_left_bytes(const std::string& root) {
  const std::uint64_t available = bytes_of_line(root + "/proc/meminfo", "MemAvailable:");
  std::uint64_t left_by_groups = least_group_limit(root);
  const std::uint64_t held = bytes_of_line(root + "/proc/self/status", "VmRSS:");
  if (left_by_groups != unknown && held != unknown) {
    left_by_groups -= std::min(left_by_groups, held);
  }
  const std::uint64_t left = std::min(available, left_by_groups);
  return left == unknown ? 0 : std::max<std::uint64_t>(left, 1);
}

}  // namespace alsace
