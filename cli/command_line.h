#pragma once

#include "alsace/error.h"

#include <charconv>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace alsace::cli {

/// Ends a command because it was called wrongly: exit code 2.
[[noreturn]] void refuse(const std::string& message);

/// "Did you mean 'train'?" or nothing, for an unknown word.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

/// The arguments of one command: declared once, they give parsing, help and suggestions.
class CommandLine {
 public:
  CommandLine(std::string command, std::string summary, std::string usage);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// Options declared from here on stand under this title in the help.
  void group(std::string title);

  void flag(const std::string& name, bool& given, const std::string& help);
  void text(const std::string& name,
            const std::string& type,
            std::optional<std::string>& value,
            const std::string& help);
  void texts(const std::string& name,
             const std::string& type,
             std::vector<std::string>& values,
             const std::string& help);
  /// A word, turned into a value by `parse`, which throws Error for an unknown one.
  template <class Value, class Parse>
  void word(const std::string& name,
            const std::string& type,
            std::optional<Value>& value,
            Parse to_value,
            const std::string& help);
  template <class Number>
  void number(const std::string& name,
              const std::string& type,
              std::optional<Number>& value,
              const std::string& help);

  /// Arguments without a name, in the order declared; a list takes all that is left.
  void positional(const std::string& name, std::string& value, const std::string& help);
  void positionals(const std::string& name,
                   std::vector<std::string>& values,
                   const std::string& help,
                   bool required = true);

  /// The end of the help: commands that run as they stand.
  void example(std::string text);

  /// False: help was asked for, and printed.
  /// @throws Error invalid_argument.
  bool parse(std::span<const std::string> arguments);

  [[nodiscard]] std::string help() const;
  [[nodiscard]] const std::string& command() const noexcept { return command_; }

 private:
  struct Line {
    std::string group;
    std::string left;
    std::string help;
  };
  using Take = std::function<void(const std::string&)>;

  void single(const std::string& name, const std::string& type, Take take, const std::string& help);
  void describe(const std::string& name, const std::string& type, const std::string& help);
  void check_rest() const;

  std::string command_;
  std::string summary_;
  std::string usage_;
  std::string example_;
  std::string group_;
  bool help_asked_ = false;
  std::unique_ptr<CLI::App> app_;
  std::vector<Line> lines_;
  std::vector<std::string> names_;
  std::vector<std::function<void()>> required_;
};

template <class Value, class Parse>
void CommandLine::word(const std::string& name,
                       const std::string& type,
                       std::optional<Value>& value,
                       Parse to_value,
                       const std::string& help) {
  single(name, type, [&value, to_value](const std::string& text) { value = to_value(text); }, help);
}

template <class Number>
void CommandLine::number(const std::string& name,
                         const std::string& type,
                         std::optional<Number>& value,
                         const std::string& help) {
  const Take take = [&value, name](const std::string& text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || stop != end || error != std::errc()) {
      constexpr bool whole = std::is_integral_v<Number>;
      refuse(name + " is '" + text + "', it must be a " +
             (!whole                       ? "number"
              : std::is_unsigned_v<Number> ? "whole number, 0 or more"
                                           : "whole number") +
             (error == std::errc::result_out_of_range ? " in range." : "."));
    }
    value = number;
  };
  single(name, type, take, help);
}

}  // namespace alsace::cli
