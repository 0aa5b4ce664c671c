#include "model/tensors.h"

#include "base/hash.h"

#include <algorithm>
#include <cstring>

namespace alsace {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 18;

template <class T>
TensorSource array(std::string_view name, Dtype dtype, std::span<const T> values) {
  return {.name = name,
          .dtype = dtype,
          .shape = {values.size()},
          .data = values.data(),
          .rows = 1,
          .row_bytes = values.size_bytes(),
          .stride_bytes = values.size_bytes()};
}
TensorSource array(std::string_view name, const std::vector<float>& values) {
  return array(name, Dtype::f32, std::span(values));
}
TensorSource array(std::string_view name, const std::vector<double>& values) {
  return array(name, Dtype::f64, std::span(values));
}
TensorSource array(std::string_view name, const std::vector<std::int64_t>& values) {
  return array(name, Dtype::i64, std::span(values));
}
TensorSource array(std::string_view name, const std::vector<Index>& values) {
  return array(name, Dtype::i32, std::span(values));
}

TensorSource table(std::string_view name, const FactorTable& factors) {
  const auto rows = static_cast<std::size_t>(factors.rows());
  const auto columns = static_cast<std::size_t>(factors.factors());
  return {.name = name,
          .dtype = Dtype::f32,
          .shape = {rows, columns},
          .data = factors.data(),
          .rows = rows,
          .row_bytes = columns * sizeof(float),
          .stride_bytes = factors.stride() * sizeof(float)};
}

/// Where the three arrays of a matrix go.
struct CsrNames {
  std::string_view offsets;
  std::string_view items;
  std::string_view values;
};

void add_csr(std::vector<TensorSource>& tensors, const CsrNames& names, const CsrMatrix& matrix) {
  if (matrix.rows == 0) {
    return;
  }
  tensors.push_back(array(names.offsets, matrix.offsets));
  tensors.push_back(array(names.items, matrix.indices));
  if (!matrix.values.empty()) {
    tensors.push_back(array(names.values, matrix.values));
  }
}

void add_ids(std::vector<TensorSource>& tensors,
             std::string_view bytes_name,
             std::string_view offsets_name,
             const IdTable& ids) {
  tensors.push_back(
      array(bytes_name, Dtype::u8, std::span<const char>(ids.bytes().data(), ids.bytes().size())));
  tensors.push_back(array(offsets_name, Dtype::i64, ids.offsets()));
}

/// How training went is no part of what the model is.
bool is_history(const TensorSource& tensor) {
  return tensor.name == "objective" || tensor.name == "seconds";
}

}  // namespace

void TensorSource::read(const ByteSink& sink) const {
  const auto* from = static_cast<const std::byte*>(data);
  if (rows == 1 || row_bytes == stride_bytes) {
    sink({from, bytes()});
    return;
  }
  const std::size_t block_rows = std::max<std::size_t>(1, block_bytes / row_bytes);
  std::vector<std::byte> block(std::min(rows, block_rows) * row_bytes);
  for (std::size_t row = 0; row < rows; row += block_rows) {
    const std::size_t count = std::min(block_rows, rows - row);
    for (std::size_t i = 0; i < count; ++i) {
      std::memcpy(&block[i * row_bytes], from + (row + i) * stride_bytes, row_bytes);
    }
    sink(std::span(block).first(count * row_bytes));
  }
}

std::vector<TensorSource> tensors_of(const Model& model) {
  std::vector<TensorSource> tensors = {table("user_factors", model.user_factors),
                                       table("item_factors", model.item_factors)};
  if (model.previous_item_factors.rows() > 0) {
    tensors.push_back(table("previous_item_factors", model.previous_item_factors));
  }
  if (model.options.biases) {
    tensors.push_back(array("user_biases", model.user_biases));
    tensors.push_back(array("item_biases", model.item_biases));
  }
  tensors.push_back(array("user_counts", model.user_counts));
  tensors.push_back(array("item_counts", model.item_counts));
  tensors.push_back(array("spectrum", model.spectrum));
  add_ids(tensors, "user_ids", "user_id_offsets", model.user_ids);
  add_ids(tensors, "item_ids", "item_id_offsets", model.item_ids);
  add_csr(tensors,
          {"interaction_offsets", "interaction_items", "interaction_values"},
          model.interactions);
  add_csr(tensors, {"low_offsets", "low_items", "low_values"}, model.low);
  tensors.push_back(array("objective", model.summary.objective));
  tensors.push_back(array("seconds", model.summary.seconds));
  return tensors;
}

std::string model_hash(const Model& model) {
  Hasher hasher;
  for (const TensorSource& tensor : tensors_of(model)) {
    if (is_history(tensor)) {
      continue;
    }
    // Name and shape mark where one array ends and the next begins.
    hasher.add(tensor.name).add(std::span<const std::uint64_t>(tensor.shape));
    tensor.read([&](std::span<const std::byte> bytes) { hasher.add(bytes); });
  }
  return hex(hasher.digest());
}

}  // namespace alsace
