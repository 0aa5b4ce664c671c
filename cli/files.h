#pragma once

#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace::cli {

using Paths = std::vector<std::filesystem::path>;

Paths to_paths(std::span<const std::string> names);

/// Checks that inputs are there and can be read ("-", standard input, at most once) before any
/// work. @throws Error io_error, or invalid_argument.
void check_inputs(std::span<const std::filesystem::path> files);

/// Checks that a file can be made at `path` before any work. `option` names it in the message.
void check_output(const std::filesystem::path& path, std::string_view option);
/// The same for what must be a file of its own: a device or pipe is refused.
void check_file_output(const std::filesystem::path& path, std::string_view option);

/// True for two names of one file, there already or not.
bool same_file(const std::filesystem::path& one, const std::filesystem::path& other);
/// Refuses to write over what is read. @throws Error invalid_argument.
void check_not_input(const std::filesystem::path& path,
                     std::string_view option,
                     std::span<const std::filesystem::path> inputs);

/// The ids of a file, one per line; blank lines do not count.
std::vector<std::string> read_ids(const std::filesystem::path& file);

/// A text file that appears whole or not at all: written under a temporary name and renamed by
/// commit(). "-" is standard output, and devices and pipes are written as they are.
class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void fail(std::string_view what);

  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< Empty when written directly.
  std::FILE* file_ = nullptr;
};

}  // namespace alsace::cli
