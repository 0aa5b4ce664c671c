#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace alsace {

/// A stream of bytes: a file, standard input, memory, or what gzip makes of one of them.
class Source {
 public:
  virtual ~Source() = default;

  /// Fills up to `size` bytes; 0 only at the end.
  /// @throws Error io_error, or invalid_data for a damaged gzip stream.
  virtual std::size_t read(char* data, std::size_t size) = 0;

  /// Bytes taken so far from the file (for gzip: compressed), and how many it has, 0: not known.
  [[nodiscard]] virtual std::int64_t taken() const noexcept = 0;
  [[nodiscard]] virtual std::int64_t total() const noexcept = 0;
};

/// The file at `path`, or standard input for "-"; unpacked when it begins like gzip.
std::unique_ptr<Source> open_source(const std::filesystem::path& path);

/// Bytes of memory, which must stay alive; unpacked likewise. `name` is for messages.
std::unique_ptr<Source> memory_source(std::string_view bytes, const std::string& name);

/// How messages call the file.
std::string name_of(const std::filesystem::path& path);

}  // namespace alsace
