// The alsace program: finds the command, and turns what it throws into an exit code.

#include "alsace/error.h"

#include "command_line.h"
#include "commands.h"
#include "interrupt.h"
#include "output.h"

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace alsace::cli {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  void (*run)(Arguments);
};

constexpr std::array<Command, 10> commands = {{
    {"train", "interactions in files to a model", train_command},
    {"evaluate", "train, test and compare with baselines", evaluate_command},
    {"tune", "search the options that rank best", tune_command},
    {"recommend", "the best items for users", recommend_command},
    {"similar", "items or users like one", similar_command},
    {"explain", "why a user gets an item", explain_command},
    {"predict", "a score for each user,item line", predict_command},
    {"report", "a page to look at a model", report_command},
    {"info", "what a model holds", info_command},
    {"demo", "all of it on a made-up film catalogue", demo_command},
}};

std::string overview() {
  std::string out =
      "Alsace: recommenders by alternating least squares.\n\n"
      "Usage: alsace COMMAND [options]\n\n";
  for (const Command& command : commands) {
    out += fmt::format("  {:<11}{}\n", command.name, command.summary);
  }
  return out +
         "\n  alsace help COMMAND   its arguments, options and an example\n"
         "  alsace --version      the version\n\n"
         "Start here: alsace demo\n";
}

const Command& find_command(std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
    return command.name == name;
  });
  if (found != commands.end()) {
    return *found;
  }
  std::vector<std::string> names;
  for (const Command& command : commands) {
    names.emplace_back(command.name);
  }
  refuse(fmt::format(
      "there is no command '{}'.{} 'alsace --help' lists them.", name, did_you_mean(name, names)));
}

/// One place for exit codes. No default: a new code stops the build until it has one.
int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return 2;
    case ErrorCode::invalid_data:
    case ErrorCode::unknown_id:
    case ErrorCode::io_error:
    case ErrorCode::incompatible_model:
    case ErrorCode::numerical_failure:
      return 1;
  }
  return 1;
}

void run(std::span<const std::string> arguments) {
  const std::string& first = arguments.front();
  if (first == "--version") {
    print("alsace " ALSACE_VERSION "\n");
  } else if (first == "--help" || first == "-h" || (first == "help" && arguments.size() == 1)) {
    print(overview());
  } else if (first == "help") {
    find_command(arguments[1]).run(std::array{std::string("--help")});
  } else {
    find_command(first).run(arguments.subspan(1));
  }
  finish_output();
}

int report(std::string_view name, std::string_view message, int code) {
  // The library's function may have the command's name, and begin its message with it.
  const std::string twice = fmt::format("{}: ", name);
  if (!name.empty() && message.starts_with(twice)) {
    message.remove_prefix(twice.size());
  }
  print_error(fmt::format("alsace{}{}: {}\n", name.empty() ? "" : " ", name, message));
  return code;
}

/// With standard error closed the next file opened would take its place, and our messages.
void keep_standard_error() {
  if (fcntl(STDERR_FILENO, F_GETFD) != -1) {
    return;
  }
  const int null = open("/dev/null", O_WRONLY);
  if (null != -1 && null != STDERR_FILENO) {
    dup2(null, STDERR_FILENO);
    close(null);
  }
}

int guarded(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    print_error(overview());
    return 2;
  }
  // Only a real command's name stands before the message.
  const bool known = std::any_of(commands.begin(), commands.end(), [&](const Command& command) {
    return command.name == arguments.front();
  });
  const std::string_view name = known ? std::string_view(arguments.front()) : "";
  try {
    run(arguments);
    return 0;
  } catch (const Interrupted&) {
    return 130;
  } catch (const Error& error) {
    return report(name, error.what(), exit_code(error.code()));
  } catch (const std::bad_alloc&) {
    return report(name, "out of memory. Use fewer factors, or filter the data.", 1);
  } catch (const std::exception& error) {
    return report(name, error.what(), 1);
  }
}

}  // namespace
}  // namespace alsace::cli

int main(int count, char** values) {
  alsace::cli::keep_standard_error();
  return alsace::cli::guarded(std::vector<std::string>(values + 1, values + count));
}
