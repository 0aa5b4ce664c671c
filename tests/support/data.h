#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

namespace alsace::test {

/// A file of the real data sets: in ALSACE_DATA, else in ../shared/data beside the source tree.
inline std::filesystem::path data_file(const std::string& name) {
  const char* folder = std::getenv("ALSACE_DATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(ALSACE_SOURCE_DIR).parent_path() / "shared/data";
  return root / name;
}

}  // namespace alsace::test

/// Skips the test, and says so, where a real data set is not on this machine.
#define ALSACE_NEEDS_DATA(name)                                                       \
  if (!std::filesystem::exists(alsace::test::data_file(name))) {                      \
    std::cerr << "SKIPPED: needs the data set file " << alsace::test::data_file(name) \
              << "; put it there or set ALSACE_DATA\n";                               \
    GTEST_SKIP() << "no " << alsace::test::data_file(name);                           \
  }                                                                                   \
  static_assert(true)
