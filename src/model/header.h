#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace alsace {

// The constants of docs/model_format.md.

inline constexpr int model_format_version = 2;  ///< The latest; all before it are read as well.
inline constexpr std::size_t tensor_alignment = 64;
inline constexpr std::size_t most_header_bytes = std::size_t{1}
                                                 << 20;  ///< Real ones are about 4 KB.
/// What follows the 8 bytes of the header's length: the mark of a model file, of any version.
inline constexpr std::string_view header_start =
    R"({"__metadata__":{"format":"alsace model","version":")";

/// What is wrong with a model or with its bytes. Whoever knows the file's name adds it, and what
/// to do next.
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The bytes are not those of a model file.
class ForeignFile : public FormatError {
 public:
  using FormatError::FormatError;
};

/// They are those of a later format than this program reads.
class LaterFormat : public FormatError {
 public:
  using FormatError::FormatError;
};

/// Element types, as safetensors names them.
enum class Dtype { u8, i32, i64, f32, f64 };

std::string_view to_string(Dtype dtype) noexcept;
std::size_t size_of(Dtype dtype) noexcept;

/// One tensor's place in the file; begin and end count from the end of the header.
struct TensorInfo {
  std::string name = {};
  Dtype dtype = Dtype::u8;
  std::vector<std::uint64_t> shape = {};
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Padding tensors put every other tensor on tensor_alignment.
bool is_padding(const TensorInfo& tensor) noexcept;

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct FileHeader {
  int version = model_format_version;
  std::map<std::string, std::string, std::less<>> metadata = {};
  std::vector<TensorInfo> tensors = {};  ///< By place in the file.
  std::size_t bytes = 0;                 ///< Of the header with its length: where data begins.
};

/// Length, JSON and blanks up to the first tensor, with the header's checksum filled in.
/// @throws FormatError when it would be longer than most_header_bytes.
std::string header_bytes(int version,
                         const Metadata& metadata,
                         const std::vector<TensorInfo>& tensors);

/// The header of a whole file. Afterwards the tensors cover the rest of the file without gap or
/// overlap, each with as many bytes as its shape says.
/// @throws FormatError for anything else.
FileHeader read_header(std::span<const std::byte> file, bool verify_checksum);

/// JSON without repeated keys or deep nesting. @throws FormatError naming `what`.
nlohmann::json parse_json(std::string_view text, std::string_view what);

}  // namespace alsace
