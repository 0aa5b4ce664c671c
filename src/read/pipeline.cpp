#include "read/pipeline.h"

#include "alsace/error.h"

#include "base/process.h"
#include "base/text.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& message) {
  throw Error(ErrorCode::invalid_data, fmt::format("{}: {}", where, message));
}

/// Appends rows[local] for each local number.
void append_rows(std::vector<Index>& column,
                 const std::vector<Index>& locals,
                 const std::vector<Index>& rows) {
  const std::size_t before = column.size();
  column.resize(before + locals.size());
  std::transform(locals.begin(),
                 locals.end(),
                 column.begin() + static_cast<std::ptrdiff_t>(before),
                 [&](Index local) { return rows[static_cast<std::size_t>(local)]; });
}

/// Bytes that what is read may take.
std::uint64_t room_for(const ReadOptions& options) {
  const std::uint64_t room = options.memory_limit > 0 ? options.memory_limit : memory_left_bytes();
  return room > 0 ? room : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

Pipeline::Pipeline(ThreadPool& pool, const ReadOptions& options, std::size_t block_size)
    : pool_(pool), options_(options), block_size_(block_size), room_(room_for(options)) {
  const auto workers = static_cast<std::size_t>(pool.workers());
  for (Window& window : windows_) {
    window.blocks.resize(workers == 1 ? 1 : 2 * workers);
    window.parsers.resize(window.blocks.size());
  }
}

void Pipeline::read(Source& source,
                    const std::string& name,
                    ReadTarget& target,
                    const std::function<void()>& progress) {
  lines_ = kept_ = bad_ = bytes_ = 0;
  BlockReader reader(source, name, block_size_);
  for (Window& window : windows_) {
    window.used = 0;
    window.failure = nullptr;
  }
  fill(windows_[0], reader);
  if (windows_[0].used == 0 && windows_[0].failure) {
    std::rethrow_exception(windows_[0].failure);
  }
  layout_ = find_layout(windows_[0].used == 0 ? std::string_view() : windows_[0].blocks[0].text(),
                        name,
                        options_,
                        reader.lines_before());
  if (options_.ids_only) {
    layout_.column[value_role] = layout_.column[time_role] = Layout::none;
    layout_.unused.clear();
  }
  check_times(target);
  lines_ = layout_.skip_lines;
  // Round r reads window r, parses window r - 1 and merges window r - 2.
  for (std::size_t round = 1;; ++round) {
    Window& reading = windows_[round % 3];
    Window& parsing = windows_[(round + 2) % 3];
    Window& merging = windows_[(round + 1) % 3];
    pool_.run(parsing.used + 2, [&](std::size_t task, int) {
      if (task == 0) {
        fill(reading, reader);
      } else if (task == 1) {
        merge(merging, target);
      } else {
        parse(parsing, task - 2, round == 1);
      }
    });
    if (round == 2) {
      expect(target, source);
    }
    if (parsing.used + reading.used == 0 && !parsing.failure && !reading.failure) {
      break;
    }
    merging.used = 0;
    progress();
  }
  check_end(target);
  target.report.columns = layout_.columns;
  target.report.unused_columns = layout_.unused;
}

/// Reads the next blocks. A failure waits its turn: bad lines before it are reported first.
void Pipeline::fill(Window& window, BlockReader& reader) const {
  window.used = 0;
  window.failure = nullptr;
  try {
    while (window.used < window.blocks.size() && reader.next(window.blocks[window.used])) {
      ++window.used;
    }
  } catch (...) {
    window.failure = std::current_exception();
  }
}

void Pipeline::parse(Window& window, std::size_t block, bool first_window) const {
  std::string_view text = window.blocks[block].text();
  if (first_window && block == 0) {
    text.remove_prefix(layout_.skip_bytes);
  }
  window.parsers[block].parse(text, layout_, options_.skip_bad_lines);
}

void Pipeline::merge(Window& window, ReadTarget& target) {
  for (std::size_t block = 0; block < window.used; ++block) {
    bytes_ += static_cast<std::int64_t>(window.blocks[block].text().size());
    target.report.bytes += static_cast<std::int64_t>(window.blocks[block].text().size());
    merge_block(window.parsers[block].parsed(), target);
  }
  check_room(target, target.triplets.users.size());
  if (window.failure) {
    std::rethrow_exception(window.failure);
  }
}

void Pipeline::merge_block(const ParsedBlock& block, ReadTarget& target) {
  if (block.bad_lines > 0) {
    note_bad_lines(block, target);
  }
  lines_ += block.lines;
  bad_ += block.bad_lines;
  kept_ += static_cast<std::int64_t>(block.users.size());
  target.report.lines += static_cast<std::int64_t>(block.users.size());
  target.user_ids.find_or_add(block.user_ids, user_rows_);
  target.item_ids.find_or_add(block.item_ids, item_rows_);
  append(block, target.triplets);
}

void Pipeline::note_bad_lines(const ParsedBlock& block, ReadTarget& target) const {
  const std::string where = place(layout_.file, lines_ + block.first_bad_line);
  if (!options_.skip_bad_lines) {
    refuse(where, block.first_fault);
  }
  if (target.report.bad_lines == 0) {
    target.report.first_bad_line = fmt::format("{}: {}", where, block.first_fault);
  }
  target.report.bad_lines += block.bad_lines;
}

void Pipeline::append(const ParsedBlock& block, Triplets& triplets) {
  const std::size_t before = triplets.users.size();
  append_rows(triplets.users, block.users, user_rows_);
  append_rows(triplets.items, block.items, item_rows_);
  // A file without values says 1 where another one has some.
  const bool with_values = layout_.column[value_role] != Layout::none;
  if (with_values && triplets.values.empty()) {
    triplets.values.assign(before, 1.0F);
  }
  if (with_values) {
    triplets.values.insert(triplets.values.end(), block.values.begin(), block.values.end());
  } else if (!triplets.values.empty()) {
    triplets.values.resize(triplets.users.size(), 1.0F);
  }
  if (options_.keep_times) {
    triplets.times.insert(triplets.times.end(), block.times.begin(), block.times.end());
  }
}

/// Room for the whole file by the density of its first window, so that growing does not copy.
/// Memory that is never written costs nothing.
void Pipeline::expect(ReadTarget& target, const Source& source) const {
  if (bytes_ == 0 || source.total() == 0 || source.taken() < bytes_) {
    return;  // Nothing to go by, or packed.
  }
  Triplets& triplets = target.triplets;
  const double files = static_cast<double>(source.total()) / static_cast<double>(bytes_);
  const std::size_t before = triplets.users.size() - static_cast<std::size_t>(kept_);
  const auto entries = [&](double share) {
    return before + static_cast<std::size_t>(share * files * static_cast<double>(kept_));
  };
  check_room(target, entries(0.9));  // Lines may get longer.
  const std::size_t room = entries(1.01);
  triplets.users.reserve(room);
  triplets.items.reserve(room);
  if (!triplets.values.empty()) {
    triplets.values.reserve(room);
  }
  if (!triplets.times.empty()) {
    triplets.times.reserve(room);
  }
}

/// Refuses what cannot be held: the ids so far, and that many entries of the kind so far.
void Pipeline::check_room(const ReadTarget& target, std::size_t entries) const {
  const Triplets& triplets = target.triplets;
  constexpr std::size_t merging = 3;  // What prepare() takes beside.
  const std::size_t entry_bytes = merging + 2 * sizeof(Index) +
                                  (triplets.values.empty() ? 0 : sizeof(float)) +
                                  (triplets.times.empty() ? 0 : sizeof(double));
  const std::uint64_t needed =
      entries * entry_bytes + target.user_ids.held_bytes() + target.item_ids.held_bytes();
  if (needed > room_) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format(
            "{}: {} of memory are needed to hold {} {} interactions, {} {}. Read fewer "
            "lines or columns (--columns), or {}.",
            layout_.file,
            byte_text(needed),
            entries > triplets.users.size() ? "about" : "the first",
            entries,
            options_.memory_limit > 0 ? "the limit (--memory-limit) is" : "this process can get",
            byte_text(room_),
            options_.memory_limit > 0 ? "raise the limit" : "take a machine with more"));
  }
}

void Pipeline::check_times(ReadTarget& target) const {
  const bool with_times = layout_.column[time_role] != Layout::none;
  if (!target.triplets.users.empty() && with_times != target.with_times) {
    refuse(layout_.file,
           fmt::format("it has {} column of times, the file before has {}. Give all files the same "
                       "columns, or leave times out with --columns USER,ITEM,VALUE.",
                       with_times ? "a" : "no",
                       with_times ? "none" : "one"));
  }
  target.with_times = with_times;
}

void Pipeline::check_end(const ReadTarget& target) const {
  if (layout_.matrix && layout_.matrix->entries != kept_ + bad_) {
    refuse(layout_.file,
           fmt::format("the size line says {} entries, there are {}. The file is cut short or the "
                       "size is wrong: copy it again or correct it.",
                       layout_.matrix->entries,
                       kept_ + bad_));
  }
  if (kept_ > 0) {
    return;
  }
  if (bad_ > 0) {
    refuse(layout_.file,
           fmt::format("no line is left, all {} are bad. The first of them: {}",
                       bad_,
                       target.report.first_bad_line));
  }
  refuse(layout_.file,
         "there is a header, but no line of data. Give a file with a line for each interaction.");
}

}  // namespace alsace
