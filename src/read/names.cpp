#include "read/names.h"

#include "alsace/error.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::array<std::string_view, roles> role_names = {"user", "item", "value", "time"};

using Words = std::array<std::string_view, 7>;

/// Plain names first, then those of well-known data sets.
constexpr std::array<std::array<Words, 2>, roles> known = {{
    {{{"user"}, {"user_id", "userid", "uid"}}},
    {{{"item"}, {"item_id", "itemid", "iid", "movie_id", "movieid", "artist_id", "artistid"}}},
    {{{"value", "rating"}, {"weight", "count", "plays"}}},
    {{{"time", "timestamp"}, {}}},
}};

int column_of_role(std::size_t role,
                   std::span<const std::string> names,
                   std::span<const std::string_view> header,
                   const std::string& where) {
  for (const Words& words : known[role]) {
    int found = Layout::none;
    for (std::size_t column = 0; column < names.size(); ++column) {
      if (names[column].empty() || std::ranges::find(words, names[column]) == words.end()) {
        continue;
      }
      if (found != Layout::none) {
        throw Error(ErrorCode::invalid_data,
                    fmt::format("{}: columns '{}' and '{}' may both be the {}. Name the ones to "
                                "use with --columns USER,ITEM[,VALUE[,TIME]].",
                                where,
                                shown(header[static_cast<std::size_t>(found)]),
                                shown(header[column]),
                                role_names[role]));
      }
      found = static_cast<int>(column);
    }
    if (found != Layout::none) {
      return found;
    }
  }
  return Layout::none;
}

bool is_position(std::string_view text) noexcept {
  return !text.empty() &&
         std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

[[noreturn]] void no_such_column(const std::string& wanted,
                                 std::span<const std::string_view> first_line,
                                 const std::string& where) {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{}: there is no column '{}'. There are {}: {}. Choose of them with "
                          "--columns, by name where there is a header, or by position from 1.",
                          where,
                          shown(wanted),
                          first_line.size(),
                          joined(first_line)));
}

int position(const std::string& wanted,
             std::span<const std::string_view> first_line,
             const std::string& where) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (error != std::errc() || number < 1 || number > first_line.size()) {
    no_such_column(wanted, first_line, where);
  }
  return static_cast<int>(number) - 1;
}

/// As written, or else, where only one is like it, in any case.
int named(const std::string& wanted,
          std::span<const std::string_view> first_line,
          const std::string& where) {
  for (const bool exact : {true, false}) {
    const auto same = [&](std::string_view name) {
      return exact ? trimmed(name) == wanted : lower(trimmed(name)) == lower(wanted);
    };
    const auto found = std::ranges::find_if(first_line, same);
    if (found == first_line.end()) {
      continue;
    }
    if (std::find_if(found + 1, first_line.end(), same) != first_line.end()) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{}: two columns are named '{}', of {}. Choose by position from 1.",
                              where,
                              shown(wanted),
                              joined(first_line)));
    }
    return static_cast<int>(found - first_line.begin());
  }
  no_such_column(wanted, first_line, where);
}

}  // namespace

std::array<int, roles> named_columns(std::span<const std::string_view> header,
                                     const std::string& where) {
  std::vector<std::string> names;
  for (const std::string_view field : header) {
    names.push_back(lower(trimmed(field)));
  }
  std::array<int, roles> column{};
  for (std::size_t role = 0; role < roles; ++role) {
    column[role] = column_of_role(role, names, header, where);
  }
  return column;
}

std::array<int, roles> chosen_columns(std::span<const std::string> chosen,
                                      std::span<const std::string_view> first_line,
                                      const std::string& where) {
  std::array<int, roles> column{};
  column.fill(Layout::none);
  for (std::size_t role = 0; role < chosen.size(); ++role) {
    if (chosen[role] == "-") {
      continue;
    }
    column[role] = is_position(chosen[role]) ? position(chosen[role], first_line, where)
                                             : named(chosen[role], first_line, where);
    if (std::find(column.begin(),
                  column.begin() + static_cast<std::ptrdiff_t>(role),
                  column[role]) != column.begin() + static_cast<std::ptrdiff_t>(role)) {
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("{}: --columns names column {} twice. Each role needs a column of its "
                      "own, - means none.",
                      where,
                      column[role] + 1));
    }
  }
  return column;
}

bool asks_for_names(std::span<const std::string> chosen) noexcept {
  return std::ranges::any_of(
      chosen, [](const std::string& name) { return name != "-" && !is_position(name); });
}

void check_chosen(std::span<const std::string> chosen) {
  if (chosen.empty()) {
    return;
  }
  if (chosen.size() < 2 || chosen.size() > roles || chosen[0] == "-" || chosen[1] == "-") {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("columns: '{}' does not name a user and an item. Give two to four names "
                    "or positions: USER,ITEM[,VALUE[,TIME]]; - for no value or no time.",
                    fmt::join(chosen, ",")));
  }
}

std::string joined(std::span<const std::string_view> fields) {
  constexpr std::size_t most = 30;
  std::string text;
  for (std::size_t i = 0; i < fields.size() && i < most; ++i) {
    text += i > 0 ? "," : "";
    text += shown(fields[i]);
  }
  return fields.size() > most ? text + ",..." : text;
}

}  // namespace alsace
