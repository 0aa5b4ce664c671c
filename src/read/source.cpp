#include "read/source.h"

#include "alsace/error.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace alsace {
namespace {

/// A file descriptor. Counters are atomic because progress is reported while a worker reads.
class FileSource final : public Source {
 public:
  explicit FileSource(const std::filesystem::path& path)
      : name_(name_of(path)), owned_(path != "-") {
    descriptor_ = owned_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (descriptor_ < 0) {
      fail();
    }
    struct stat status{};
    if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) {
      total_ = status.st_size;
    }
  }
  ~FileSource() override {
    if (owned_) {
      ::close(descriptor_);
    }
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* data, std::size_t size) override {
    while (true) {
      const ssize_t got = ::read(descriptor_, data, size);
      if (got >= 0) {
        taken_ += got;
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) {
        fail();
      }
    }
  }
  [[nodiscard]] std::int64_t taken() const noexcept override { return taken_; }
  [[nodiscard]] std::int64_t total() const noexcept override { return total_; }

 private:
  [[noreturn]] void fail() const {
    throw Error(
        ErrorCode::io_error,
        fmt::format(
            "{}: cannot be read: {}. Check the path and the rights.", name_, std::strerror(errno)));
  }

  std::string name_;
  bool owned_;
  int descriptor_ = -1;
  std::int64_t total_ = 0;
  std::atomic<std::int64_t> taken_ = 0;
};

class MemorySource final : public Source {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

  std::size_t read(char* data, std::size_t size) override {
    const std::size_t got = bytes_.substr(taken_).copy(data, size);
    taken_ += got;
    return got;
  }
  [[nodiscard]] std::int64_t taken() const noexcept override {
    return static_cast<std::int64_t>(taken_.load());
  }
  [[nodiscard]] std::int64_t total() const noexcept override {
    return static_cast<std::int64_t>(bytes_.size());
  }

 private:
  std::string_view bytes_;
  std::atomic<std::size_t> taken_ = 0;
};

/// Another source whose first bytes were already looked at.
class ResumedSource final : public Source {
 public:
  ResumedSource(std::string first, std::unique_ptr<Source> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}

  std::size_t read(char* data, std::size_t size) override {
    if (place_ < first_.size()) {
      const std::size_t got = first_.copy(data, size, place_);
      place_ += got;
      return got;
    }
    return rest_->read(data, size);
  }
  [[nodiscard]] std::int64_t taken() const noexcept override { return rest_->taken(); }
  [[nodiscard]] std::int64_t total() const noexcept override { return rest_->total(); }

 private:
  std::string first_;
  std::size_t place_ = 0;
  std::unique_ptr<Source> rest_;
};

constexpr std::string_view gzip_magic = "\x1f\x8b";

/// Unpacks gzip, one member after the other; zeros after the last one are padding.
class GzipSource final : public Source {
 public:
  GzipSource(std::unique_ptr<Source> packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)), input_(std::size_t{1} << 18) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_only) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  std::size_t read(char* data, std::size_t size) override {
    const auto room = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30));
    stream_.next_out = reinterpret_cast<Bytef*>(data);
    stream_.avail_out = room;
    while (stream_.avail_out == room && !ended_) {
      if (stream_.avail_in == 0) {
        refill();
      }
      step();
    }
    const std::size_t got = room - stream_.avail_out;
    text_ += got;
    return got;
  }
  [[nodiscard]] std::int64_t taken() const noexcept override { return packed_->taken(); }
  [[nodiscard]] std::int64_t total() const noexcept override { return packed_->total(); }

 private:
  void refill() {
    const std::size_t got = packed_->read(input_.data(), input_.size());
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    if (got == 0 && !between_members_) {
      fail("ends early");
    }
  }

  void step() {
    if (between_members_ && !next_member()) {
      return;
    }
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      between_members_ = true;
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      fail("is damaged");
    }
  }

  /// Starts the member that begins at the next byte, if there is one.
  bool next_member() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) {
      ended_ = at_end();
      return false;
    }
    if (*stream_.next_in != static_cast<Bytef>(gzip_magic[0])) {
      fail("is followed by other bytes");
    }
    inflateReset(&stream_);
    between_members_ = false;
    return true;
  }

  bool at_end() {
    refill();
    return stream_.avail_in == 0;
  }

  [[noreturn]] void fail(const char* what) const {
    throw Error(ErrorCode::invalid_data,
                fmt::format("{}: the gzip stream {}, after {} bytes of text. Copy or pack the file "
                            "again.",
                            name_,
                            what,
                            text_));
  }

  std::unique_ptr<Source> packed_;
  std::string name_;
  std::vector<char> input_;
  z_stream stream_{};
  bool between_members_ = false;
  bool ended_ = false;
  std::size_t text_ = 0;
};

std::unique_ptr<Source> unpacked(std::unique_ptr<Source> source, const std::string& name) {
  std::string first(gzip_magic.size(), '\0');
  std::size_t size = 0;
  while (size < first.size()) {
    const std::size_t got = source->read(first.data() + size, first.size() - size);
    if (got == 0) {
      break;
    }
    size += got;
  }
  first.resize(size);
  const bool packed = first == gzip_magic;
  auto whole = std::make_unique<ResumedSource>(std::move(first), std::move(source));
  if (packed) {
    return std::make_unique<GzipSource>(std::move(whole), name);
  }
  return whole;
}

}  // namespace

std::unique_ptr<Source> open_source(const std::filesystem::path& path) {
  return unpacked(std::make_unique<FileSource>(path), name_of(path));
}

std::unique_ptr<Source> memory_source(std::string_view bytes, const std::string& name) {
  return unpacked(std::make_unique<MemorySource>(bytes), name);
}

std::string name_of(const std::filesystem::path& path) {
  return path == "-" ? "standard input" : path.string();
}

}  // namespace alsace
