#include "model/header.h"

#include "base/hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace alsace {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors are little-endian and mapped as they are");

constexpr std::size_t length_bytes = 8;
constexpr std::string_view checksum_key = R"(","checksum":")";
constexpr std::string_view unknown_checksum = "0000000000000000";
constexpr std::size_t deepest_json = 4;
constexpr std::array dtypes = {std::pair{Dtype::u8, "U8"},
                               std::pair{Dtype::i32, "I32"},
                               std::pair{Dtype::i64, "I64"},
                               std::pair{Dtype::f32, "F32"},
                               std::pair{Dtype::f64, "F64"}};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT
}

static_assert(model_format_version < 10, "a version of one digit is assumed");

/// Where the digits of the checksum stand in a file.
constexpr std::size_t checksum_place = length_bytes + header_start.size() + 1 + checksum_key.size();

/// XXH3 of length and header, the digits of the checksum itself taken as zeros.
std::string checksum_of(std::string_view header) {
  const std::size_t place = checksum_place;
  Hasher hasher;
  hasher.add(header.substr(0, place)).add(unknown_checksum);
  hasher.add(header.substr(place + unknown_checksum.size()));
  return hex(hasher.digest());
}

/// The format version. Refuses files of other programs and of later formats before anything else
/// is looked at.
int check_start(std::string_view file) {
  if (file.empty()) {
    throw ForeignFile("is empty, not a model");
  }
  if (file.size() < length_bytes ||
      file.substr(length_bytes, header_start.size()) != header_start) {
    throw ForeignFile("is not a model file");
  }
  const std::string_view rest = file.substr(length_bytes + header_start.size());
  int version = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), version);
  if (parsed.ec != std::errc{} || version < 1) {
    throw FormatError("its format version cannot be read");
  }
  if (version > model_format_version) {
    throw LaterFormat(
        fmt::format("has format {}, this program reads 1 to {}", version, model_format_version));
  }
  const std::string_view after =
      file.substr(std::min(file.size(), checksum_place - checksum_key.size()));
  if (!after.starts_with(checksum_key)) {
    throw FormatError("its header has no checksum");
  }
  return version;
}

/// Length and JSON of the header, with its padding.
std::string_view whole_header(std::string_view file) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), length_bytes);
  const std::size_t available = file.size() - length_bytes;
  if (length > std::min(available, most_header_bytes)) {
    throw FormatError(
        fmt::format("its header says it is {} bytes long, there are {} and at most "
                    "{} are allowed",
                    length,
                    available,
                    most_header_bytes));
  }
  const auto end = length_bytes + static_cast<std::size_t>(length);
  if (end % tensor_alignment != 0 || end < checksum_place + unknown_checksum.size()) {
    throw FormatError(fmt::format("its header cannot be {} bytes long", length));
  }
  return file.substr(0, end);
}

/// Follows the parser to refuse what an object would silently swallow.
class JsonGuard {
 public:
  explicit JsonGuard(std::string_view what) : what_(what) {}

  bool operator()(nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      keys_.emplace_back();
      if (keys_.size() > deepest_json) {
        throw FormatError(fmt::format("{} is nested too deeply", what_));
      }
    } else if (event == Event::object_end || event == Event::array_end) {
      keys_.pop_back();
    } else if (event == Event::key &&
               !keys_.back().insert(parsed.get_ref<const std::string&>()).second) {
      throw FormatError(
          fmt::format("{} has '{}' twice", what_, parsed.get_ref<const std::string&>()));
    }
    return true;
  }

 private:
  std::string_view what_;
  std::vector<std::set<std::string, std::less<>>> keys_;
};

Dtype parse_dtype(const nlohmann::json& word, const std::string& name) {
  for (const auto& [dtype, known] : dtypes) {
    if (word == known) {
      return dtype;
    }
  }
  throw FormatError(fmt::format("tensor {} has a dtype other than U8, I32, I64, F32, F64", name));
}

std::vector<std::uint64_t> whole_numbers(const nlohmann::json& array,
                                         const std::string& name,
                                         std::string_view field) {
  const bool fits = array.is_array() && array.size() <= 2 &&
                    std::ranges::all_of(array, [](const nlohmann::json& number) {
                      return number.is_number_unsigned();
                    });
  if (!fits) {
    throw FormatError(
        fmt::format("tensor {} needs one or two whole numbers as its {}", name, field));
  }
  return array.get<std::vector<std::uint64_t>>();
}

/// Bytes of a tensor of this shape, or a number no file can reach when it overflows.
std::uint64_t bytes_of(const TensorInfo& tensor) {
  std::uint64_t bytes = size_of(tensor.dtype);
  for (const std::uint64_t length : tensor.shape) {
    if (length != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / length) {
      return std::numeric_limits<std::uint64_t>::max();
    }
    bytes *= length;
  }
  return bytes;
}

TensorInfo parse_tensor(const std::string& name, const nlohmann::json& fields) {
  if (!fields.is_object() || fields.size() != 3 || !fields.contains("dtype") ||
      !fields.contains("shape") || !fields.contains("data_offsets")) {
    throw FormatError(
        fmt::format("tensor {} must have dtype, shape and data_offsets, nothing else", name));
  }
  TensorInfo tensor{.name = name, .dtype = parse_dtype(fields["dtype"], name)};
  tensor.shape = whole_numbers(fields["shape"], name, "shape");
  const auto offsets = whole_numbers(fields["data_offsets"], name, "data_offsets");
  if (tensor.shape.empty() || offsets.size() != 2) {
    throw FormatError(fmt::format("tensor {} has no shape or not two data_offsets", name));
  }
  tensor.begin = offsets[0];
  tensor.end = offsets[1];
  if (tensor.end < tensor.begin || tensor.end - tensor.begin != bytes_of(tensor)) {
    throw FormatError(
        fmt::format("tensor {} has data_offsets {} to {}, which is not what {} "
                    "values of {} need",
                    name,
                    tensor.begin,
                    tensor.end,
                    fields["shape"].dump(),
                    to_string(tensor.dtype)));
  }
  return tensor;
}

std::vector<TensorInfo> parse_tensors(const nlohmann::json& json) {
  std::vector<TensorInfo> tensors;
  for (const auto& [name, fields] : json.items()) {
    if (name != "__metadata__") {
      tensors.push_back(parse_tensor(name, fields));
    }
  }
  std::ranges::sort(tensors, [](const TensorInfo& a, const TensorInfo& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  return tensors;
}

/// Every byte after the header belongs to exactly one tensor, and all but padding is aligned.
void check_places(const std::vector<TensorInfo>& tensors, std::uint64_t data_bytes) {
  std::uint64_t covered = 0;
  for (const TensorInfo& tensor : tensors) {
    if (tensor.begin != covered) {
      throw FormatError(fmt::format("tensor {} begins at byte {} of the data, it must be {}",
                                    tensor.name,
                                    tensor.begin,
                                    covered));
    }
    if (!is_padding(tensor) && tensor.begin % tensor_alignment != 0) {
      throw FormatError(
          fmt::format("tensor {} begins at byte {} of the data, which is no "
                      "multiple of {}",
                      tensor.name,
                      tensor.begin,
                      tensor_alignment));
    }
    covered = tensor.end;
  }
  if (covered != data_bytes) {
    throw FormatError(fmt::format("its tensors need {} bytes, there are {}", covered, data_bytes));
  }
}

}  // namespace

std::string_view to_string(Dtype dtype) noexcept {
  return dtypes[static_cast<std::size_t>(dtype)].second;
}

std::size_t size_of(Dtype dtype) noexcept {
  constexpr std::array<std::size_t, dtypes.size()> sizes = {1, 4, 8, 4, 8};
  return sizes[static_cast<std::size_t>(dtype)];
}

bool is_padding(const TensorInfo& tensor) noexcept {
  return tensor.name.starts_with("padding_") && tensor.dtype == Dtype::u8 &&
         tensor.end - tensor.begin < tensor_alignment;
}

std::string header_bytes(int version,
                         const Metadata& metadata,
                         const std::vector<TensorInfo>& tensors) {
  nlohmann::ordered_json json;
  auto& texts = json["__metadata__"];
  texts["format"] = "alsace model";
  texts["version"] = std::to_string(version);
  texts["checksum"] = unknown_checksum;
  for (const auto& [key, text] : metadata) {
    texts[key] = text;
  }
  for (const TensorInfo& tensor : tensors) {
    json[tensor.name] = {{"dtype", to_string(tensor.dtype)},
                         {"shape", tensor.shape},
                         {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string header(length_bytes, '\0');
  header += json.dump();
  header.append((tensor_alignment - header.size() % tensor_alignment) % tensor_alignment, ' ');
  const std::uint64_t length = header.size() - length_bytes;
  if (length > most_header_bytes) {
    throw FormatError(
        fmt::format("its header would be {} bytes long, at most {} are allowed; "
                    "shorten the warnings in its summary",
                    length,
                    most_header_bytes));
  }
  std::memcpy(header.data(), &length, length_bytes);
  header.replace(checksum_place, unknown_checksum.size(), checksum_of(header));
  return header;
}

FileHeader read_header(std::span<const std::byte> file, bool verify_checksum) {
  const std::string_view text = text_of(file);
  const int version = check_start(text);
  const std::string_view header = whole_header(text);
  if (verify_checksum &&
      header.substr(checksum_place, unknown_checksum.size()) != checksum_of(header)) {
    throw FormatError("its header does not match its checksum");
  }
  const nlohmann::json json = parse_json(header.substr(length_bytes), "its header");
  FileHeader result{.version = version, .bytes = header.size()};
  for (const auto& [key, value] : json["__metadata__"].items()) {
    if (!value.is_string()) {
      throw FormatError(fmt::format("its metadata '{}' is no text", key));
    }
    result.metadata.emplace(key, value.get<std::string>());
  }
  result.tensors = parse_tensors(json);
  check_places(result.tensors, file.size() - header.size());
  return result;
}

nlohmann::json parse_json(std::string_view text, std::string_view what) {
  JsonGuard guard(what);
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    return guard(event, parsed);
  };
  try {
    // To this parser a NUL is the end of the text.
    if (nlohmann::json json = nlohmann::json::parse(text, watch);
        json.is_object() && text.find('\0') == std::string_view::npos) {
      return json;
    }
  } catch (const nlohmann::json::exception&) {  // Its message would not help the reader.
  }
  throw FormatError(fmt::format("{} is not a JSON object", what));
}

}  // namespace alsace
