#pragma once

#include "alsace/model.h"

#include "model/tensors.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace alsace {

/// The bytes of a model file, in order. Large tensors are not copied whole.
/// @throws FormatError when the model's parts do not fit together.
void encode_model(const Model& model, std::string_view program_version, const ByteSink& sink);

/// A program that makes up files, as a fuzzer does, skips checksums to get past them.
enum class Checksums { verify, skip };

/// The model in the bytes of a whole file. Factors stay where they are when `owner`, which keeps
/// the bytes alive, is given and they are aligned for the kernels; all else is copied.
/// @throws FormatError for anything wrong; never reads outside `file`.
Model decode_model(std::span<const std::byte> file,
                   const std::shared_ptr<const void>& owner,
                   Checksums checksums);

}  // namespace alsace
