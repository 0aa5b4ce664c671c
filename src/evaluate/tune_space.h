#pragma once

#include "alsace/options.h"
#include "alsace/tune.h"

#include "base/random.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// The mean of l = lambda n^nu over all users and items that are trained, its `strength`: lambdas
/// of different exponents and counts are compared by it. Rendle et al. 2021 (arXiv 2110.14037)
/// shift lambda so that it stays when the exponent changes.
class RegularizationScale {
 public:
  /// Training interactions of each user and item.
  RegularizationScale(std::span<const std::int64_t> user_counts,
                      std::span<const std::int64_t> item_counts);

  /// Mean of n^nu. @param options resolved.
  [[nodiscard]] double mean_power(const TrainOptions& options) const;
  [[nodiscard]] double strength_of(const TrainOptions& options) const {
    return *options.regularization * mean_power(options);
  }
  [[nodiscard]] double lambda_of(double strength, const TrainOptions& options) const {
    return strength / mean_power(options);
  }

 private:
  using Histogram = std::map<std::int64_t, std::int64_t>;  ///< Rows with so many entries.
  Histogram users_;
  Histogram items_;
  std::int64_t trained_users_ = 0;
  std::int64_t trained_items_ = 0;
};

/// One number that is searched.
struct Axis {
  std::string name;
  double low = 0;
  double high = 0;
  bool logarithmic = false;
  bool whole = false;
  double knee = 0;    ///< Above 0: a quarter of the draws lies below it, the rest above.
  double spread = 0;  ///< Standard deviation of neighbours: of the logarithm, or of the number.
  double widens = 0;  ///< Factor by which the range grows beyond an edge; 0: it does not.
  double most = std::numeric_limits<double>::infinity();  ///< A high end there is no edge.
  std::vector<double> list = {};                          ///< Only these.
  bool given = false;                                     ///< By the caller: never widened.

  [[nodiscard]] bool fixed() const noexcept {
    return list.empty() ? low == high : list.size() == 1;
  }
  [[nodiscard]] double at(double unit) const;  ///< unit in [0, 1).
  [[nodiscard]] double nearest(double value) const;
  [[nodiscard]] double near(double value, double normal, double shrink) const;
  [[nodiscard]] bool on_low_edge(double value) const noexcept;
  [[nodiscard]] bool on_high_edge(double value) const noexcept;
};

enum AxisName : std::size_t { a_factors, a_strength, a_exponent, a_iterations, a_alpha, a_weight };

/// A candidate in the space: one number for each axis, and the words.
struct Point {
  std::array<double, 6> numbers = {};
  Confidence confidence = Confidence::linear;
  RegularizationCount count = RegularizationCount::observed;
  bool biases = false;
};

/// Where candidates come from.
class Space {
 public:
  /// @param all_ones every value is 1, so that confidences differ by alpha alone.
  /// @throws Error invalid_argument for values out of range.
  Space(const TuneOptions& options, const RegularizationScale& scale, bool all_ones);

  [[nodiscard]] TrainOptions options_of(const Point& point) const;
  /// Nearest that the space has.
  [[nodiscard]] Point point_of(const TrainOptions& options) const;

  /// Stratified: of `count` draws one lies in each part of every axis (McKay et al. 1979).
  [[nodiscard]] std::vector<Point> draw(int count, RandomStream& random) const;
  [[nodiscard]] Point near(const Point& point, double shrink, RandomStream& random) const;
  /// Every combination. Without any list in the options, of those of a grid of its own.
  [[nodiscard]] std::vector<Point> grid() const;
  /// Counts of iterations that grid runs are measured after.
  [[nodiscard]] std::vector<int> grid_iterations() const;

  /// An edge that a point lies on.
  struct Edge {
    AxisName axis = a_factors;
    bool high = false;
  };
  [[nodiscard]] std::vector<Edge> edges_at(const Point& point) const;
  /// Moves the edge out, and says so.
  std::string widen(Edge edge);
  [[nodiscard]] const Axis& axis(AxisName name) const { return axes_[name]; }

 private:
  void make_axes(bool all_ones);
  void take_given();

  TrainOptions base_;
  TuneSpace given_;
  const RegularizationScale& scale_;
  std::array<Axis, 6> axes_;
  bool lambda_given_ = false;  ///< The axis a_strength holds lambda itself.
  bool any_given_ = false;
  std::vector<Confidence> confidences_;
  std::vector<RegularizationCount> counts_;
  std::vector<bool> biases_;
};

}  // namespace alsace
