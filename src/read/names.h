#pragma once

#include "read/layout.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// The columns that a header's names give, Layout::none where there is none. For each role the
/// plain names (user, item, value, rating, time, timestamp) come before the others.
/// @throws Error invalid_data when two columns may be meant for one role.
std::array<int, roles> named_columns(std::span<const std::string_view> header,
                                     const std::string& where);

/// The columns that --columns gives, by name or position.
/// @throws Error invalid_argument for a name or position that is not there, and what there is.
std::array<int, roles> chosen_columns(std::span<const std::string> chosen,
                                      std::span<const std::string_view> first_line,
                                      const std::string& where);

/// Does any of them ask for a name?
bool asks_for_names(std::span<const std::string> chosen) noexcept;

/// @throws Error invalid_argument unless there are two to four, with a user and an item.
void check_chosen(std::span<const std::string> chosen);

/// "user,item,rating"
std::string joined(std::span<const std::string_view> fields);

}  // namespace alsace
