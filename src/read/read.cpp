#include "alsace/read.h"

#include "alsace/error.h"

#include "base/process.h"
#include "read/names.h"
#include "read/pipeline.h"
#include "read/read_text.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace alsace {
namespace {

namespace fs = std::filesystem;

/// Bytes of all the files, or 0 where one of them does not tell.
std::int64_t bytes_of(std::span<const fs::path> files) {
  std::int64_t bytes = 0;
  for (const fs::path& file : files) {
    std::error_code error;
    if (file == "-" || !fs::is_regular_file(file, error)) {
      return 0;
    }
    const auto size = fs::file_size(file, error);
    if (error) {
      return 0;
    }
    bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

void check_threads(int threads) {
  if (threads < 0 || threads > 4096) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("read: threads is {}, it must be 0 (all) to 4096.", threads));
  }
}

/// Tells how far reading is; stops it when asked to.
class Progress {
 public:
  Progress(const ReadOptions& options, std::int64_t total) : options_(options), total_(total) {}

  void tell(const Source& source) const {
    const std::int64_t taken = before_ + source.taken();
    if (options_.progress && !options_.progress(taken, total_)) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("read: stopped after {} bytes, as asked.", taken));
    }
  }
  void file_done(const Source& source) { before_ += source.taken(); }

 private:
  const ReadOptions& options_;
  std::int64_t total_;
  std::int64_t before_ = 0;
};

void read_files(std::span<const fs::path> files, const ReadOptions& options, ReadTarget& target) {
  ThreadPool pool(options.threads);
  Pipeline pipeline(pool, options, default_block_size);
  Progress progress(options, bytes_of(files));
  for (const fs::path& file : files) {
    const auto source = open_source(file);
    pipeline.read(*source, name_of(file), target, [&] { progress.tell(*source); });
    progress.file_done(*source);
  }
}

}  // namespace

Triplets read_triplets(std::span<const fs::path> files,
                       const ReadOptions& options,
                       IdTable& user_ids,
                       IdTable& item_ids,
                       ReadReport* report) {
  check_threads(options.threads);
  if (files.empty()) {
    throw Error(ErrorCode::invalid_argument, "read: no file is given. Name one or more.");
  }
  ReadTarget target(user_ids, item_ids);
  read_files(files, options, target);
  return_freed_memory();  // Of the pipeline: megabytes per thread.
  user_ids = target.user_ids.take();
  item_ids = target.item_ids.take();
  if (report != nullptr) {
    *report = std::move(target.report);
  }
  return std::move(target.triplets);
}

Interactions read_interactions(std::span<const fs::path> files,
                               const ReadOptions& options,
                               ReadReport* report) {
  Interactions interactions;
  interactions.triplets =
      read_triplets(files, options, interactions.user_ids, interactions.item_ids, report);
  return interactions;
}

std::array<int, 4> find_columns(std::span<const std::string_view> names) {
  return named_columns(names, "table");
}

Interactions read_text(std::string_view text,
                       const std::string& name,
                       const ReadOptions& options,
                       ReadReport* report,
                       std::size_t block_size) {
  Interactions interactions;
  ThreadPool pool(options.threads);
  Pipeline pipeline(pool, options, block_size);
  ReadTarget target(interactions.user_ids, interactions.item_ids);
  const auto source = memory_source(text, name);
  pipeline.read(*source, name, target, [] {});
  interactions.user_ids = target.user_ids.take();
  interactions.item_ids = target.item_ids.take();
  interactions.triplets = std::move(target.triplets);
  if (report != nullptr) {
    *report = std::move(target.report);
  }
  return interactions;
}

}  // namespace alsace
