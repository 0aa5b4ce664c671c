#include "base/cgroup.h"

#include <fstream>

namespace alsace {
namespace {

/// Is it among the comma-separated names?
bool lists(std::string_view names, std::string_view name) {
  while (true) {
    const std::size_t end = names.find(',');
    if (names.substr(0, end) == name) {
      return true;
    }
    if (end == std::string_view::npos) {
      return false;
    }
    names.remove_prefix(end + 1);
  }
}

/// Path of this process's group: lines are "number:controllers:path". "" where there is none.
std::string own_group(std::string_view controller, const std::string& root) {
  std::string line;
  for (std::ifstream file(root + "/proc/self/cgroup"); std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first != std::string::npos && second != std::string::npos &&
        lists(std::string_view(line).substr(first + 1, second - first - 1), controller)) {
      return line.substr(second + 1);
    }
  }
  return "";
}

}  // namespace

std::vector<std::string> cgroup_folders(std::string_view controller, const std::string& root) {
  std::string top = root + "/sys/fs/cgroup";
  if (!controller.empty()) {
    top.append("/").append(controller);
  }
  std::vector<std::string> folders;
  for (std::string group = own_group(controller, root); group.find('/') != std::string::npos;
       group.resize(group.find_last_of('/'))) {
    if (group != "/") {
      folders.push_back(top + group);
    }
  }
  folders.push_back(top);
  return folders;
}

}  // namespace alsace
