#pragma once

#include "option_groups.h"

#include <filesystem>
#include <string>

namespace alsace::cli {

/// Training options that a file gives, as `tune` writes them or a person does.
struct Config {
  std::string file;
  TrainingOptions options;  ///< What the file does not name is not given.
};

/// Reads a JSON object of options, {"factors": 64, "regularization": 0.1}, or a document that holds
/// such an object under "options", whose other keys are facts that nothing is read from. Names are
/// those of TrainOptions, words those of the command line; also "preset".
/// @throws Error io_error when the file cannot be read; invalid_argument, which names file and key,
///         for what is no JSON, an unknown option, a value of another type or out of its range.
Config read_config(const std::filesystem::path& file);

}  // namespace alsace::cli
