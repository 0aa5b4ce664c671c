#pragma once

#include "evaluate/tune_search.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace alsace {

/// What a search has measured, on disk line by line: the first line is a hash of all that the
/// results depend on, each other one JSON object for a job. A line that was cut off by a crash is
/// dropped. Several threads may write.
class TuneJournal {
 public:
  /// No file: nothing is kept.
  TuneJournal() = default;
  /// Opens or begins the file. @throws Error invalid_argument when it is of another hash and
  /// `restart` does not allow to overwrite it, or no journal; io_error.
  TuneJournal(const std::filesystem::path& file, const std::string& hash, bool restart);

  [[nodiscard]] std::optional<TuneMeasured> find(const TuneJob& job) const;
  void add(const TuneJob& job, const TuneMeasured& measured, double elapsed);

  /// Was the time up before this many batches, as far as is known? Nothing where it is not.
  [[nodiscard]] std::optional<bool> time_up(int batches) const;
  void add_time_up(int batches, bool up, double elapsed);

  /// Seconds that earlier runs took.
  [[nodiscard]] double elapsed() const noexcept { return elapsed_; }
  /// Were there results when it was opened?
  [[nodiscard]] bool resumed() const noexcept { return resumed_; }

 private:
  void read(const std::string& hash, bool restart);
  void take(const std::string& line);
  void write(const std::string& line);

  std::filesystem::path path_;
  std::ofstream file_;
  std::mutex mutex_;
  std::map<std::string, TuneMeasured> known_;
  std::map<int, bool> time_up_;
  double elapsed_ = 0;
  bool resumed_ = false;
};

}  // namespace alsace
