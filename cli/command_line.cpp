#include "command_line.h"

#include "alsace/interactions.h"

#include "output.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace alsace::cli {
namespace {

constexpr std::size_t help_column = 30;
constexpr std::size_t help_width = 98;

/// CLI11 takes "[a,b]", "{}" and "%%" for lists; here they may be ids. A mark in front of them,
/// taken off again before use, hides them.
constexpr char literal_mark = '\x01';

std::string protect(std::string argument) {
  const bool named = argument.starts_with("--");
  const std::size_t equals = named ? argument.find('=') : std::string::npos;
  const std::size_t at = !named ? 0 : equals == std::string::npos ? argument.size() : equals + 1;
  if (at < argument.size() && std::string_view("[{%").find(argument[at]) != std::string::npos) {
    argument.insert(at, 1, literal_mark);
  }
  return argument;
}

std::string unprotect(std::string argument) {
  if (!argument.empty() && argument.front() == literal_mark) {
    argument.erase(0, 1);
  }
  return argument;
}

/// Words of `text` in lines of at most `width`, all but the first behind `indent` blanks.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (column > indent && column + 1 + space > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, space);
    column += space;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

}  // namespace

void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, message);
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  IdTable names;
  for (const std::string& name : known) {
    names.find_or_add(name);
  }
  const auto nearest = names.nearest(word, 1);
  return nearest.empty() ? "" : fmt::format(" Did you mean '{}'?", nearest.front());
}

CommandLine::CommandLine(std::string command, std::string summary, std::string usage)
    : command_(std::move(command)),
      summary_(std::move(summary)),
      usage_(std::move(usage)),
      app_(std::make_unique<CLI::App>()) {
  app_->set_help_flag();
  app_->allow_extras();
}

CommandLine::~CommandLine() = default;

void CommandLine::group(std::string title) {
  group_ = std::move(title);
}

void CommandLine::describe(const std::string& name,
                           const std::string& type,
                           const std::string& help) {
  lines_.push_back({group_, type.empty() ? name : name + " " + type, help});
  if (name.starts_with("--")) {
    names_.push_back(name);
  }
}

void CommandLine::flag(const std::string& name, bool& given, const std::string& help) {
  app_->add_flag(name, given);
  describe(name, "", help);
}

void CommandLine::single(const std::string& name,
                         const std::string& type,
                         Take take,
                         const std::string& help) {
  app_->add_option_function<std::string>(
      name, [take = std::move(take)](const std::string& text) { take(unprotect(text)); });
  describe(name, type, help);
}

void CommandLine::text(const std::string& name,
                       const std::string& type,
                       std::optional<std::string>& value,
                       const std::string& help) {
  single(name, type, [&value](const std::string& text) { value = text; }, help);
}

void CommandLine::texts(const std::string& name,
                        const std::string& type,
                        std::vector<std::string>& values,
                        const std::string& help) {
  app_->add_option_function<std::vector<std::string>>(
      name, [&values](const std::vector<std::string>& texts) {
        std::transform(texts.begin(), texts.end(), std::back_inserter(values), unprotect);
      });
  describe(name, type + "...", help);
}

void CommandLine::positional(const std::string& name, std::string& value, const std::string& help) {
  group_.clear();
  single(name, "", [&value](const std::string& text) { value = text; }, help);
  required_.emplace_back([this, name, &value] {
    if (value.empty()) {
      refuse(
          fmt::format("{} is missing. Usage: alsace {} {} (options that take several values "
                      "come after it)",
                      name,
                      command_,
                      usage_));
    }
  });
}

void CommandLine::positionals(const std::string& name,
                              std::vector<std::string>& values,
                              const std::string& help,
                              bool required) {
  group_.clear();
  app_->add_option_function<std::vector<std::string>>(
      name.substr(0, name.find('.')), [&values](const std::vector<std::string>& texts) {
        std::transform(texts.begin(), texts.end(), std::back_inserter(values), unprotect);
      });
  describe(name, "", help);
  if (required) {
    required_.emplace_back([this, name, &values] {
      if (values.empty()) {
        refuse(fmt::format("{} is missing. Usage: alsace {} {}", name, command_, usage_));
      }
    });
  }
}

void CommandLine::example(std::string text) {
  example_ = std::move(text);
}

bool CommandLine::parse(std::span<const std::string> arguments) {
  group("Other");
  flag("--help", help_asked_, "Show this help.");
  std::vector<std::string> reversed;  // As CLI11 takes them.
  for (const std::string& argument : arguments) {
    // Help wins over whatever is wrong with the rest.
    help_asked_ = help_asked_ || argument == "--help";
    reversed.push_back(protect(argument == "-h" ? "--help" : argument));
  }
  std::ranges::reverse(reversed);
  if (help_asked_ || std::find(reversed.begin(), reversed.end(), "--help") != reversed.end()) {
    print(help());
    return false;
  }
  try {
    app_->parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    const std::string what = error.what();
    const std::string name = what.substr(0, what.find(':'));
    refuse(
        fmt::format("{} needs exactly one value (one that begins with '-' is written {}=-1). "
                    "See 'alsace {} --help'.",
                    name,
                    name,
                    command_));
  }
  check_rest();
  for (const auto& check : required_) {
    check();
  }
  return true;
}

void CommandLine::check_rest() const {
  for (const std::string& extra : app_->remaining()) {
    const std::string argument = unprotect(extra);
    if (argument.size() > 1 && argument.front() == '-') {
      const std::string name = argument.substr(0, argument.find('='));
      refuse(fmt::format("there is no option '{}'.{} 'alsace {} --help' lists them.",
                         name,
                         did_you_mean(name, names_),
                         command_));
    }
    refuse(fmt::format(
        "'{}' is one argument too many. Usage: alsace {} {}", argument, command_, usage_));
  }
}

std::string CommandLine::help() const {
  constexpr std::string_view usage = "Usage: ";
  std::string out = wrap(summary_, 0, help_width) + "\n\n";
  out += usage;
  out += wrap(fmt::format("alsace {} {}", command_, usage_), usage.size(), help_width) + "\n";
  std::string group = "-";
  for (const Line& line : lines_) {
    if (line.group != group) {
      group = line.group;
      out += group.empty() ? "\n" : fmt::format("\n{}:\n", group);
    }
    const std::string left = "  " + line.left;
    out += left.size() + 2 > help_column ? left + "\n" + std::string(help_column, ' ')
                                         : left + std::string(help_column - left.size(), ' ');
    out += wrap(line.help, help_column, help_width) + "\n";
  }
  return out + fmt::format("\nExample:\n{}\n", example_);
}

}  // namespace alsace::cli
