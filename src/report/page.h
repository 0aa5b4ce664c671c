#pragma once

#include <string>
#include <string_view>

namespace alsace {

/// The page built from web/, with the JSON document in it, written so that no text in it can end
/// the script element.
std::string page_with(std::string_view json);

}  // namespace alsace
