#pragma once

#include <stdexcept>
#include <string>

namespace alsace {

/// What went wrong, one value per reaction a caller can have.
enum class ErrorCode {
  invalid_argument,    ///< An option, shape or row number is out of its range: fix the call.
  invalid_data,        ///< An input can be read but not understood: fix the file.
  unknown_id,          ///< A user or item id is not in the model: use another, or fold in.
  io_error,            ///< The operating system refused a file: check path, disk, rights.
  incompatible_model,  ///< A model file is damaged or of a newer format: update or train again.
  numerical_failure,   ///< A row's system has no solution: change the option the message names.
};

/// The only exception the library throws. The message says where, what the value was, what it must
/// be and what to do next, and is meant to be shown as it is.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace alsace
