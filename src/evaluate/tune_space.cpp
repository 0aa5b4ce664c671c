#include "evaluate/tune_space.h"

#include "alsace/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "tune: " + message);
}

double logit(const Axis& axis, double value) {
  return axis.logarithmic ? std::log(value) : value;
}

/// 16, 24, 32, ...: whole registers; small numbers as they are.
double rounded(const Axis& axis, double value) {
  if (!axis.whole) {
    return value;
  }
  return axis.logarithmic && value > 16 ? 8 * std::round(value / 8) : std::round(value);
}

double in_range(const Axis& axis, double value) {
  return std::clamp(rounded(axis, value), axis.low, axis.high);
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

RegularizationScale::RegularizationScale(std::span<const std::int64_t> user_counts,
                                         std::span<const std::int64_t> item_counts) {
  const auto count = [](std::span<const std::int64_t> counts, Histogram& rows) {
    std::int64_t trained = 0;
    for (const std::int64_t entries : counts) {
      if (entries > 0) {
        ++rows[entries];
        ++trained;
      }
    }
    return trained;
  };
  trained_users_ = count(user_counts, users_);
  trained_items_ = count(item_counts, items_);
}

double RegularizationScale::mean_power(const TrainOptions& options) const {
  const auto sum = [&](const Histogram& rows, std::int64_t others) {
    const double rest = options.regularization_count == RegularizationCount::all
                            ? options.unobserved_weight * static_cast<double>(others)
                            : 0.0;
    double total = 0;
    for (const auto& [entries, number] : rows) {
      total += static_cast<double>(number) *
               std::pow(static_cast<double>(entries) + rest, *options.regularization_exponent);
    }
    return total;
  };
  return (sum(users_, trained_items_) + sum(items_, trained_users_)) /
         static_cast<double>(trained_users_ + trained_items_);
}

double Axis::at(double unit) const {
  if (!list.empty()) {
    const auto place = static_cast<std::size_t>(unit * static_cast<double>(list.size()));
    return list[std::min(place, list.size() - 1)];
  }
  double from = logit(*this, low);
  double to = logit(*this, high);
  if (knee > low && knee < high) {
    constexpr double share = 0.25;
    const double bend = std::log(knee);
    const bool below = unit < share;
    unit = below ? unit / share : (unit - share) / (1 - share);
    (below ? to : from) = bend;
  }
  const double value = from + unit * (to - from);
  return in_range(*this, logarithmic ? std::exp(value) : value);
}

double Axis::nearest(double value) const {
  if (list.empty()) {
    return std::clamp(value, low, high);
  }
  return *std::ranges::min_element(
      list, {}, [&](double known) { return std::abs(logit(*this, known) - logit(*this, value)); });
}

double Axis::near(double value, double normal, double shrink) const {
  if (!list.empty()) {  // The place beside it, where the draw is far enough out.
    const auto place = std::ranges::find(list, value) - list.begin();
    const auto last = static_cast<std::ptrdiff_t>(list.size()) - 1;
    const std::ptrdiff_t step = std::abs(normal) < 0.7 ? 0 : normal > 0 ? 1 : -1;
    return list[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(place + step, 0, last))];
  }
  const double move = normal * spread * shrink;
  return in_range(*this, logarithmic ? value * std::exp(move) : value + move);
}

bool Axis::on_low_edge(double value) const noexcept {
  return list.empty() && !fixed() && close(value, low);
}
bool Axis::on_high_edge(double value) const noexcept {
  return list.empty() && !fixed() && high < most && close(value, high);
}

Space::Space(const TuneOptions& options, const RegularizationScale& scale, bool all_ones)
    : base_(resolve(options.base)), given_(options.space), scale_(scale) {
  make_axes(all_ones);
  take_given();
}

void Space::make_axes(bool all_ones) {
  const bool is_explicit = base_.feedback == Feedback::explicit_feedback;
  TrainOptions strong;
  strong.regularization = is_explicit ? 0.1 : recommended_options().regularization;
  strong.regularization_exponent = 1;
  const double middle = scale_.strength_of(strong);
  // The literature's range of lambda is for exponent 0, where lambda is the strength; the preset is
  // orders of magnitude stronger. Both are in the range, and most draws lie above the first.
  const double weakest = is_explicit ? middle / 10 : 0.001;
  const double knee = is_explicit ? 0 : 0.1;
  axes_ = {
      Axis{.name = "factors",
           .low = is_explicit ? 8.0 : 32.0,
           .high = 128,
           .logarithmic = true,
           .whole = true,
           .spread = 0.3,
           .widens = 2},
      Axis{.name = "regularization",
           .low = weakest,
           .high = std::max(4 * middle, 4 * weakest),
           .logarithmic = true,
           .knee = knee,
           .spread = 0.7,
           .widens = 4},
      Axis{.name = "regularization_exponent", .low = 0, .high = 1, .spread = 0.15},
      Axis{.name = "iterations", .low = 15, .high = 30, .whole = true, .spread = 0},
      Axis{.name = "alpha", .low = 1, .high = 40, .logarithmic = true, .spread = 0.7, .widens = 4},
      Axis{.name = "unobserved_weight",
           .low = 0.1,
           .high = 1,
           .logarithmic = true,
           .spread = 0.5,
           .widens = 4,
           .most = 1}};
  confidences_ = {Confidence::relative, Confidence::log, Confidence::linear};
  counts_ = {RegularizationCount::observed};
  biases_ = {false};
  if (is_explicit) {
    axes_[a_alpha].low = axes_[a_alpha].high = base_.alpha;
    axes_[a_weight].low = axes_[a_weight].high = base_.unobserved_weight;
    confidences_ = {base_.confidence};
    biases_ = base_.nonnegative ? std::vector<bool>{base_.biases} : std::vector<bool>{false, true};
  } else if (all_ones) {
    // One confidence for all entries: only its ratio to w0 matters, and alpha is that.
    axes_[a_weight].low = axes_[a_weight].high = 1;
    confidences_ = {Confidence::linear};
  }
}

void Space::take_given() {
  const TuneSpace& space = given_;
  const bool is_explicit = base_.feedback == Feedback::explicit_feedback;
  const auto take = [&](const TuneValues& values, AxisName name, double least) {
    if (!values.given()) {
      return;
    }
    Axis& axis = axes_[name];
    std::vector<double> sorted = values.values;
    std::ranges::sort(sorted);
    const auto bad = std::ranges::find_if(sorted, [&](double value) {
      return !std::isfinite(value) || value < least || (axis.whole && value != std::round(value));
    });
    if (bad != sorted.end()) {
      refuse(fmt::format("{} may not be {}: it must be {}, {} or more.",
                         axis.name,
                         *bad,
                         axis.whole ? "a whole number" : "a number",
                         least));
    }
    axis.given = true;
    axis.knee = 0;
    axis.low = sorted.front();
    axis.high = sorted.back();
    if (!values.is_range && sorted.size() > 1) {
      sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
      axis.list = std::move(sorted);
    }
    any_given_ = true;
  };
  if (is_explicit && (space.alpha.given() || space.unobserved_weight.given() ||
                      !space.confidences.empty() || !space.counts.empty())) {
    refuse(
        "alpha, unobserved_weight, confidence and regularization_count are for implicit "
        "feedback. Leave them out.");
  }
  if (!is_explicit && !space.biases.empty()) {
    refuse("biases are for explicit feedback. Leave them out.");
  }
  constexpr double tiny = 1e-12;  // Logarithmic axes have no 0.
  take(space.factors, a_factors, 1);
  take(space.regularization, a_strength, tiny);
  take(space.regularization_exponent, a_exponent, 0);
  take(space.iterations, a_iterations, 1);
  take(space.alpha, a_alpha, tiny);
  take(space.unobserved_weight, a_weight, tiny);
  lambda_given_ = space.regularization.given();
  const auto take_words = [&](const auto& given, auto& words) {
    if (!given.empty()) {
      words = given;
      any_given_ = true;
    }
  };
  take_words(space.confidences, confidences_);
  take_words(space.counts, counts_);
  take_words(space.biases, biases_);
}

TrainOptions Space::options_of(const Point& point) const {
  TrainOptions options = base_;
  options.factors = static_cast<int>(point.numbers[a_factors]);
  options.iterations = static_cast<int>(point.numbers[a_iterations]);
  options.regularization_exponent = point.numbers[a_exponent];
  options.biases = point.biases;
  if (options.feedback == Feedback::implicit_feedback) {
    options.regularization_count = point.count;
    options.confidence = point.confidence;
    options.alpha = point.numbers[a_alpha];
    options.unobserved_weight = point.numbers[a_weight];
  }
  const double given = point.numbers[a_strength];
  options.regularization = lambda_given_ ? given : scale_.lambda_of(given, options);
  return resolve(options);
}

Point Space::point_of(const TrainOptions& options) const {
  Point point{.numbers = {static_cast<double>(options.factors),
                          lambda_given_ ? *options.regularization : scale_.strength_of(options),
                          *options.regularization_exponent,
                          static_cast<double>(options.iterations),
                          options.alpha,
                          options.unobserved_weight},
              .confidence = options.confidence,
              .count = options.regularization_count,
              .biases = options.biases};
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    // A start outside the search's own range is one, too; what the caller gave is kept to.
    point.numbers[i] = axes_[i].given ? axes_[i].nearest(point.numbers[i]) : point.numbers[i];
  }
  const auto keep = [](const auto& words, auto word) {
    return std::ranges::find(words, word) != words.end() ? word : words.front();
  };
  point.confidence = keep(confidences_, point.confidence);
  point.count = keep(counts_, point.count);
  point.biases = keep(biases_, point.biases);
  return point;
}

std::vector<Point> Space::draw(int count, RandomStream& random) const {
  const auto size = static_cast<std::size_t>(count);
  std::vector<Point> points(size);
  std::vector<std::size_t> order(size);
  const auto shuffle = [&] {
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = size; i > 1; --i) {
      std::swap(order[i - 1], order[random.below(i)]);
    }
  };
  const auto stratum = [&](std::size_t i) {
    return (static_cast<double>(order[i]) + random.uniform()) / static_cast<double>(size);
  };
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    shuffle();
    for (std::size_t i = 0; i < size; ++i) {
      points[i].numbers[a] = axes_[a].at(stratum(i));
    }
  }
  const auto deal = [&](const auto& words, auto member) {
    shuffle();
    for (std::size_t i = 0; i < size; ++i) {
      points[i].*member = words[order[i] % words.size()];
    }
  };
  deal(confidences_, &Point::confidence);
  deal(counts_, &Point::count);
  deal(biases_, &Point::biases);
  return points;
}

Point Space::near(const Point& point, double shrink, RandomStream& random) const {
  Point moved = point;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const double normal = random.normal();
    moved.numbers[a] =
        axes_[a].fixed() ? axes_[a].at(0) : axes_[a].near(point.numbers[a], normal, shrink);
  }
  return moved;
}

std::vector<Point> Space::grid() const {
  std::array<Axis, 6> axes = axes_;
  const Point plain = point_of(base_);
  const bool is_explicit = base_.feedback == Feedback::explicit_feedback;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (axes[a].list.empty()) {
      axes[a].list = {axes[a].given ? axes[a].low : plain.numbers[a]};
    }
  }
  if (!any_given_) {  // The literature's ranges.
    axes[a_factors].list = {32, 64, 128};
    axes[a_strength].list =
        is_explicit ? std::vector{0.03, 0.1, 0.3} : std::vector{0.001, 0.01, 0.1};
    if (!is_explicit) {
      axes[a_alpha].list = {1, 10, 40};
    }
  }
  axes[a_iterations].list = {static_cast<double>(grid_iterations().back())};
  std::vector<Point> points = {plain};
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::vector<Point> more;
    for (const Point& point : points) {
      for (const double value : axes[a].list) {
        more.push_back(point);
        more.back().numbers[a] = value;
      }
    }
    points = std::move(more);
  }
  const auto times = [&](const auto& words, auto member) {
    std::vector<Point> more;
    for (const Point& point : points) {
      for (const auto& word : words) {
        more.push_back(point);
        more.back().*member = word;
      }
    }
    points = std::move(more);
  };
  if (given_.confidences.size() > 1) {
    times(confidences_, &Point::confidence);
  }
  if (given_.counts.size() > 1) {
    times(counts_, &Point::count);
  }
  if (given_.biases.size() > 1) {
    times(biases_, &Point::biases);
  }
  return points;
}

std::vector<int> Space::grid_iterations() const {
  const Axis& axis = axes_[a_iterations];
  if (!axis.given) {
    return {base_.iterations};
  }
  if (axis.list.empty()) {
    return {static_cast<int>(axis.high)};
  }
  std::vector<int> counts;
  for (const double value : axis.list) {
    counts.push_back(static_cast<int>(value));
  }
  return counts;
}

std::vector<Space::Edge> Space::edges_at(const Point& point) const {
  std::vector<Edge> edges;
  for (const AxisName name : {a_factors, a_strength, a_exponent, a_alpha, a_weight}) {
    const Axis& axis = axes_[name];
    const bool has_edge = axis.widens > 0 || axis.given;
    if (has_edge && axis.on_high_edge(point.numbers[name])) {
      edges.push_back({.axis = name, .high = true});
    } else if (has_edge && axis.on_low_edge(point.numbers[name])) {
      edges.push_back({.axis = name, .high = false});
    }
  }
  return edges;
}

std::string Space::widen(Edge edge) {
  Axis& axis = axes_[edge.axis];
  const std::string name =
      edge.axis == a_strength && !lambda_given_ ? "mean strength of regularization" : axis.name;
  const std::string range = fmt::format("{:.4g} to {:.4g}", axis.low, axis.high);
  if (axis.given) {
    return fmt::format(
        "the best {} lies on the edge of the range given, {}: a wider one may be better",
        name,
        range);
  }
  double& end = edge.high ? axis.high : axis.low;
  end = rounded(axis, edge.high ? end * axis.widens : end / axis.widens);
  if (edge.axis == a_factors) {
    end = std::clamp(end, 1.0, 65535.0);
  }
  return fmt::format("the best {} lies on the edge of {}: widened to {:.4g}", name, range, end);
}

}  // namespace alsace
