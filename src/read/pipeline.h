#pragma once

#include "alsace/read.h"

#include "base/thread_pool.h"
#include "read/block_ids.h"
#include "read/layout.h"
#include "read/parse_block.h"
#include "read/source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace alsace {

/// Where what is read ends up.
struct ReadTarget {
  ReadTarget(const IdTable& users, const IdTable& items) : user_ids(users), item_ids(items) {}

  KeyedIds user_ids;
  KeyedIds item_ids;
  Triplets triplets;
  bool with_times = false;  ///< The files so far have them.
  ReadReport report;
};

/// Blocks are small enough that a few per thread are little memory and stay in the caches.
constexpr std::size_t default_block_size = std::size_t{1} << 19;

/// Reads one source in windows of a few blocks per thread. While one window is parsed by all
/// threads, the next is read (and unpacked) and the one before is merged into the target, in order:
/// neither numbering nor the error that is reported depends on the number of threads.
class Pipeline {
 public:
  Pipeline(ThreadPool& pool, const ReadOptions& options, std::size_t block_size);

  /// `progress` is called between windows and may throw.
  void read(Source& source,
            const std::string& name,
            ReadTarget& target,
            const std::function<void()>& progress);

 private:
  struct Window {
    std::vector<Block> blocks;
    std::vector<BlockParser> parsers;
    std::size_t used = 0;
    std::exception_ptr failure;  ///< Met behind the last used block.
  };

  void fill(Window& window, BlockReader& reader) const;
  void parse(Window& window, std::size_t block, bool first_window) const;
  void merge(Window& window, ReadTarget& target);
  void merge_block(const ParsedBlock& block, ReadTarget& target);
  void note_bad_lines(const ParsedBlock& block, ReadTarget& target) const;
  void append(const ParsedBlock& block, Triplets& triplets);
  void expect(ReadTarget& target, const Source& source) const;
  void check_room(const ReadTarget& target, std::size_t entries) const;
  void check_times(ReadTarget& target) const;
  void check_end(const ReadTarget& target) const;

  ThreadPool& pool_;
  const ReadOptions& options_;
  std::size_t block_size_;
  std::uint64_t room_;  ///< Bytes the target may take.
  std::array<Window, 3> windows_;
  std::vector<Index> user_rows_;  ///< Of the ids of the block being merged.
  std::vector<Index> item_rows_;

  // Of the file being read.
  Layout layout_;
  std::int64_t lines_ = 0;  ///< Merged so far, all of them.
  std::int64_t kept_ = 0;
  std::int64_t bad_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace alsace
