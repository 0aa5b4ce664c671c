#pragma once

#include "read/source.h"

#include <memory>

namespace alsace {

/// The same bytes, or, where they begin with a byte order mark of UTF-16, its text as UTF-8 without
/// the mark; halves of characters become U+FFFD.
std::unique_ptr<Source> without_utf16(std::unique_ptr<Source> source);

}  // namespace alsace
