#include "config.h"

#include "files.h"
#include "output.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

/// What a file of options may hold at most: more is a mistake in its name.
constexpr std::uintmax_t longest_file = 64U << 20U;

/// Says what a value must be; the caller adds where it stands.
[[noreturn]] void must_be(std::string_view what) {
  refuse(fmt::format("it must be {}", what));
}

void take(const Json& value, bool& option) {
  if (!value.is_boolean()) {
    must_be("true or false");
  }
  option = value.get<bool>();
}

template <std::integral Number>
void take(const Json& value, std::optional<Number>& option) {
  constexpr bool is_signed = std::is_signed_v<Number>;
  const bool whole = value.is_number_unsigned() || (is_signed && value.is_number_integer());
  if (!whole) {
    must_be(is_signed ? "a whole number" : "a whole number, 0 or more");
  }
  if (value.is_number_unsigned() ? !std::in_range<Number>(value.get<std::uint64_t>())
                                 : !std::in_range<Number>(value.get<std::int64_t>())) {
    must_be("a whole number in range");
  }
  option = value.get<Number>();
}

void take(const Json& value, std::optional<double>& option) {
  if (!value.is_number()) {
    must_be("a number");
  }
  option = value.get<double>();
}

std::string text_of(const Json& value) {
  if (!value.is_string()) {
    must_be("a word in quotes");
  }
  return value.get<std::string>();
}

void take(const Json& value, std::optional<std::string>& option) {
  option = text_of(value);
}

template <class Enum>
  requires std::is_enum_v<Enum>
void take(const Json& value, std::optional<Enum>& option) {
  option = parse<Enum>(text_of(value));
}

void take_feedback(const Json& value, TrainingOptions& options) {
  const bool is_explicit = parse<Feedback>(text_of(value)) == Feedback::explicit_feedback;
  (is_explicit ? options.explicit_feedback : options.implicit_feedback) = true;
}

using Take = std::function<void(const Json&, TrainingOptions&)>;

template <class Option>
Take into(Option TrainingOptions::* option) {
  return [option](const Json& value, TrainingOptions& options) { take(value, options.*option); };
}

const std::vector<std::pair<std::string, Take>>& known_options() {
  using Options = TrainingOptions;
  static const std::vector<std::pair<std::string, Take>> known = {
      {"feedback", take_feedback},
      {"preset", into(&Options::preset)},
      {"factors", into(&Options::factors)},
      {"regularization", into(&Options::regularization)},
      {"regularization_exponent", into(&Options::regularization_exponent)},
      {"regularization_count", into(&Options::regularization_count)},
      {"iterations", into(&Options::iterations)},
      {"tolerance", into(&Options::tolerance)},
      {"solver", into(&Options::solver)},
      {"seed", into(&Options::seed)},
      {"threads", into(&Options::threads)},
      {"confidence", into(&Options::confidence)},
      {"alpha", into(&Options::alpha)},
      {"log_epsilon", into(&Options::log_epsilon)},
      {"unobserved_weight", into(&Options::unobserved_weight)},
      {"dislikes", into(&Options::dislikes)},
      {"biases", into(&Options::biases)},
      {"nonnegative", into(&Options::nonnegative)}};
  return known;
}

[[noreturn]] void refuse_unknown(const std::string& file, const std::string& key) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& [name, take] : known_options()) {
    names.push_back(name);
    list += (list.empty() ? "" : ", ") + name;
  }
  refuse(fmt::format(
      "{}: there is no option '{}'.{} Options are {}.", file, key, did_you_mean(key, names), list));
}

void take_option(const std::string& file,
                 const std::string& key,
                 const Json& value,
                 TrainingOptions& options) {
  for (const auto& [name, take] : known_options()) {
    if (name != key) {
      continue;
    }
    try {
      take(value, options);
    } catch (const Error& error) {
      const std::string shown = value.dump(-1, ' ', true, Json::error_handler_t::replace);
      refuse(fmt::format("{}: {} is {}: {}{}",
                         file,
                         key,
                         shown.size() > 60 ? shown.substr(0, 57) + "..." : shown,
                         error.what(),
                         std::string_view(error.what()).ends_with('.') ? "" : "."));
    }
    return;
  }
  refuse_unknown(file, key);
}

/// A document. A key that an object has twice is refused: which of them would count?
Json parse_document(const std::string& file, const std::string& text) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) {
      keys.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      keys.pop_back();
    } else if (event == Json::parse_event_t::key &&
               !keys.back().insert(parsed.get<std::string>()).second) {
      refuse(fmt::format(
          "{}: '{}' is there twice. Leave one of them.", file, parsed.get<std::string>()));
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::exception& error) {
    const auto* wrong = dynamic_cast<const Json::parse_error*>(&error);
    refuse(
        fmt::format("{}: this is no JSON{}. Options are written {{\"factors\": 64, "
                    "\"regularization\": 0.1}}.",
                    file,
                    wrong != nullptr ? fmt::format(", it goes wrong at byte {}", wrong->byte)
                                     : std::string(": it has a number beyond all range")));
  }
}

std::string text_of_file(const std::filesystem::path& path) {
  check_inputs(std::array{path});
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 1U << 16U> block = {};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > longest_file) {
      refuse(fmt::format("{}: this is longer than 64 MiB, it must be a file of options.",
                         path.string()));
    }
  }
  if (!file.eof()) {
    throw Error(ErrorCode::io_error,
                fmt::format("{}: it cannot be read. Check the file.", path.string()));
  }
  return text;
}

}  // namespace

Config read_config(const std::filesystem::path& path) {
  Config config{.file = path.string(), .options = {}};
  const Json document = parse_document(config.file, text_of_file(path));
  if (!document.is_object()) {
    refuse(fmt::format("{}: it must hold an object of options, {{\"factors\": 64}}.", config.file));
  }
  const auto inside = document.find("options");
  const Json& options = inside == document.end() ? document : *inside;
  if (!options.is_object()) {
    refuse(fmt::format("{}: \"options\" must be an object, {{\"options\": {{\"factors\": 64}}}}.",
                       config.file));
  }
  for (const auto& [key, value] : options.items()) {
    take_option(config.file, key, value, config.options);
  }
  return config;
}

}  // namespace alsace::cli
