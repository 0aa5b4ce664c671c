#include "alsace/error.h"
#include "alsace/model.h"

#include "model/model_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alsace {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path,
                         const std::string& reason,
                         const char* next) {
  throw Error(ErrorCode::io_error,
              fmt::format("load: {} cannot be read: {}. {}", path.string(), reason, next));
}

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      // Without O_NONBLOCK a named pipe would wait for a writer.
      : value_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return value_; }

 private:
  int value_;
};

/// A file's bytes, read only, mapped for as long as somebody holds the owner.
struct Mapping {
  std::shared_ptr<const void> owner = {};
  std::span<const std::byte> bytes = {};
};

Mapping map_file(const std::filesystem::path& path) {
  const Descriptor file(path);
  struct stat status{};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    refuse(path, reason_of(errno), "Check the path and its rights.");
  }
  if (S_ISDIR(status.st_mode)) {
    refuse(path, "it is a folder", "Name the model file in it.");
  }
  if (!S_ISREG(status.st_mode)) {
    refuse(path, "it is a pipe or a device", "Copy the model to a file first.");
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) {
    return {};
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) {  // NOLINT: the system's own cast
    refuse(path, reason_of(errno), "Free memory, or raise the address space limit (ulimit -v).");
  }
  return {.owner = {data, [size](void* mapped) { ::munmap(mapped, size); }},
          .bytes = {static_cast<const std::byte*>(data), size}};
}

/// `name` is what errors call the bytes.
Model decode(const Mapping& mapping, const std::string& name) {
  const auto incompatible = [&](const std::string& what) {
    return Error(ErrorCode::incompatible_model, name + " " + what);
  };
  try {
    return decode_model(mapping.bytes, mapping.owner, Checksums::verify);
  } catch (const LaterFormat& error) {
    throw incompatible(
        fmt::format("{}. Update alsace, or save the model again with it.", error.what()));
  } catch (const ForeignFile& error) {
    throw incompatible(fmt::format("{}. Name a file that alsace train has written.", error.what()));
  } catch (const FormatError& error) {
    throw incompatible(
        fmt::format("is damaged: {}. Copy the file again, or train again.", error.what()));
  }
}

}  // namespace

Model load_model(const std::filesystem::path& path) {
  return decode(map_file(path), path.string());
}

Model from_bytes(std::span<const std::byte> bytes) {
  return decode({.owner = nullptr, .bytes = bytes}, "the bytes of a model");
}

}  // namespace alsace
