#include "base/process.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace alsace {
namespace {

/// A made-up /proc and /sys that are gone afterwards.
class System {
 public:
  System()
      : root_(std::filesystem::temp_directory_path() /
              ("alsace_process_test_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    std::filesystem::create_directories(root_);
  }
  ~System() { std::filesystem::remove_all(root_); }
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  void file(const std::string& path, const std::string& text) const {
    const auto whole = std::filesystem::path(root_.string() + path);
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }
  [[nodiscard]] std::uint64_t left() const { return memory_left_bytes(root_.string()); }

 private:
  std::filesystem::path root_;
};

constexpr const char* meminfo = "MemTotal:  1000 kB\nMemFree:  10 kB\nMemAvailable:  800 kB\n";
constexpr const char* status = "Name:\talsace\nVmHWM:\t 300 kB\nVmRSS:\t 200 kB\n";

TEST(MemoryLeft, IsUnknownWhereNothingIsKnown) {
  EXPECT_EQ(System().left(), 0U);
}

TEST(MemoryLeft, IsWhatTheSystemCallsAvailable) {
  const System system;
  system.file("/proc/meminfo", meminfo);
  EXPECT_EQ(system.left(), 800U * 1024);
}

TEST(MemoryLeft, IsTheLeastLimitOfTheGroupAndThoseAboveLessWhatIsHeld) {
  const System system;
  system.file("/proc/meminfo", meminfo);
  system.file("/proc/self/status", status);
  system.file("/proc/self/cgroup", "0::/outer/inner\n");
  system.file("/sys/fs/cgroup/outer/inner/memory.max", "max\n");
  EXPECT_EQ(system.left(), 800U * 1024);
  system.file("/sys/fs/cgroup/outer/memory.max", "512000\n");
  EXPECT_EQ(system.left(), 512'000U - 200 * 1024);
  system.file("/sys/fs/cgroup/memory.max", "409600\n");  // As a container shows its own.
  EXPECT_EQ(system.left(), 409'600U - 200 * 1024);
}

TEST(MemoryLeft, KnowsGroupsOfVersionOne) {
  const System system;
  system.file("/proc/meminfo", meminfo);
  system.file("/proc/self/status", status);
  system.file("/proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/job\n0::/\n");
  system.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(system.left(), 800U * 1024);
  system.file("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "512000\n");
  EXPECT_EQ(system.left(), 512'000U - 200 * 1024);
}

TEST(MemoryLeft, IsOneByteWhereNothingIsLeft) {
  const System system;
  system.file("/proc/self/status", status);
  system.file("/sys/fs/cgroup/memory.max", "1000\n");
  EXPECT_EQ(system.left(), 1U);  // 0 would say that it is not known.
}

TEST(MemoryLeft, IsKnownHere) {
  EXPECT_GT(memory_left_bytes(), 1'000'000U);
  EXPECT_GT(peak_memory_bytes(), 1'000'000);
}

}  // namespace
}  // namespace alsace
