#include "support/sparse_oracle.h"

#include "support/dense_oracle.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace alsace::test {
namespace {

/// p of value r.
double preference_in_double(double r) {
  return r > 0 ? 1.0 : 0.0;
}

/// c of value r, by the definitions.
double confidence_in_double(double value, const Model& model) {
  const TrainOptions& o = model.options;
  const double r = std::abs(value);
  switch (o.confidence) {
    case Confidence::linear:
      return 1 + o.alpha * r;
    case Confidence::scaled:
      return o.alpha * r;
    case Confidence::log:
      return 1 + o.alpha * std::log(1 + r / o.log_epsilon);
    case Confidence::relative:
      return 1 + o.alpha * r / model.value_mean;
  }
  return 0;
}

/// A user's normal equations given the stored item factors; `gram` is their Y'Y in float64.
DenseSystem user_system(const Model& model,
                        const Dense& gram,
                        std::span<const Index> items,
                        std::span<const float> values) {
  const TrainOptions& o = model.options;
  const bool is_implicit = o.feedback == Feedback::implicit_feedback;
  const Eigen::Index size = o.factors + (o.biases ? 1 : 0);
  const double lambda =
      *o.regularization * std::pow(static_cast<double>(items.size()), *o.regularization_exponent);
  DenseSystem system{Dense::Identity(size, size) * lambda, Eigen::VectorXd::Zero(size)};
  if (is_implicit) {
    system.a += o.unobserved_weight * gram;
  }
  for (std::size_t j = 0; j < items.size(); ++j) {
    const double r = values.empty() ? 1.0 : static_cast<double>(values[j]);
    Eigen::VectorXd y(size);
    y.head(o.factors) = to_dense(model.item_factors.row(items[j]));
    double c = 1;
    double target = r;
    if (is_implicit) {
      c = confidence_in_double(r, model);
      target = preference_in_double(r);
    } else if (o.biases) {
      y[o.factors] = 1;
      target = r - model.value_mean -
               static_cast<double>(model.item_biases[static_cast<std::size_t>(items[j])]);
    }
    system.a += (c - (is_implicit ? o.unobserved_weight : 0.0)) * y * y.transpose();
    system.b += c * target * y;
  }
  return system;
}

}  // namespace

double worst_user_error(const Model& model) {
  const Dense items = to_dense(model.item_factors);
  const Dense gram = items.transpose() * items;
  double worst = 0;
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    const auto row = model.interactions.row(user);
    if (row.empty()) {
      continue;
    }
    const auto begin =
        static_cast<std::size_t>(model.interactions.offsets[static_cast<std::size_t>(user)]);
    const std::span<const float> values =
        model.interactions.values.empty()
            ? std::span<const float>()
            : std::span<const float>(model.interactions.values).subspan(begin, row.size());
    Eigen::VectorXd x(model.options.factors + (model.options.biases ? 1 : 0));
    x.head(model.options.factors) = to_dense(model.user_factors.row(user));
    if (model.options.biases) {
      x[model.options.factors] =
          static_cast<double>(model.user_biases[static_cast<std::size_t>(user)]);
    }
    worst = std::max(worst, backward_error(user_system(model, gram, row, values), x));
  }
  return worst;
}

double model_objective(const Model& model) {
  const TrainOptions& o = model.options;
  const bool is_implicit = o.feedback == Feedback::implicit_feedback;
  const Dense x = to_dense(model.user_factors);
  const Dense y = to_dense(model.item_factors);
  const auto penalty = [&](double n) {
    return *o.regularization * std::pow(n, *o.regularization_exponent);
  };
  double total = 0;
  if (is_implicit) {
    total = o.unobserved_weight * ((x.transpose() * x).array() * (y.transpose() * y).array()).sum();
  }
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    const auto row = model.interactions.row(user);
    std::int64_t entry = model.interactions.offsets[static_cast<std::size_t>(user)];
    const double user_bias =
        o.biases ? static_cast<double>(model.user_biases[static_cast<std::size_t>(user)]) : 0.0;
    for (const Index item : row) {
      const double r = static_cast<double>(model.interactions.value(entry++));
      double score = x.row(user).dot(y.row(item));
      if (is_implicit) {
        const double error = preference_in_double(r) - score;
        total +=
            confidence_in_double(r, model) * error * error - o.unobserved_weight * score * score;
      } else {
        if (o.biases) {
          score += model.value_mean + user_bias +
                   static_cast<double>(model.item_biases[static_cast<std::size_t>(item)]);
        }
        total += (r - score) * (r - score);
      }
    }
    if (!row.empty()) {
      total += penalty(static_cast<double>(row.size())) *
               (x.row(user).squaredNorm() + user_bias * user_bias);
    }
  }
  for (Index item = 0; item < model.item_ids.size(); ++item) {
    const auto count = model.item_counts[static_cast<std::size_t>(item)];
    const double bias =
        o.biases ? static_cast<double>(model.item_biases[static_cast<std::size_t>(item)]) : 0.0;
    if (count > 0) {
      total += penalty(static_cast<double>(count)) * (y.row(item).squaredNorm() + bias * bias);
    }
  }
  return total;
}

}  // namespace alsace::test
