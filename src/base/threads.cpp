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

/// The limit that one group's file sets, or 0. Version 2: "max 100000" or "150000 100000".
int group_threads(const std::string& group) {
  std::string quota;
  double period = 0;
  std::ifstream file("/sys/fs/cgroup" + group + "/cpu.max");
  return file >> quota >> period && quota != "max" ? quota_threads(std::stod(quota), period) : 0;
}

/// The smallest limit of this process's group and those above it (version 2), else the limit as
/// version 1 shows it; 0 where there is none.
int cgroup_threads() {
  std::string line;
  int least = 0;
  for (std::ifstream file("/proc/self/cgroup"); std::getline(file, line);) {
    if (!line.starts_with("0::")) {
      continue;
    }
    for (std::string group = line.substr(3); !group.empty();
         group.resize(group.find_last_of('/') == std::string::npos ? 0 : group.find_last_of('/'))) {
      const int limit = group_threads(group == "/" ? "" : group);
      least = limit > 0 && (least == 0 || limit < least) ? limit : least;
    }
  }
  if (const int limit = group_threads(""); limit > 0 && (least == 0 || limit < least)) {
    least = limit;  // Inside a container its own group is shown as the root.
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
