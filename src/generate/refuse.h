#pragma once

#include "alsace/error.h"
#include "alsace/interactions.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace alsace {

/// Refuses an option of a generator.
template <class T>
[[noreturn]] void refuse_option(std::string_view option, T value, const std::string& rule) {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("generate: {} is {}, it must be {}.", option, value, rule));
}

inline void check_sizes(Index users, Index items) {
  if (users < 1) {
    refuse_option("users", users, "1 or more");
  }
  if (items < 1) {
    refuse_option("items", items, "1 or more");
  }
}

}  // namespace alsace
