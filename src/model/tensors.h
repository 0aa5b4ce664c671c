#pragma once

#include "alsace/model.h"

#include "model/header.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace alsace {

using ByteSink = std::function<void(std::span<const std::byte>)>;

/// One array of a model as the file wants it: rows of bytes, which in memory may stand apart.
struct TensorSource {
  std::string_view name = {};
  Dtype dtype = Dtype::u8;
  std::vector<std::uint64_t> shape = {};
  const void* data = nullptr;
  std::size_t rows = 1;
  std::size_t row_bytes = 0;
  std::size_t stride_bytes = 0;

  [[nodiscard]] std::size_t bytes() const noexcept { return rows * row_bytes; }
  /// Gives its bytes to `sink` in order: at once where they are together, else by blocks of rows.
  void read(const ByteSink& sink) const;
};

/// All tensors of a model but padding, in the order of the file. Arrays that a model does not have
/// (biases, interactions, low pairs) are left out. They look into the model.
std::vector<TensorSource> tensors_of(const Model& model);

}  // namespace alsace
