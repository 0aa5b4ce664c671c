#pragma once

#include "alsace/read.h"

#include "read/read_text.h"
#include "support/error_of.h"
#include "support/lines.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace alsace::test {

inline std::vector<Line> lines_of(std::string_view text, const ReadOptions& options = {}) {
  return lines_of(read_text(text, "plays.csv", options));
}

/// The message with which a text is refused.
inline std::string refusal(std::string_view text,
                           const ReadOptions& options = {},
                           ErrorCode code = ErrorCode::invalid_data) {
  return error_of(code, [&] { read_text(text, "plays.csv", options); });
}

/// One gzip member.
inline std::string gzip(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace alsace::test
