#include "progress.h"

#include "output.h"

#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

void Log::note(std::string_view text) {
  if (!quiet_) {
    clear_status();
    print_error(std::string(text) + "\n");
  }
}

void Log::warn(std::string_view text) {
  clear_status();
  print_error("warning: " + std::string(text) + "\n");
}

void Log::status(std::string_view text) {
  if (!quiet_ && stderr_is_terminal()) {
    print_error("\r\x1b[K" + std::string(text));
    status_shown_ = true;
  }
}

void Log::clear_status() {
  if (status_shown_) {
    print_error("\r\x1b[K");
    status_shown_ = false;
  }
}

Progress::Progress(Log& log, std::string what, std::string unit)
    : log_(log),
      what_(std::move(what)),
      unit_(std::move(unit)),
      start_(Clock::now()),
      shown_(start_) {}

Progress::~Progress() {
  log_.clear_status();
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Progress::update(double done, double total) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const bool terminal = stderr_is_terminal();
  if (now - shown_ < (terminal ? std::chrono::milliseconds(100) : std::chrono::seconds(10))) {
    return;
  }
  shown_ = now;
  if (terminal) {
    log_.status(text(done, total));
  } else {
    log_.note(text(done, total));
  }
}

std::string Progress::text(double done, double total) const {
  const double rate = done / seconds();
  const auto amount = [&](double value) {
    const auto whole = static_cast<std::int64_t>(value);
    return unit_ == "B" ? byte_count(whole) : fmt::format("{} {}", grouped(whole), unit_);
  };
  std::string out = what_ + ": " + amount(done);
  if (total > 0) {
    out += fmt::format(", {:.0f} %", 100 * done / total);
  }
  out += ", " + amount(rate) + "/s";
  if (total > done && rate > 0) {
    out += ", " + duration((total - done) / rate) + " left";
  }
  return out;
}

}  // namespace alsace::cli
