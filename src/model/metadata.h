#pragma once

#include "alsace/model.h"

#include "model/header.h"

#include <string_view>

namespace alsace {

/// The oldest format that can hold the model: what it writes, programs of before read as well.
int format_of(const Model& model);

/// Everything of a model that is no tensor, and the checksums of those that are. All values are
/// text, as safetensors demands; what has parts is JSON in it, whose numbers read back exactly.
Metadata metadata_of(const Model& model,
                     std::string_view program_version,
                     const std::map<std::string, std::string>& checksums);

/// Puts what metadata_of wrote into the model and returns the checksums by tensor.
/// @throws FormatError when a part is missing, unknown, or of the wrong type.
std::map<std::string, std::string> take_metadata(const FileHeader& header, Model& model);

}  // namespace alsace
