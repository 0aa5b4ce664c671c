#include "alsace/error.h"
#include "alsace/train.h"

#include "matrix/csr.h"
#include "matrix/entries.h"
#include "train/run.h"
#include "train/training_data.h"

#include <array>
#include <utility>

namespace alsace {
namespace {

/// Confidence is |r| where it is not made yet: what confidence_of() takes.
TrainOptions plain_confidence(const TrainOptions& options) {
  TrainOptions plain;
  plain.feedback = options.feedback;
  plain.dislikes = options.dislikes;
  if (options.feedback == Feedback::implicit_feedback) {
    plain.confidence = Confidence::scaled;
    plain.alpha = 1;
  }
  return resolve(plain);
}

}  // namespace

struct TrainingSet::Parts {
  TrainOptions options;  ///< Feedback and dislikes.
  IdTable user_ids;
  IdTable item_ids;
  CsrMatrix low;
  TrainingData data;  ///< Its confidence is |r|.
};

TrainingSet::TrainingSet(const Interactions& interactions, const TrainOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->options = plain_confidence(options);
  parts->user_ids = interactions.user_ids;
  parts->item_ids = interactions.item_ids;
  if (!interactions.low.users.empty()) {
    parts->low = to_csr(interactions.low, parts->user_ids.size(), parts->item_ids.size());
    release(parts->low.values);
  }
  parts->data =
      prepare_training(interactions.triplets, parts->user_ids, parts->item_ids, parts->options);
  release(parts->data.user_confidence);  // by_user's values say the same.
  parts_ = std::move(parts);
}

TrainingSet::~TrainingSet() = default;
TrainingSet::TrainingSet(TrainingSet&& other) noexcept = default;
TrainingSet& TrainingSet::operator=(TrainingSet&& other) noexcept = default;

std::span<const std::int64_t> TrainingSet::user_counts() const noexcept {
  return parts_->data.user_counts;
}
std::span<const std::int64_t> TrainingSet::item_counts() const noexcept {
  return parts_->data.item_counts;
}
bool TrainingSet::all_ones() const noexcept {
  return parts_->data.by_user.values.empty();
}

Model TrainingSet::train(const TrainOptions& options, const TrainControl& control) const {
  Model model = new_model(options, control);
  const TrainingData& data = parts_->data;
  if (model.options.feedback != parts_->options.feedback ||
      model.options.dislikes != parts_->options.dislikes) {
    throw Error(ErrorCode::invalid_argument,
                "train: the training set was made for another feedback, or for other dislikes. "
                "Make one of its own.");
  }
  model.user_ids = parts_->user_ids;
  model.item_ids = parts_->item_ids;
  model.user_counts = data.user_counts;
  model.item_counts = data.item_counts;
  ObservedData seen = observed(data, model.options);
  std::vector<float> by_user;
  std::vector<float> by_item;
  if (model.options.feedback == Feedback::implicit_feedback) {
    by_user = confidences(data.by_user.values, model.options, data.value_mean);
    by_item = confidences(data.by_item.values, model.options, data.value_mean);
    seen.by_user.confidence = by_user;
    seen.by_item.confidence = by_item;
    seen.by_user.uniform_confidence = seen.by_item.uniform_confidence =
        confidences(std::array{1.0F}, model.options, data.value_mean).front();
  }
  run_training(model, data, seen, control);
  if (control.store_interactions) {
    model.low = parts_->low;
    model.interactions = data.by_user;
    if (data.ones_released) {
      model.interactions.values.assign(model.interactions.indices.size(), 1.0F);
    }
  }
  return model;
}

}  // namespace alsace
