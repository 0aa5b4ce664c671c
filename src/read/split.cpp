#include "read/split.h"

#include <algorithm>
#include <cstddef>

namespace alsace {
namespace {

bool is_blank(char letter) noexcept {
  return letter == ' ' || letter == '\t';
}

}  // namespace

SplitFault Splitter::split(std::string_view line, std::vector<std::string_view>& fields) {
  fields.clear();
  if (delimiter_.blanks()) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
  }
  std::string_view rest = line;
  more_ = true;
  while (more_) {
    if (rest.starts_with('"')) {
      if (const SplitFault fault = take_quoted(rest, fields); fault != SplitFault::none) {
        return fault;
      }
    } else {
      take_plain(rest, fields);
    }
  }
  return SplitFault::none;
}

SplitFault Splitter::take_quoted(std::string_view& rest, std::vector<std::string_view>& fields) {
  std::size_t end = 1;
  bool doubled = false;
  while (end < rest.size() && (rest[end] != '"' || rest.substr(end).starts_with("\"\""))) {
    doubled = doubled || rest[end] == '"';
    end += rest[end] == '"' ? 2 : 1;
  }
  const bool closed = end < rest.size();
  const std::string_view after = closed ? rest.substr(end + 1) : std::string_view();
  const std::size_t skip = delimiter_length(after);
  if (!closed || (!after.empty() && skip == 0)) {
    if (delimiter_.strict_quotes) {
      return closed ? SplitFault::text_after_quote : SplitFault::open_quote;
    }
    take_plain(rest, fields);
    return SplitFault::none;
  }
  const std::string_view inside = rest.substr(1, end - 1);
  fields.push_back(doubled ? without_quotes(inside) : inside);
  more_ = !after.empty();
  rest = after.substr(skip);
  return SplitFault::none;
}

void Splitter::take_plain(std::string_view& rest, std::vector<std::string_view>& fields) {
  const std::size_t end =
      delimiter_.blanks() ? rest.find_first_of(" \t") : rest.find(delimiter_.text);
  fields.push_back(rest.substr(0, end));
  more_ = end != std::string_view::npos;
  if (more_) {
    rest.remove_prefix(end);
    rest.remove_prefix(delimiter_length(rest));
  }
}

std::size_t Splitter::delimiter_length(std::string_view text) const noexcept {
  if (delimiter_.blanks()) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_blank) -
                                    text.begin());
  }
  return text.starts_with(delimiter_.text) ? delimiter_.text.size() : 0;
}

std::string_view Splitter::without_quotes(std::string_view quoted) {
  std::string plain;
  plain.reserve(quoted.size() + 8);
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    plain += quoted[i];
    i += quoted[i] == '"' ? 1 : 0;
  }
  const std::size_t size = plain.size();
  plain.append(8, '\0');
  unquoted_.push_back(std::move(plain));
  return std::string_view(unquoted_.back()).substr(0, size);
}

}  // namespace alsace
