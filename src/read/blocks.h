#pragma once

#include "read/source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// Whole lines of a file; the last byte is a line feed. `padding` zeros follow, so that a scan may
/// read a word past the end.
class Block {
 public:
  static constexpr std::size_t padding = 16;

  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }

 private:
  friend class BlockReader;
  std::vector<char> bytes_;
  std::size_t size_ = 0;
};

/// Cuts a source into blocks of about `block_size` bytes.
class BlockReader {
 public:
  /// A longer line is taken for a file that is not text.
  static constexpr std::size_t longest_line = std::size_t{1} << 24;

  BlockReader(Source& source, std::string name, std::size_t block_size)
      : source_(source), name_(std::move(name)), block_size_(block_size) {}

  /// Fills the next block, of which it reuses the memory; false at the end. Blocks of blank lines
  /// at the beginning are left out.
  bool next(Block& block);

  /// Lines left out at the beginning.
  [[nodiscard]] std::int64_t lines_before() const noexcept { return lines_before_; }

 private:
  bool fill(Block& block);

  Source& source_;
  std::string name_;
  std::size_t block_size_;
  std::string rest_;  ///< The beginning of a line whose end is in the next block.
  bool ended_ = false;
  bool begun_ = false;
  std::int64_t lines_before_ = 0;
};

}  // namespace alsace
