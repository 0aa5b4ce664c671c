#include "alsace/report.h"

#include "commands.h"
#include "data.h"
#include "evaluation.h"
#include "files.h"
#include "lists.h"
#include "option_groups.h"
#include "report_evaluation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

enum class ReportFormat { html, svg, png };

struct ReportArguments {
  std::string model;
  std::optional<std::string> out;
  std::optional<std::string> items;
  std::optional<std::string> title;
  std::optional<ReportFormat> format;
  std::vector<std::string> named_users;
  std::optional<int> users;
  std::optional<int> top_k;
  std::optional<int> threads;
  std::optional<std::string> evaluation;
  ReportTest test;
  std::optional<std::array<int, 2>> components;
  std::optional<std::string> color;
  CommonOptions common;
};

std::optional<ReportFormat> format_named(std::string_view word) {
  return word == "html"  ? std::optional(ReportFormat::html)
         : word == "svg" ? std::optional(ReportFormat::svg)
         : word == "png" ? std::optional(ReportFormat::png)
                         : std::nullopt;
}

std::string_view name_of(ReportFormat format) {
  return format == ReportFormat::html ? "html" : format == ReportFormat::svg ? "svg" : "png";
}

ReportFormat parse_format(const std::string& word) {
  if (const auto format = format_named(word)) {
    return *format;
  }
  refuse(fmt::format("--format '{}' is not known. Choose one of html, svg, png.", word));
}

std::array<int, 2> parse_components(const std::string& text) {
  std::array<int, 2> out{};
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, out[0]);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == ',') {
    const auto second = std::from_chars(first.ptr + 1, end, out[1]);
    if (second.ec == std::errc() && second.ptr == end) {
      return out;
    }
  }
  refuse(
      fmt::format("--components is '{}', it must be two numbers, for example 1,2 or 3,1.", text));
}

bool parse(Arguments arguments, ReportArguments& out) {
  CommandLine line("report",
                   "Writes one HTML page about a model, to look at without network: the items as a "
                   "map, users and why they get what they get, training, evaluation. Or the map "
                   "alone as SVG or PNG.",
                   "MODEL --out FILE [options]");
  line.positional("MODEL", out.model, "A model file.");
  line.group("Report");
  line.text(
      "--out", "FILE", out.out, "Where to: report.html, map.svg, map.png; - is standard output.");
  line.text("--items",
            "FILE",
            out.items,
            "Items: id, title, and any columns to colour and explain the map by; any encoding.");
  line.text("--title", "TEXT", out.title, "Of the page or picture.");
  line.word("--format",
            "html|svg|png",
            out.format,
            parse_format,
            "Default: by the name of --out; html where it has no ending.");
  line.number("--threads", "N", out.threads, "0: all (the default). Never changes the result.");
  line.group("Page");
  line.texts("--user", "ID", out.named_users, "These users are there to look into,");
  line.number("--users", "N", out.users, "and N of different activity (default 300).");
  declare_top_k(line, out.top_k);
  line.text("--evaluation",
            "JSON",
            out.evaluation,
            "What 'alsace evaluate --json' printed: its table with intervals is shown.");
  line.texts("--test",
             "FILE",
             out.test.test,
             "Evaluate the model on held-out interactions, beside random and popularity,");
  line.texts("--valid", "FILE", out.test.valid, "with these neither trained on nor hidden,");
  line.text("--metrics", "NAMES", out.test.metrics, "by these (default recall@10,ndcg@10).");
  line.group("Map");
  line.word("--components",
            "X,Y",
            out.components,
            parse_components,
            "Principal components on the axes of SVG and PNG (default 1,2).");
  line.text("--color", "COLUMN", out.color, "Colour by a column of --items (default: popularity).");
  out.test.reading.declare(line);
  out.common.declare(line);
  line.example(
      "  alsace report plays.alsace --items titles.csv --out report.html\n"
      "  alsace report plays.alsace --items titles.csv --color genre --out map.svg");
  return line.parse(arguments);
}

ReportFormat format_of(const ReportArguments& arguments) {
  if (arguments.format) {
    return *arguments.format;
  }
  const std::string ending = std::filesystem::path(*arguments.out).extension().string();
  if (ending.empty() || ending == ".htm") {
    return ReportFormat::html;
  }
  const auto format = format_named(ending.substr(1));
  if (!format) {
    refuse(
        fmt::format("--out '{}' ends neither in .html nor in .svg or .png. Name another file, or "
                    "say what it is to be with --format.",
                    *arguments.out));
  }
  return *format;
}

void check_use(const ReportArguments& arguments, ReportFormat format) {
  const bool page = format == ReportFormat::html;
  const auto only = [&](std::string_view option, bool given, bool for_page) {
    if (given && for_page != page) {
      refuse(fmt::format("{} is for {}, this is {}. Leave it out, or choose another --format.",
                         option,
                         for_page ? "html" : "svg and png",
                         name_of(format)));
    }
  };
  only("--components", arguments.components.has_value(), false);
  only("--color", arguments.color.has_value(), false);
  only("--user", !arguments.named_users.empty(), true);
  only("--users", arguments.users.has_value(), true);
  only("--top-k", arguments.top_k.has_value(), true);
  only("--evaluation", arguments.evaluation.has_value(), true);
  only("--test", !arguments.test.test.empty(), true);
  if (arguments.users && *arguments.users < 0) {
    refuse(fmt::format("--users is {}, it must be 0 or more.", *arguments.users));
  }
  if (arguments.evaluation && !arguments.test.test.empty()) {
    refuse("--evaluation and --test exclude each other: the page shows one table.");
  }
  arguments.test.check();
}

/// Whatever can be known to be wrong before any work.
ReportFormat checked(const ReportArguments& arguments) {
  if (!arguments.out) {
    refuse("--out is missing: where is the report to be written? For example --out report.html");
  }
  check_output(*arguments.out, "--out");
  std::vector<std::string> inputs = arguments.test.inputs();
  inputs.push_back(arguments.model);
  for (const auto* file : {&arguments.items, &arguments.evaluation}) {
    if (*file) {
      inputs.push_back(**file);
    }
  }
  check_inputs(to_paths(inputs));
  check_not_input(*arguments.out, "--out", to_paths(inputs));
  const ReportFormat format = format_of(arguments);
  check_use(arguments, format);
  checked_top_k(arguments.top_k);
  return format;
}

/// Arguments as a shell takes them.
std::string command_text(Arguments given) {
  std::string out = "alsace report";
  for (const std::string& argument : given) {
    const bool plain = !argument.empty() && std::ranges::all_of(argument, [](char letter) {
      return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
             std::string_view("-_./=,:@+%").find(letter) != std::string_view::npos;
    });
    if (plain) {
      out += " " + argument;
      continue;
    }
    out += " '";
    for (const char letter : argument) {
      out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    out += "'";
  }
  return out;
}

std::string whole_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string page(const ReportArguments& arguments,
                 Arguments given,
                 const OpenModel& open,
                 const ItemTable& items,
                 Log& log) {
  ReportOptions options;
  options.title = arguments.title.value_or("");
  options.command = command_text(given);
  options.users = arguments.users.value_or(options.users);
  options.top_k = checked_top_k(arguments.top_k);
  options.threads = arguments.threads.value_or(0);
  for (const std::string& id : arguments.named_users) {
    options.named_users.push_back(find_user(open, id));
  }
  if (arguments.evaluation) {
    options.evaluation = whole_file(*arguments.evaluation);
  } else if (!arguments.test.test.empty()) {
    options.evaluation = arguments.test.evaluate(open, options.threads, log);
  }
  log.status("making the report");
  std::string text = html_report(Recommender(open.model), items, options);
  if (!open.model->has_interactions()) {
    log.note("the model holds no interactions: the page has no users to look into.");
  }
  return text;
}

std::string picture(const ReportArguments& arguments,
                    const OpenModel& open,
                    const ItemTable& items,
                    ReportFormat format) {
  ScatterOptions options;
  options.title = arguments.title.value_or("");
  options.components = arguments.components.value_or(options.components);
  options.color = arguments.color.value_or(options.color);
  options.threads = arguments.threads.value_or(0);
  return scatter(*open.model,
                 items,
                 options,
                 format == ReportFormat::svg ? PictureFormat::svg : PictureFormat::png);
}

ItemTable read_table(const std::optional<std::string>& file, const Model& model, Log& log) {
  if (!file) {
    return {};
  }
  ItemTable items = read_items(*file);
  for (const std::string& note : items.notes) {
    log.note(note);
  }
  note_strangers(items, model.item_ids, log);
  return items;
}

}  // namespace

void report_command(Arguments given) {
  ReportArguments arguments;
  if (!parse(given, arguments)) {
    return;
  }
  const ReportFormat format = checked(arguments);
  if (*arguments.out == "-" && arguments.common.json) {
    refuse("--json and --out - both write to standard output. Give --out a file.");
  }
  Log log(arguments.common.quiet);
  const OpenModel open = open_model(arguments.model);
  const ItemTable items = read_table(arguments.items, *open.model, log);
  const std::string text = format == ReportFormat::html ? page(arguments, given, open, items, log)
                                                        : picture(arguments, open, items, format);
  OutputFile out(*arguments.out);
  out.write(text);
  out.commit();
  log.clear_status();
  const auto bytes = static_cast<std::int64_t>(text.size());
  if (arguments.common.json) {
    Json columns = Json::array();
    for (const ItemColumn& column : items.columns) {
      columns.push_back(column.name);
    }
    print_json({{"out", *arguments.out},
                {"format", name_of(format)},
                {"bytes", bytes},
                {"model_hash", model_hash(*open.model)},
                {"columns", std::move(columns)},
                {"notes", items.notes}});
  } else {
    log.note(fmt::format("wrote {} ({})", *arguments.out, byte_count(bytes)));
  }
}

}  // namespace alsace::cli
