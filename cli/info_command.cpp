#include "commands.h"
#include "lists.h"
#include "option_groups.h"
#include "summary.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

std::string spectrum_text(const std::vector<double>& spectrum) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(spectrum.size(), 8); ++i) {
    out += fmt::format("{}{:.4g}", i == 0 ? "" : ", ", spectrum[i]);
  }
  return spectrum.size() <= 8 ? out : out + fmt::format(", ... {:.4g}", spectrum.back());
}

std::string options_text(const TrainOptions& options) {
  std::string out;
  const Json choices = options_json(options);
  for (const auto& [name, value] : choices.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    out += (out.empty() ? "" : ", ") + name + " " + text;
  }
  return out;
}

std::string training_text(const Model& model) {
  const TrainSummary& summary = model.summary;
  if (summary.objective.empty()) {
    return "no iterations";
  }
  return fmt::format("{} ({}), objective {} to {}{}",
                     plural(std::ssize(summary.objective), "iteration"),
                     model.complete ? "ended by " + summary.stopped : "under way",
                     objective_text(summary.objective.front()),
                     objective_text(summary.objective.back()),
                     model.complete ? ", final " + objective_text(summary.final_objective) : "");
}

void print_info(const OpenModel& open) {
  const Model& model = *open.model;
  const auto line = [](std::string_view name, const std::string& value) {
    print(fmt::format("{:<14}{}\n", name, value));
  };
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(open.path));
  line("file", fmt::format("{} ({})", open.path, byte_count(bytes)));
  line("state", model.complete ? "complete" : "a checkpoint: go on with train --resume");
  line("users", grouped(model.user_ids.size()));
  line("items", grouped(model.item_ids.size()));
  line("interactions",
       grouped(interactions_of(model)) + (model.has_interactions() ? "" : " (not stored)"));
  if (model.low.entries() > 0) {
    line("seen, low", grouped(model.low.entries()));
  }
  line("values",
       fmt::format(
           "{:.6g} to {:.6g}, mean {:.6g}", model.value_min, model.value_max, model.value_mean));
  line("options", options_text(model.options));
  line("training", training_text(model));
  if (model.options.feedback == Feedback::implicit_feedback) {
    line("confidence",
         fmt::format("median {:.6g}, 99 % {:.6g}, maximum {:.6g}",
                     model.summary.confidence_median,
                     model.summary.confidence_p99,
                     model.summary.confidence_max));
  }
  if (!model.spectrum.empty()) {
    line("spectrum", spectrum_text(model.spectrum));
  }
  line("model hash", model_hash(model));
  for (const std::string& warning : model.summary.warnings) {
    line("warning", warning);
  }
}

Json info_json(const OpenModel& open) {
  const Model& model = *open.model;
  Json out = {{"model", open.path},
              {"model_bytes", std::filesystem::file_size(open.path)},
              {"complete", model.complete},
              {"feedback", to_string(model.options.feedback)}};
  out.update(training_json(model));
  out["options"] = options_json(model.options);
  out["stores_interactions"] = model.has_interactions();
  out["low"] = model.low.entries();
  out["value_mean"] = model.value_mean;
  out["value_min"] = model.value_min;
  out["value_max"] = model.value_max;
  out["spectrum"] = model.spectrum;
  return out;
}

}  // namespace

void info_command(Arguments given) {
  std::string path;
  CommonOptions common;
  CommandLine line("info", "Shows what a model or checkpoint holds.", "MODEL [options]");
  line.positional("MODEL", path, "A model file.");
  common.declare(line);
  line.example("  alsace info plays.alsace");
  if (!line.parse(given)) {
    return;
  }
  const OpenModel open = open_model(path);
  if (common.json) {
    print_json(info_json(open));
  } else {
    print_info(open);
  }
}

}  // namespace alsace::cli
