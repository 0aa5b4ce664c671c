#include "evaluate/tune_journal.h"

#include "alsace/error.h"

#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alsace {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kind = "alsace tune";

/// A search makes each of its jobs once.
std::string name_of(const TuneJob& job) {
  return fmt::format("trial {} stage {} seed {}", job.trial, job.stage, job.options.seed);
}

Json to_json(const TuneMeasurement& one) {
  Json out = {{"iterations", one.iterations},
              {"value", one.value},
              {"gain", one.gain},
              {"low", one.low},
              {"high", one.high}};
  if (!one.by_user.empty()) {
    out["by_user"] = one.by_user;
  }
  return out;
}

TuneMeasurement measurement_of(const Json& json) {
  return {.iterations = json.at("iterations").get<int>(),
          .value = json.at("value").get<double>(),
          .gain = json.at("gain").get<double>(),
          .low = json.at("low").get<double>(),
          .high = json.at("high").get<double>(),
          .by_user = json.value("by_user", std::vector<double>{})};
}

}  // namespace

TuneJournal::TuneJournal(const std::filesystem::path& file, const std::string& hash, bool restart)
    : path_(file) {
  if (path_.empty()) {
    return;
  }
  read(hash, restart);
  const bool begun = std::filesystem::exists(path_) && std::filesystem::file_size(path_) > 0;
  file_.open(path_, std::ios::binary | std::ios::app);
  if (!begun) {
    write(Json{{"journal", kind}, {"version", 1}, {"hash", hash}}.dump());
  }
  if (!file_) {
    throw Error(ErrorCode::io_error,
                fmt::format("tune: the journal '{}' cannot be written. Choose another place.",
                            path_.string()));
  }
}

/// Takes every whole line; the file then ends with the last of them.
void TuneJournal::read(const std::string& hash, bool restart) {
  std::ifstream file(path_, std::ios::binary);
  if (!file) {
    return;  // There is none yet.
  }
  std::stringstream text;
  text << file.rdbuf();
  const std::string lines = text.str();
  std::size_t end = 0;
  bool matches = false;
  for (std::size_t next = lines.find('\n'); next != std::string::npos;
       next = lines.find('\n', end)) {
    const std::string line = lines.substr(end, next - end);
    try {
      if (end == 0) {
        const Json header = Json::parse(line);
        matches = header.value("journal", "") == kind && header.value("hash", "") == hash;
        if (!matches) {
          break;
        }
      } else {
        take(line);
      }
    } catch (const Json::exception&) {
      break;
    }
    end = next + 1;
  }
  const bool cut_at_once =
      lines.find('\n') == std::string::npos && lines.starts_with("{\"journal\"");
  if (!matches && !restart && !lines.empty() && !cut_at_once) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("tune: '{}' is the journal of a run with other data or other options. "
                            "Give the same ones to go on with it, another --out to keep it, or "
                            "--restart to begin anew.",
                            path_.string()));
  }
  if (!matches || restart) {
    end = 0;
    known_.clear();
    time_up_.clear();
    elapsed_ = 0;
  }
  std::filesystem::resize_file(path_, end);
  resumed_ = !known_.empty();
}

void TuneJournal::take(const std::string& line) {
  const Json json = Json::parse(line);
  if (json.contains("time_up")) {
    time_up_[json.at("batches").get<int>()] = json.at("time_up").get<bool>();
  } else {
    TuneMeasured measured;
    for (const Json& one : json.at("at")) {
      measured.at.push_back(measurement_of(one));
    }
    measured.failure = json.value("failure", "");
    known_[json.at("job").get<std::string>()] = std::move(measured);
  }
  elapsed_ = json.at("elapsed").get<double>();
}

std::optional<TuneMeasured> TuneJournal::find(const TuneJob& job) const {
  const auto found = known_.find(name_of(job));
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void TuneJournal::add(const TuneJob& job, const TuneMeasured& measured, double elapsed) {
  if (path_.empty()) {
    return;
  }
  Json at = Json::array();
  for (const TuneMeasurement& one : measured.at) {
    at.push_back(to_json(one));
  }
  Json line = {{"job", name_of(job)}, {"at", std::move(at)}, {"elapsed", elapsed}};
  if (!measured.failure.empty()) {
    line["failure"] = measured.failure;
  }
  write(line.dump());
}

std::optional<bool> TuneJournal::time_up(int batches) const {
  const auto found = time_up_.find(batches);
  return found == time_up_.end() ? std::nullopt : std::optional(found->second);
}

void TuneJournal::add_time_up(int batches, bool up, double elapsed) {
  if (!path_.empty()) {
    write(Json{{"batches", batches}, {"time_up", up}, {"elapsed", elapsed}}.dump());
  }
}

void TuneJournal::write(const std::string& line) {
  const std::scoped_lock lock(mutex_);
  file_ << line << '\n' << std::flush;
  if (!file_) {
    throw Error(ErrorCode::io_error,
                fmt::format("tune: the journal '{}' cannot be written. Make room, and run the same "
                            "again: it goes on where this ended.",
                            path_.string()));
  }
}

}  // namespace alsace
