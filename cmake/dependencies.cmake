# Every dependency in one place, with the Debian package that brings it.
find_package(Threads REQUIRED)
find_package(hwy REQUIRED CONFIG)              # libhwy-dev
find_package(Eigen3 REQUIRED CONFIG)           # libeigen3-dev
find_package(fmt REQUIRED CONFIG)              # libfmt-dev
find_package(nlohmann_json REQUIRED CONFIG)    # nlohmann-json3-dev
find_package(ZLIB REQUIRED)                    # zlib1g-dev
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)  # libxxhash-dev, used header-only
if(ALSACE_BUILD_CLI)
  find_package(CLI11 REQUIRED CONFIG)          # libcli11-dev
endif()
if(ALSACE_BUILD_TESTS)
  find_package(GTest REQUIRED CONFIG)          # libgtest-dev, libgmock-dev
  find_package(rapidcheck REQUIRED CONFIG)     # librapidcheck-dev
endif()
if(ALSACE_BUILD_BENCH)
  find_package(benchmark REQUIRED CONFIG)      # libbenchmark-dev
endif()
