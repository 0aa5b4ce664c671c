#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// Folders of this process's control group and of those above it, its own first, the hierarchy's
/// root last: of version 2 for controller "", else of that controller's hierarchy of version 1.
/// Inside a container its own group is shown as the root, and others may not be there. `root`
/// stands before /proc and /sys.
std::vector<std::string> cgroup_folders(std::string_view controller, const std::string& root = "");

}  // namespace alsace
