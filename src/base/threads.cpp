#include "base/threads.h"

#include "base/cgroup.h"

#include <algorithm>
#include <cmath>
#include <fstream>
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

/// The limit that one group's folder sets, or 0. Version 2: "max 100000" or "150000 100000".
int group_threads(const std::string& folder) {
  std::string quota;
  double period = 0;
  std::ifstream file(folder + "/cpu.max");
  return file >> quota >> period && quota != "max" ? quota_threads(std::stod(quota), period) : 0;
}

/// The smallest limit of this process's group and those above it (version 2), else the limit as
/// version 1 shows it; 0 where there is none.
int cgroup_threads() {
  int least = 0;
  for (const std::string& folder : cgroup_folders("")) {
    const int limit = group_threads(folder);
    least = limit > 0 && (least == 0 || limit < least) ? limit : least;
  }
  if (least > 0) {
    return least;
  }
  double quota = 0;
  double period = 0;
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return quota_file >> quota && period_file >> period ? quota_threads(quota, period) : 0;
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
