#include "alsace/error.h"

#include "base/hash.h"
#include "model/check.h"
#include "model/metadata.h"
#include "model/model_file.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::uint64_t most_rows = std::numeric_limits<Index>::max();
constexpr std::uint64_t most_factors = 65536;

/// The tensors of a file, each to be taken once under its name.
class Tensors {
 public:
  Tensors(const FileHeader& header, std::span<const std::byte> file)
      : version_(header.version), data_(file.subspan(header.bytes)) {
    for (const TensorInfo& tensor : header.tensors) {
      if (is_padding(tensor)) {
        check_padding(tensor);
      } else {
        tensors_.emplace(tensor.name, tensor);
      }
    }
  }

  void verify(const std::map<std::string, std::string>& checksums) const {
    for (const auto& [name, tensor] : tensors_) {
      const auto bytes = bytes_of(tensor);
      const auto expected = checksums.find(name);
      if (expected == checksums.end() ||
          expected->second != hex(hash_bytes(bytes.data(), bytes.size()))) {
        throw FormatError(fmt::format("tensor {} does not match its checksum", name));
      }
    }
    if (checksums.size() != tensors_.size()) {
      throw FormatError("it has checksums of tensors that are not there");
    }
  }

  [[nodiscard]] bool has(const std::string& name) const { return tensors_.contains(name); }

  template <class T>
  std::vector<T> take_array(const std::string& name, Dtype dtype) {
    const TensorInfo tensor = take(name, dtype, 1);
    std::vector<T> values(tensor.shape[0]);
    copy(bytes_of(tensor), values.data());
    return values;
  }
  std::vector<float> take_floats(const std::string& name) {
    return take_array<float>(name, Dtype::f32);
  }
  std::vector<double> take_doubles(const std::string& name) {
    return take_array<double>(name, Dtype::f64);
  }
  std::vector<std::int64_t> take_counts(const std::string& name) {
    return take_array<std::int64_t>(name, Dtype::i64);
  }
  std::string take_text(const std::string& name) {
    const TensorInfo tensor = take(name, Dtype::u8, 1);
    std::string text(tensor.shape[0], '\0');
    copy(bytes_of(tensor), text.data());
    return text;
  }

  FactorTable take_factors(const std::string& name, const std::shared_ptr<const void>& owner) {
    const TensorInfo tensor = take(name, Dtype::f32, 2);
    if (tensor.shape[0] > most_rows || tensor.shape[1] < 1 || tensor.shape[1] > most_factors) {
      throw FormatError(fmt::format("tensor {} has shape [{}, {}], at most [{}, {}] is allowed",
                                    name,
                                    tensor.shape[0],
                                    tensor.shape[1],
                                    most_rows,
                                    most_factors));
    }
    const auto rows = static_cast<Index>(tensor.shape[0]);
    const auto factors = static_cast<int>(tensor.shape[1]);
    const std::byte* data = bytes_of(tensor).data();
    const auto address = reinterpret_cast<std::uintptr_t>(data);  // NOLINT
    if (owner != nullptr && tensor.shape[1] == FactorTable::stride_of(factors) &&
        address % tensor_alignment == 0) {
      return {owner, reinterpret_cast<const float*>(data), rows, factors};  // NOLINT
    }
    FactorTable table(rows, factors);
    for (Index row = 0; row < rows; ++row, data += table.row(0).size_bytes()) {
      std::memcpy(table.row(row).data(), data, table.row(row).size_bytes());
    }
    return table;
  }

  void finish() const {
    if (!tensors_.empty()) {
      throw FormatError(fmt::format(
          "it has a tensor {}, which format {} does not know", tensors_.begin()->first, version_));
    }
  }

 private:
  [[nodiscard]] std::span<const std::byte> bytes_of(const TensorInfo& tensor) const {
    return data_.subspan(tensor.begin, tensor.end - tensor.begin);
  }

  void check_padding(const TensorInfo& tensor) const {
    if (std::ranges::any_of(bytes_of(tensor), [](std::byte b) { return b != std::byte{0}; })) {
      throw FormatError(fmt::format("tensor {} must be zeros", tensor.name));
    }
  }

  static void copy(std::span<const std::byte> bytes, void* to) {
    if (!bytes.empty()) {
      std::memcpy(to, bytes.data(), bytes.size());
    }
  }

  TensorInfo take(const std::string& name, Dtype dtype, std::size_t dimensions) {
    auto tensor = tensors_.extract(name);
    if (tensor.empty()) {
      throw FormatError(fmt::format("tensor {} is missing", name));
    }
    if (tensor.mapped().dtype != dtype || tensor.mapped().shape.size() != dimensions) {
      throw FormatError(fmt::format(
          "tensor {} must be {} with {} dimensions", name, to_string(dtype), dimensions));
    }
    return std::move(tensor.mapped());
  }

  int version_;
  std::span<const std::byte> data_;
  std::map<std::string, TensorInfo> tensors_;
};

IdTable take_ids(Tensors& tensors, const std::string& side, IdKind kind) {
  std::string bytes = tensors.take_text(side + "_ids");
  std::vector<std::int64_t> offsets = tensors.take_counts(side + "_id_offsets");
  try {
    IdTable ids = IdTable::from_parts(std::move(bytes), std::move(offsets));
    ids.set_kind(kind);
    return ids;
  } catch (const Error& error) {
    throw FormatError(fmt::format("tensor {}_ids holds no ids ({})", side, error.what()));
  }
}

/// Entries by user; 0 rows when the file has none of them.
CsrMatrix take_csr(Tensors& tensors, const std::string& name, const Model& model) {
  CsrMatrix matrix;
  if (!tensors.has(name + "_offsets")) {
    return matrix;
  }
  matrix.rows = model.user_ids.size();
  matrix.columns = model.item_ids.size();
  matrix.offsets = tensors.take_counts(name + "_offsets");
  matrix.indices = tensors.take_array<Index>(name + "_items", Dtype::i32);
  if (tensors.has(name + "_values")) {
    matrix.values = tensors.take_floats(name + "_values");
  }
  if (matrix.rows == 0) {
    throw FormatError(fmt::format("it has tensor {}_offsets, but no users", name));
  }
  return matrix;
}

}  // namespace

Model decode_model(std::span<const std::byte> file,
                   const std::shared_ptr<const void>& owner,
                   Checksums checksums) {
  const bool verify = checksums == Checksums::verify;
  const FileHeader header = read_header(file, verify);
  Model model;
  const auto expected = take_metadata(header, model);
  Tensors tensors(header, file);
  if (verify) {
    tensors.verify(expected);
  }
  model.user_factors = tensors.take_factors("user_factors", owner);
  model.item_factors = tensors.take_factors("item_factors", owner);
  if (tensors.has("previous_item_factors")) {
    model.previous_item_factors = tensors.take_factors("previous_item_factors", owner);
  }
  if (model.options.biases) {
    model.user_biases = tensors.take_floats("user_biases");
    model.item_biases = tensors.take_floats("item_biases");
  }
  model.user_counts = tensors.take_counts("user_counts");
  model.item_counts = tensors.take_counts("item_counts");
  model.spectrum = tensors.take_doubles("spectrum");
  model.user_ids = take_ids(tensors, "user", model.user_ids.kind());
  model.item_ids = take_ids(tensors, "item", model.item_ids.kind());
  model.interactions = take_csr(tensors, "interaction", model);
  model.low = take_csr(tensors, "low", model);
  model.summary.objective = tensors.take_doubles("objective");
  model.summary.seconds = tensors.take_doubles("seconds");
  tensors.finish();
  check_model(model);
  return model;
}

}  // namespace alsace
