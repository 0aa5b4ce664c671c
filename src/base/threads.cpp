#include "base/threads.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <sched.h>

namespace alsace {
namespace {

int affinity_threads() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
    return CPU_COUNT(&allowed);
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

/// quota / period rounded up, or 0 where there is no limit.
int quota_threads(double quota, double period) {
  return quota > 0 && period > 0 ? std::max(1, static_cast<int>(std::ceil(quota / period))) : 0;
}

/// The cgroup CPU limit as this process sees it (version 2, then 1), or 0.
int cgroup_threads() {
  std::string quota;
  double period = 0;
  if (std::ifstream file("/sys/fs/cgroup/cpu.max"); file >> quota >> period) {
    return quota == "max" ? 0 : quota_threads(std::stod(quota), period);
  }
  double quota_us = 0;
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (quota_file >> quota_us && period_file >> period) {
    return quota_threads(quota_us, period);
  }
  return 0;
}

}  // namespace

int available_threads() noexcept {
  int threads = std::max(1, affinity_threads());
  try {
    if (const int limit = cgroup_threads(); limit > 0) {
      threads = std::min(threads, limit);
    }
  } catch (...) {  // An unreadable limit is no limit.
  }
  return threads;
}

}  // namespace alsace
