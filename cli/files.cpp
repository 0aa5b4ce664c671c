#include "files.h"

#include "alsace/error.h"

#include "command_line.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace alsace::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void io_failure(const std::string& message) {
  throw Error(ErrorCode::io_error, message);
}

/// "Did you mean 'plays.csv'?" from the names beside a file that is not there.
std::string similar_name(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return did_you_mean(path.filename().string(), names);
}

}  // namespace

Paths to_paths(std::span<const std::string> names) {
  return {names.begin(), names.end()};
}

void check_inputs(std::span<const fs::path> files) {
  if (std::count(files.begin(), files.end(), fs::path("-")) > 1) {
    refuse("'-' (standard input) is given twice, it can be read once. Name files instead.");
  }
  for (const fs::path& file : files) {
    if (file == "-") {
      continue;
    }
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (!fs::exists(status)) {
      io_failure(fmt::format(
          "{}: there is no such file. Check the path.{}", file.string(), similar_name(file)));
    }
    if (fs::is_directory(status)) {
      io_failure(fmt::format("{}: this is a directory, it must be a file. Name the file in it.",
                             file.string()));
    }
    if (access(file.c_str(), R_OK) != 0) {
      io_failure(fmt::format(
          "{}: {}. Check the rights of the file.", file.string(), std::strerror(errno)));
    }
  }
}

void check_output(const fs::path& path, std::string_view option) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (path.empty() || fs::is_directory(status)) {
    io_failure(fmt::format(
        "{} '{}' is a directory, it must be a file. Add a file name.", option, path.string()));
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return;  // A device or pipe is written as it is.
  }
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error)) {
    io_failure(fmt::format("{} '{}': there is no directory '{}'. Make it first.",
                           option,
                           path.string(),
                           folder.string()));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    io_failure(fmt::format("{} '{}': directory '{}' cannot be written: {}. Choose another path.",
                           option,
                           path.string(),
                           folder.string(),
                           std::strerror(errno)));
  }
}

void check_file_output(const fs::path& path, std::string_view option) {
  check_output(path, option);
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    io_failure(fmt::format("{} '{}' is a device or pipe, it must be a file. Choose another path.",
                           option,
                           path.string()));
  }
}

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code error;
  if (fs::exists(one, error) && fs::exists(other, error)) {
    return fs::equivalent(one, other, error);
  }
  return fs::absolute(one, error).lexically_normal() ==
         fs::absolute(other, error).lexically_normal();
}

void check_not_input(const fs::path& path,
                     std::string_view option,
                     std::span<const fs::path> inputs) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (path == "-" || (fs::exists(status) && !fs::is_regular_file(status))) {
    return;  // Standard output, a device or a pipe: nothing is lost.
  }
  for (const fs::path& input : inputs) {
    if (input != "-" && same_file(path, input)) {
      refuse(
          fmt::format("{} '{}' is also an input, and would be written over. Choose another path.",
                      option,
                      path.string()));
    }
  }
}

std::vector<std::string> read_ids(const fs::path& file) {
  std::ifstream stream;
  if (file != "-") {
    stream.open(file, std::ios::binary);
  }
  std::istream& in = file == "-" ? std::cin : stream;
  std::vector<std::string> ids;
  std::string line;
  bool first = true;
  while (std::getline(in, line)) {
    if (first && line.starts_with("\xEF\xBB\xBF")) {
      line.erase(0, 3);
    }
    first = false;
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    if (!line.empty()) {
      ids.push_back(line);
    }
  }
  if (in.bad() || ids.empty()) {
    throw Error(ErrorCode::invalid_data,
                fmt::format("{}: no ids in it, there must be one per line.", file.string()));
  }
  return ids;
}

OutputFile::OutputFile(fs::path path) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  if (!fs::exists(status) || fs::is_regular_file(status)) {
    temporary_ = path_;
    temporary_ += fmt::format(".tmp{}", getpid());
  }
  file_ = std::fopen((temporary_.empty() ? path_ : temporary_).c_str(), "wb");
  if (file_ == nullptr) {
    fail("cannot be written");
  }
}

OutputFile::~OutputFile() {
  if (file_ != nullptr && file_ != stdout) {
    std::fclose(file_);
  }
  if (!temporary_.empty()) {
    std::error_code error;
    fs::remove(temporary_, error);
  }
}

void OutputFile::fail(std::string_view what) {
  io_failure(fmt::format("{}: {}: {}. Free some space or write elsewhere.",
                         path_ == "-" ? "standard output" : path_.string(),
                         what,
                         std::strerror(errno)));
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) {
    fail("writing failed");
  }
}

void OutputFile::commit() {
  if (std::fflush(file_) != 0) {
    fail("writing failed");
  }
  if (file_ == stdout) {
    return;
  }
  if (std::fclose(std::exchange(file_, nullptr)) != 0) {
    fail("writing failed");
  }
  if (!temporary_.empty() && std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail("renaming the temporary file failed");
  }
  temporary_.clear();
}

}  // namespace alsace::cli
