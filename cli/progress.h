#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace alsace::cli {

/// Everything that is not a result, on standard error: notes (left out with --quiet), warnings, and
/// one line that is rewritten as work goes on where standard error is a terminal.
class Log {
 public:
  explicit Log(bool quiet) : quiet_(quiet) {}

  void note(std::string_view text);
  void warn(std::string_view text);
  /// Rewrites the last line on a terminal; elsewhere nothing.
  void status(std::string_view text);
  void clear_status();

  [[nodiscard]] bool quiet() const noexcept { return quiet_; }

 private:
  bool quiet_;
  bool status_shown_ = false;
};

/// How far work has come, with rate and time left: ten times a second on a terminal, else a plain
/// line every ten seconds. May be called from several threads.
class Progress {
 public:
  /// `unit`: "B" counts bytes.
  Progress(Log& log, std::string what, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// total 0: not known.
  void update(double done, double total);
  [[nodiscard]] double seconds() const;

 private:
  [[nodiscard]] std::string text(double done, double total) const;

  Log& log_;
  std::string what_;
  std::string unit_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
  std::mutex mutex_;
};

}  // namespace alsace::cli
