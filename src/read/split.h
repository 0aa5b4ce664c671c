#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// What stands between the fields of a line.
struct Delimiter {
  std::string text = ",";      ///< " " means a run of blanks (spaces and tabs).
  bool strict_quotes = false;  ///< For comma and semicolon: quotes are the format's own, and one
                               ///< that does not close is a fault. Else it is a letter as others.

  Delimiter() = default;
  explicit Delimiter(std::string_view between)
      : text(between), strict_quotes(between == "," || between == ";") {}

  [[nodiscard]] bool blanks() const noexcept { return text == " "; }
  /// Can fields be found by single bytes?
  [[nodiscard]] bool single() const noexcept { return text.size() == 1 && !blanks(); }
};

enum class SplitFault { none, open_quote, text_after_quote };

/// Splits one line after another, the general way: quotes, long delimiters, runs of blanks.
class Splitter {
 public:
  explicit Splitter(Delimiter delimiter) : delimiter_(std::move(delimiter)) {}

  /// Fields of a line without its line end. They look into the line, or, where quotes were doubled,
  /// into this splitter; 8 bytes past the end of each can be read if they can in the line.
  SplitFault split(std::string_view line, std::vector<std::string_view>& fields);

 private:
  SplitFault take_quoted(std::string_view& rest, std::vector<std::string_view>& fields);
  void take_plain(std::string_view& rest, std::vector<std::string_view>& fields);
  /// Length of the delimiter that `text` begins with, or 0.
  [[nodiscard]] std::size_t delimiter_length(std::string_view text) const noexcept;
  [[nodiscard]] std::string_view without_quotes(std::string_view quoted);

  Delimiter delimiter_;
  bool more_ = false;  ///< The last field ended at a delimiter.
  std::deque<std::string> unquoted_;
};

}  // namespace alsace
