#include "alsace/error.h"
#include "alsace/model.h"

#include "model/model_file.h"

#include <atomic>
#include <cerrno>
#include <system_error>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alsace {
namespace {

const char* advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "Free some space, or save elsewhere.";
    case EFBIG:
      return "Raise the file size limit (ulimit -f), or save elsewhere.";
    case EACCES:
    case EPERM:
    case EROFS:
      return "Save to a folder you may write to.";
    case ENOENT:
    case ENOTDIR:
      return "Make the folder first, or save elsewhere.";
    default:
      return "Check the disk, or save elsewhere.";
  }
}

[[noreturn]] void refuse(const std::filesystem::path& path,
                         const std::string& reason,
                         const char* next) {
  throw Error(ErrorCode::io_error,
              fmt::format("save: {} cannot be written: {}. {}", path.string(), reason, next));
}

/// The file beside the target that becomes it when whole, and goes away when not.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target) : target_(target) {
    static std::atomic<unsigned> serial = 0;
    do {  // A name left behind by a process that was killed is passed over.
      path_ = fmt::format("{}.alsace.tmp{}-{}", target.string(), ::getpid(), serial++);
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 && errno == EEXIST);
    check(descriptor_ >= 0);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
    if (!renamed_) {
      ::unlink(path_.c_str());
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ::ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      check(written > 0);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  /// Gives the file the rights of the one it replaces, where the file system knows rights.
  void keep_rights() const {
    struct stat old{};
    if (::stat(target_.c_str(), &old) == 0) {
      std::ignore = ::fchmod(descriptor_, old.st_mode & 07777U);
    }
  }

  void become_target() {
    check(::fsync(descriptor_) == 0);
    const int descriptor = std::exchange(descriptor_, -1);
    check(::close(descriptor) == 0);
    check(::rename(path_.c_str(), target_.c_str()) == 0);
    renamed_ = true;
    sync_folder();
  }

 private:
  void check(bool success) const {
    if (!success) {
      const int error = errno == 0 ? EIO : errno;
      refuse(target_, std::generic_category().message(error), advice(error));
    }
  }

  /// Makes the rename itself last. Some file systems cannot, and the file is whole either way.
  void sync_folder() const {
    const std::filesystem::path folder = target_.parent_path();
    const int descriptor =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
      ::fsync(descriptor);
      ::close(descriptor);
    }
  }

  std::filesystem::path target_;
  std::string path_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

/// The file to replace: what a link points to, so that the link stays.
std::filesystem::path target_of(const std::filesystem::path& path) {
  if (path.empty() || path == "-") {
    refuse(path.empty() ? "''" : path, "a model needs a file of its own", "Name a file.");
  }
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status) || !path.has_filename()) {
    refuse(path, "it is a folder", "Name a file in it.");
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    refuse(path, "it is a pipe or a device, which renaming would replace", "Name a file.");
  }
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, error)) &&
      std::filesystem::exists(status)) {
    return std::filesystem::canonical(path);
  }
  return path;
}

void write_model(const Model& model, const std::string& target, const ByteSink& sink) {
  try {
    encode_model(model, ALSACE_VERSION, sink);
  } catch (const FormatError& error) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("save: the model for {} cannot be written: {}. Fill in what is missing "
                            "before saving.",
                            target,
                            error.what()));
  }
}

}  // namespace

void save_model(const Model& model, const std::filesystem::path& path) {
  TemporaryFile file(target_of(path));
  write_model(model, path.string(), [&](std::span<const std::byte> bytes) { file.write(bytes); });
  file.keep_rights();
  file.become_target();
}

std::vector<std::byte> to_bytes(const Model& model) {
  std::vector<std::byte> file;
  write_model(model, "memory", [&](std::span<const std::byte> bytes) {
    file.insert(file.end(), bytes.begin(), bytes.end());
  });
  return file;
}

}  // namespace alsace
