// Reading a CSV file of a million made-up interactions, by threads: bytes per second.

#include "alsace/generate.h"
#include "alsace/read.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <benchmark/benchmark.h>
#include <unistd.h>

namespace {

/// A file that is there as long as this object.
class CsvFile {
 public:
  CsvFile()
      : path_(std::filesystem::temp_directory_path() /
              ("alsace_read_bench_" + std::to_string(::getpid()) + ".csv")) {
    alsace::PowerLawOptions options;
    options.users = 6900;
    options.interactions = 1'000'000;
    const alsace::Interactions data = alsace::generate_power_law(options);
    std::ofstream out(path_);
    out << "user,item,value\n";
    for (std::size_t i = 0; i < data.triplets.users.size(); ++i) {
      out << data.user_ids[data.triplets.users[i]] << ',' << data.item_ids[data.triplets.items[i]]
          << ",1\n";
    }
  }
  ~CsvFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void read_csv(benchmark::State& state) {
  static const CsvFile file;
  alsace::ReadOptions options;
  options.threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(alsace::read_interactions({&file.path(), 1}, options));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(std::filesystem::file_size(file.path())));
}

BENCHMARK(read_csv)
    ->ArgName("threads")
    ->RangeMultiplier(2)
    ->Range(1, 4)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
