#pragma once

#include "alsace/read.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace alsace {

/// read_interactions of a file that is in memory, in blocks of a chosen size: for tests.
Interactions read_text(std::string_view text,
                       const std::string& name,
                       const ReadOptions& options = {},
                       ReadReport* report = nullptr,
                       std::size_t block_size = std::size_t{1} << 20);

/// read_items of a file that is in memory.
ItemTable read_items_text(std::string_view text,
                          const std::string& name,
                          const std::optional<std::string>& delimiter = {});

}  // namespace alsace
