#pragma once

#include "alsace/error.h"

#include <string>

#include <gtest/gtest.h>

namespace alsace::test {

/// The message of the error that a call ends with, which must have that code.
std::string error_of(ErrorCode code, const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace alsace::test
