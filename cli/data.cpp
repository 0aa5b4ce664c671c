#include "data.h"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

/// "user,item,-,time" or "user,item" with the first unused column as the value.
std::string columns_with_value(const ReadReport& read) {
  const std::string value = read.unused_columns.substr(0, read.unused_columns.find(','));
  std::string columns = read.columns;
  const std::size_t none = columns.find(",-,");
  return none == std::string::npos ? columns + "," + value : columns.replace(none + 1, 1, value);
}

void note_reading(const Paths& files, const ReadReport& read, double seconds, Log& log) {
  const std::string what = files.size() == 1
                               ? (files[0] == "-" ? "standard input" : files[0].string())
                               : plural(static_cast<std::int64_t>(files.size()), "file");
  log.note(fmt::format("read {}: {}, {} in {}, columns {}",
                       what,
                       plural(read.lines, "line"),
                       byte_count(read.bytes),
                       duration(seconds),
                       read.columns));
  if (!read.unused_columns.empty()) {
    log.note(
        fmt::format("every value is 1. Columns not used: {}; for one of them to be the value: "
                    "--columns {}",
                    read.unused_columns,
                    columns_with_value(read)));
  }
  if (read.bad_lines > 0) {
    log.warn(fmt::format(
        "{} skipped. The first: {}", plural(read.bad_lines, "bad line"), read.first_bad_line));
  }
}

}  // namespace

Triplets read_with_progress(const Paths& files,
                            ReadOptions options,
                            IdTable& user_ids,
                            IdTable& item_ids,
                            Log& log,
                            DataReport& report) {
  Progress progress(log, "reading", "B");
  options.progress = [&](std::int64_t done, std::int64_t total) {
    progress.update(static_cast<double>(done), static_cast<double>(total));
    return true;
  };
  ReadReport read;
  Triplets triplets = read_triplets(files, options, user_ids, item_ids, &read);
  log.clear_status();
  note_reading(files, read, progress.seconds(), log);
  report.seconds += progress.seconds();
  report.read.bytes += read.bytes;
  report.read.lines += read.lines;
  report.read.bad_lines += read.bad_lines;
  report.read.columns = read.columns;
  return triplets;
}

Interactions read_data(const Paths& files,
                       const ReadingOptions& reading,
                       Feedback feedback,
                       int threads,
                       Log& log,
                       DataReport& report) {
  const PrepareOptions prepare_options = reading.prepare_options(feedback);
  Interactions interactions;
  interactions.triplets = read_with_progress(files,
                                             reading.read_options(feedback, threads),
                                             interactions.user_ids,
                                             interactions.item_ids,
                                             log,
                                             report);
  interactions = prepare(std::move(interactions), prepare_options, &report.prepared);
  note_data(interactions.triplets,
            interactions.low,
            interactions.user_ids,
            interactions.item_ids,
            report,
            log);
  return interactions;
}

void note_data(const Triplets& triplets,
               const Triplets& low,
               const IdTable& user_ids,
               const IdTable& item_ids,
               const DataReport& report,
               Log& log) {
  const PrepareReport& prepared = report.prepared;
  std::string filters;
  const auto add = [&](std::int64_t count, const std::string& text) {
    if (count > 0) {
      filters += (filters.empty() ? "filters: " : ", ") + text;
    }
  };
  add(prepared.duplicates, plural(prepared.duplicates, "duplicate") + " merged");
  add(prepared.below_value,
      fmt::format("{} below the least value ({} of them stay seen)",
                  grouped(prepared.below_value),
                  grouped(low.size())));
  add(prepared.below_counts, grouped(prepared.below_counts) + " of too rare users or items");
  if (!filters.empty()) {
    log.note(filters);
  }
  log.note(fmt::format("data: {}, {}, {}",
                       plural(user_ids.size(), "user"),
                       plural(item_ids.size(), "item"),
                       plural(triplets.size(), "interaction")));
}

Json data_json(const DataReport& report) {
  return {{"lines", report.read.lines},
          {"bad_lines", report.read.bad_lines},
          {"columns", report.read.columns},
          {"duplicates", report.prepared.duplicates},
          {"below_value", report.prepared.below_value},
          {"below_counts", report.prepared.below_counts},
          {"seconds", report.seconds}};
}

}  // namespace alsace::cli
