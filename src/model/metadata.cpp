#include "model/metadata.h"

#include "alsace/error.h"

#include "base/hash.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

using Json = nlohmann::ordered_json;

/// Of format 1; format 2 has id_kinds as well.
constexpr std::array<std::string_view, 10> keys = {"format",
                                                   "version",
                                                   "checksum",
                                                   "alsace",
                                                   "complete",
                                                   "data_hash",
                                                   "options",
                                                   "values",
                                                   "summary",
                                                   "checksums"};

/// Text in a summary may come from anywhere: bytes that are not UTF-8 become replacement marks.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr std::array kind_words = {std::pair{IdKind::unknown, "unknown"},
                                   std::pair{IdKind::text, "text"},
                                   std::pair{IdKind::integer, "integer"}};

std::string_view word_of(IdKind kind) {
  return kind_words[static_cast<std::size_t>(kind)].second;
}

IdKind kind_of(std::string_view word) {
  for (const auto& [kind, name] : kind_words) {
    if (word == name) {
      return kind;
    }
  }
  throw FormatError(fmt::format("id_kinds has no such kind as '{}'", word));
}

std::string options_text(const TrainOptions& options, int version) {
  Json json = {{"feedback", to_string(options.feedback)},
               {"factors", options.factors},
               {"regularization", options.regularization.value_or(0)},
               {"regularization_exponent", options.regularization_exponent.value_or(0)},
               {"regularization_count", to_string(options.regularization_count)},
               {"iterations", options.iterations},
               {"tolerance", options.tolerance},
               {"solver", to_string(options.solver)},
               {"seed", options.seed},
               {"threads", options.threads},
               {"confidence", to_string(options.confidence)},
               {"alpha", options.alpha},
               {"log_epsilon", options.log_epsilon},
               {"unobserved_weight", options.unobserved_weight},
               {"biases", options.biases},
               {"nonnegative", options.nonnegative}};
  if (version >= 2) {
    json["dislikes"] = options.dislikes;
  }
  return dump(json);
}

std::string id_kinds_text(const Model& model) {
  return dump(
      {{"users", word_of(model.user_ids.kind())}, {"items", word_of(model.item_ids.kind())}});
}

std::string values_text(const Model& model) {
  return dump({{"mean", model.value_mean}, {"min", model.value_min}, {"max", model.value_max}});
}

std::string summary_text(const TrainSummary& summary) {
  return dump({{"final_objective", summary.final_objective},
               {"stopped", summary.stopped},
               {"zeros_dropped", summary.zeros_dropped},
               {"confidence_median", summary.confidence_median},
               {"confidence_p99", summary.confidence_p99},
               {"confidence_max", summary.confidence_max},
               {"mean_alpha_value", summary.mean_alpha_value},
               {"warnings", summary.warnings},
               {"threads", summary.threads},
               {"peak_memory_bytes", summary.peak_memory_bytes}});
}

/// The fields of one JSON text, each to be taken once and none to be left over.
class Fields {
 public:
  Fields(const FileHeader& header, std::string_view what)
      : what_(what),
        version_(header.version),
        json_(parse_json(header.metadata.find(what)->second, what)) {}

  double number(std::string_view name) {
    return take(name, &nlohmann::json::is_number, "number").get<double>();
  }
  bool flag(std::string_view name) {
    return take(name, &nlohmann::json::is_boolean, "true or false").get<bool>();
  }
  std::string text(std::string_view name) {
    return take(name, &nlohmann::json::is_string, "text").get<std::string>();
  }
  std::uint64_t unsigned_integer(std::string_view name) {
    return take(name, &nlohmann::json::is_number_unsigned, "whole number of 0 or more")
        .get<std::uint64_t>();
  }
  template <class Integer>
  Integer count(std::string_view name) {
    const std::uint64_t value = unsigned_integer(name);
    if (value > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) {
      throw FormatError(fmt::format("{}: {} is {}, which is too large", what_, name, value));
    }
    return static_cast<Integer>(value);
  }
  template <class Enum>
  Enum word(std::string_view name) {
    const std::string value = text(name);
    try {
      return parse<Enum>(value);
    } catch (const Error& error) {
      throw FormatError(fmt::format("{} has no such {} ({})", what_, name, error.what()));
    }
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> result;
    for (const auto& entry : take(name, &nlohmann::json::is_array, "list of texts")) {
      if (!entry.is_string()) {
        throw FormatError(fmt::format("{}: {} must be a list of texts", what_, name));
      }
      result.push_back(entry.get<std::string>());
    }
    return result;
  }
  void finish() const {
    if (!json_.empty()) {
      throw FormatError(fmt::format(
          "{} has '{}', which format {} does not know", what_, json_.begin().key(), version_));
    }
  }

 private:
  using Test = bool (nlohmann::json::*)() const noexcept;

  nlohmann::json take(std::string_view name, Test holds, std::string_view type) {
    const auto field = json_.find(std::string(name));
    if (field == json_.end() || !(*field.*holds)()) {
      throw FormatError(fmt::format("{} must have a {} called {}", what_, type, name));
    }
    nlohmann::json value = std::move(*field);
    json_.erase(field);
    return value;
  }

  std::string_view what_;
  int version_;
  nlohmann::json json_;
};

TrainOptions take_options(const FileHeader& header) {
  Fields fields(header, "options");
  TrainOptions options;
  options.feedback = fields.word<Feedback>("feedback");
  options.factors = fields.count<int>("factors");
  options.regularization = fields.number("regularization");
  options.regularization_exponent = fields.number("regularization_exponent");
  options.regularization_count = fields.word<RegularizationCount>("regularization_count");
  options.iterations = fields.count<int>("iterations");
  options.tolerance = fields.number("tolerance");
  options.solver = fields.word<Solver>("solver");
  options.seed = fields.unsigned_integer("seed");
  options.threads = fields.count<int>("threads");
  options.confidence = fields.word<Confidence>("confidence");
  options.alpha = fields.number("alpha");
  options.log_epsilon = fields.number("log_epsilon");
  options.unobserved_weight = fields.number("unobserved_weight");
  options.biases = fields.flag("biases");
  options.nonnegative = fields.flag("nonnegative");
  options.dislikes = header.version >= 2 && fields.flag("dislikes");
  fields.finish();
  return options;
}

void take_id_kinds(const FileHeader& header, Model& model) {
  if (header.version >= 2) {
    Fields fields(header, "id_kinds");
    model.user_ids.set_kind(kind_of(fields.text("users")));
    model.item_ids.set_kind(kind_of(fields.text("items")));
    fields.finish();
  }
}

void take_values(const FileHeader& header, Model& model) {
  Fields fields(header, "values");
  model.value_mean = fields.number("mean");
  model.value_min = fields.number("min");
  model.value_max = fields.number("max");
  fields.finish();
}

TrainSummary take_summary(const FileHeader& header) {
  Fields fields(header, "summary");
  TrainSummary summary;
  summary.final_objective = fields.number("final_objective");
  summary.stopped = fields.text("stopped");
  summary.zeros_dropped = fields.count<std::int64_t>("zeros_dropped");
  summary.confidence_median = fields.number("confidence_median");
  summary.confidence_p99 = fields.number("confidence_p99");
  summary.confidence_max = fields.number("confidence_max");
  summary.mean_alpha_value = fields.number("mean_alpha_value");
  summary.warnings = fields.texts("warnings");
  summary.threads = fields.count<int>("threads");
  summary.peak_memory_bytes = fields.count<std::int64_t>("peak_memory_bytes");
  fields.finish();
  return summary;
}

std::uint64_t take_hash(const std::string& digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (hex(value) != digits) {
    throw FormatError(fmt::format("data_hash is '{}', not 16 lower-case hex digits", digits));
  }
  return value;
}

void check_keys(const FileHeader& header) {
  std::vector<std::string_view> expected(keys.begin(), keys.end());
  if (header.version >= 2) {
    expected.emplace_back("id_kinds");
  }
  for (const std::string_view key : expected) {
    if (!header.metadata.contains(key)) {
      throw FormatError(fmt::format("its metadata has no '{}'", key));
    }
  }
  if (header.metadata.size() != expected.size()) {
    throw FormatError(
        fmt::format("its metadata has keys that format {} does not know", header.version));
  }
}

}  // namespace

int format_of(const Model& model) {
  const bool kinds_known =
      model.user_ids.kind() != IdKind::unknown || model.item_ids.kind() != IdKind::unknown;
  return kinds_known || model.options.dislikes ? 2 : 1;
}

Metadata metadata_of(const Model& model,
                     std::string_view program_version,
                     const std::map<std::string, std::string>& checksums) {
  const int version = format_of(model);
  Metadata metadata = {{"alsace", std::string(program_version)},
                       {"complete", model.complete ? "true" : "false"},
                       {"data_hash", hex(model.data_hash)},
                       {"options", options_text(model.options, version)},
                       {"values", values_text(model)},
                       {"summary", summary_text(model.summary)},
                       {"checksums", dump(checksums)}};
  if (version >= 2) {
    metadata.emplace_back("id_kinds", id_kinds_text(model));
  }
  return metadata;
}

std::map<std::string, std::string> take_metadata(const FileHeader& header, Model& model) {
  check_keys(header);
  const std::string& complete = header.metadata.find("complete")->second;
  if (complete != "true" && complete != "false") {
    throw FormatError(fmt::format("complete is '{}', it must be true or false", complete));
  }
  model.complete = complete == "true";
  model.data_hash = take_hash(header.metadata.find("data_hash")->second);
  model.options = take_options(header);
  take_id_kinds(header, model);
  take_values(header, model);
  model.summary = take_summary(header);
  std::map<std::string, std::string> checksums;
  const auto json = parse_json(header.metadata.find("checksums")->second, "checksums");
  for (const auto& [tensor, digits] : json.items()) {
    if (!digits.is_string()) {
      throw FormatError(fmt::format("the checksum of tensor {} is no text", tensor));
    }
    checksums.emplace(tensor, digits.get<std::string>());
  }
  return checksums;
}

}  // namespace alsace
