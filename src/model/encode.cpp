#include "base/hash.h"
#include "model/check.h"
#include "model/metadata.h"
#include "model/model_file.h"

#include <array>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::array<std::byte, tensor_alignment> zeros{};

std::string checksum_of(const TensorSource& source) {
  Hasher hasher;
  source.read([&](std::span<const std::byte> bytes) { hasher.add(bytes); });
  return hex(hasher.digest());
}

std::uint64_t padding_after(std::uint64_t end) {
  return (tensor_alignment - end % tensor_alignment) % tensor_alignment;
}

/// One tensor after the other, each on the alignment by a padding tensor where needed: safetensors
/// allows no gaps.
std::vector<TensorInfo> place(const std::vector<TensorSource>& sources) {
  std::vector<TensorInfo> tensors;
  std::uint64_t end = 0;
  int paddings = 0;
  for (const TensorSource& source : sources) {
    if (const std::uint64_t padding = padding_after(end); padding > 0) {
      tensors.push_back({.name = fmt::format("padding_{}", paddings++),
                         .dtype = Dtype::u8,
                         .shape = {padding},
                         .begin = end,
                         .end = end + padding});
      end += padding;
    }
    tensors.push_back({.name = std::string(source.name),
                       .dtype = source.dtype,
                       .shape = source.shape,
                       .begin = end,
                       .end = end + source.bytes()});
    end += source.bytes();
  }
  return tensors;
}

}  // namespace

void encode_model(const Model& model, std::string_view program_version, const ByteSink& sink) {
  check_model(model);
  const std::vector<TensorSource> sources = tensors_of(model);
  std::map<std::string, std::string> checksums;
  for (const TensorSource& source : sources) {
    checksums.emplace(source.name, checksum_of(source));
  }
  const std::vector<TensorInfo> tensors = place(sources);
  const std::string header =
      header_bytes(format_of(model), metadata_of(model, program_version, checksums), tensors);
  sink(std::as_bytes(std::span(header)));
  auto source = sources.begin();
  for (const TensorInfo& tensor : tensors) {
    if (is_padding(tensor)) {
      sink(std::span(zeros).first(tensor.end - tensor.begin));
    } else {
      (source++)->read(sink);
    }
  }
}

}  // namespace alsace
