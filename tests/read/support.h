#pragma once

#include "alsace/error.h"
#include "alsace/read.h"

#include "read/read_text.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace alsace::test {

/// One interaction by its names.
struct Line {
  std::string user;
  std::string item;
  float value = 1;
  double time = 0;
  bool operator==(const Line&) const = default;
};

inline void PrintTo(const Line& line, std::ostream* out) {
  *out << line.user << ' ' << line.item << ' ' << line.value << ' ' << line.time;
}

inline std::vector<Line> lines_of(const Interactions& read) {
  std::vector<Line> lines;
  for (std::int64_t entry = 0; entry < read.triplets.size(); ++entry) {
    const auto i = static_cast<std::size_t>(entry);
    lines.push_back({std::string(read.user_ids[read.triplets.users[i]]),
                     std::string(read.item_ids[read.triplets.items[i]]),
                     read.triplets.value(entry),
                     read.triplets.times.empty() ? 0 : read.triplets.times[i]});
  }
  return lines;
}

inline std::vector<Line> lines_of(std::string_view text, const ReadOptions& options = {}) {
  return lines_of(read_text(text, "plays.csv", options));
}

inline std::string error_of(ErrorCode code, const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "no error";
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
