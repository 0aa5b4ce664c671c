#include "read/blocks.h"

#include "alsace/error.h"

#include <algorithm>

#include <fmt/format.h>

namespace alsace {

bool BlockReader::next(Block& block) {
  while (fill(block)) {
    begun_ =
        begun_ || ended_ || block.text().find_first_not_of(" \t\r\n") != std::string_view::npos;
    if (begun_) {
      return true;
    }
    lines_before_ += std::count(block.text().begin(), block.text().end(), '\n');
  }
  return false;
}

bool BlockReader::fill(Block& block) {
  block.size_ = 0;
  std::size_t filled = rest_.size();
  std::size_t wanted = std::max(block_size_, filled);
  block.bytes_.resize(std::max(block.bytes_.size(), wanted + Block::padding + 1));
  std::copy(rest_.begin(), rest_.end(), block.bytes_.begin());
  rest_.clear();
  while (!ended_) {
    while (filled < wanted && !ended_) {
      const std::size_t got = source_.read(block.bytes_.data() + filled, wanted - filled);
      filled += got;
      ended_ = got == 0;
    }
    if (ended_) {
      break;
    }
    const std::string_view text(block.bytes_.data(), filled);
    if (const std::size_t last = text.rfind('\n'); last != std::string_view::npos) {
      rest_ = text.substr(last + 1);
      filled = last + 1;
      break;
    }
    if (filled >= longest_line) {
      throw Error(ErrorCode::invalid_data,
                  fmt::format("{}: a line is longer than {} bytes, this is no text file of "
                              "interactions. Give a file with one interaction per line.",
                              name_,
                              longest_line));
    }
    wanted *= 2;
    block.bytes_.resize(wanted + Block::padding + 1);
  }
  if (filled > 0 && block.bytes_[filled - 1] != '\n') {
    block.bytes_[filled++] = '\n';
  }
  std::fill_n(block.bytes_.begin() + static_cast<std::ptrdiff_t>(filled), Block::padding, '\0');
  block.size_ = filled;
  return filled > 0;
}

}  // namespace alsace
