#include "summary.h"

#include <numeric>
#include <string>

#include <fmt/format.h>

namespace alsace::cli {

std::int64_t interactions_of(const Model& model) {
  return std::accumulate(model.user_counts.begin(), model.user_counts.end(), std::int64_t{0});
}

Json options_json(const TrainOptions& options) {
  Json out = {{"feedback", to_string(options.feedback)},
              {"factors", options.factors},
              {"regularization", options.regularization.value_or(0)},
              {"regularization_exponent", options.regularization_exponent.value_or(0)},
              {"iterations", options.iterations},
              {"tolerance", options.tolerance},
              {"solver", to_string(options.solver)},
              {"seed", options.seed}};
  if (options.feedback == Feedback::implicit_feedback) {
    out["regularization_count"] = to_string(options.regularization_count);
    out["confidence"] = to_string(options.confidence);
    out["alpha"] = options.alpha;
    out["log_epsilon"] = options.log_epsilon;
    out["unobserved_weight"] = options.unobserved_weight;
    out["dislikes"] = options.dislikes;
  } else {
    out["biases"] = options.biases;
    out["nonnegative"] = options.nonnegative;
  }
  return out;
}

Json training_json(const Model& model) {
  const TrainSummary& summary = model.summary;
  Json out = {{"users", model.user_ids.size()},
              {"items", model.item_ids.size()},
              {"interactions", interactions_of(model)},
              {"factors", model.options.factors},
              {"iterations", summary.objective.size()},
              {"objective", summary.objective},
              {"seconds", summary.seconds},
              {"threads", summary.threads},
              {"peak_memory_bytes", summary.peak_memory_bytes},
              {"model_hash", model_hash(model)},
              {"final_objective", summary.final_objective},
              {"stopped", summary.stopped},
              {"zeros_dropped", summary.zeros_dropped},
              {"warnings", summary.warnings}};
  if (model.options.feedback == Feedback::implicit_feedback) {
    out["confidence"] = {{"median", summary.confidence_median},
                         {"p99", summary.confidence_p99},
                         {"max", summary.confidence_max},
                         {"mean_alpha_value", summary.mean_alpha_value}};
  }
  return out;
}

void note_confidence(const TrainSummary& summary, const TrainOptions& options, Log& log) {
  if (summary.zeros_dropped > 0) {
    log.note(plural(summary.zeros_dropped, "value") + " of 0 left out");
  }
  if (options.feedback == Feedback::implicit_feedback) {
    const auto text = [](double c) {
      return c < 1000 ? fmt::format("{:.4g}", c) : grouped_decimal(c, 0);
    };
    log.note(fmt::format("confidence: median {}, 99 % {}, maximum {}",
                         text(summary.confidence_median),
                         text(summary.confidence_p99),
                         text(summary.confidence_max)));
  }
}

}  // namespace alsace::cli
