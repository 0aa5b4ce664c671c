#include "report/regression.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Dense>

namespace alsace {
namespace {

constexpr std::size_t fewest_rows = 3;

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

/// Places of the values whose item has something in the column.
std::vector<std::size_t> places_given(const ItemColumn& column, std::span<const Index> rows) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Index row = rows[i];
    const bool given = row >= 0 && (column.kind == ColumnKind::number
                                        ? !std::isnan(column.numbers[static_cast<std::size_t>(row)])
                                        : !column.labels_of(row).empty());
    if (given) {
      places.push_back(i);
    }
  }
  return places;
}

std::vector<double> picked(std::span<const double> values, std::span<const std::size_t> places) {
  std::vector<double> out;
  out.reserve(places.size());
  for (const std::size_t place : places) {
    out.push_back(values[place]);
  }
  return out;
}

/// Least squares on centred indicators of labels: A = X'X - n m m', with m the labels' shares. A
/// label that follows from others makes A singular, hence its eigenvalues; tiny ones are no
/// direction.
class IndicatorSystem {
 public:
  IndicatorSystem(const ItemColumn& column,
                  std::span<const Index> rows,
                  std::span<const std::size_t> places)
      : column_(column), rows_(rows), places_(places) {
    const auto labels = static_cast<Eigen::Index>(column.labels.size());
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(labels, labels);
    counts_ = Eigen::VectorXd::Zero(labels);
    for (const std::size_t place : places) {
      const std::span<const Index> own = column.labels_of(rows[place]);
      for (const Index a : own) {
        counts_[a] += 1;
        for (const Index b : own) {
          matrix(a, b) += 1;
        }
      }
    }
    matrix -= counts_ * counts_.transpose() / static_cast<double>(places.size());
    solver_.compute(matrix);
  }

  /// The sum of squares that the fit explains, of values that have mean 0.
  [[nodiscard]] double explained(std::span<const double> centred) const {
    Eigen::VectorXd right = Eigen::VectorXd::Zero(counts_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) {
      for (const Index label : column_.labels_of(rows_[places_[i]])) {
        right[label] += centred[i];
      }
    }
    const Eigen::VectorXd turned = solver_.eigenvectors().transpose() * right;
    const Eigen::VectorXd& values = solver_.eigenvalues();
    const double smallest = 1e-10 * std::max(values.maxCoeff(), 0.0);
    double sum = 0;
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      sum += values[i] > smallest ? turned[i] * turned[i] / values[i] : 0.0;
    }
    return sum;
  }

 private:
  const ItemColumn& column_;
  std::span<const Index> rows_;
  std::span<const std::size_t> places_;
  Eigen::VectorXd counts_;
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver_;
};

std::optional<double> share_of_indicators(std::span<const double> values,
                                          const IndicatorSystem& system) {
  const double mean = mean_of(values);
  std::vector<double> centred;
  double total = 0;
  for (const double value : values) {
    centred.push_back(value - mean);
    total += centred.back() * centred.back();
  }
  if (!(total > 0)) {
    return {};
  }
  return std::clamp(system.explained(centred) / total, 0.0, 1.0);
}

}  // namespace

std::optional<double> correlation(std::span<const double> x, std::span<const double> y) {
  if (x.empty()) {
    return {};
  }
  const double mean_x = mean_of(x);
  const double mean_y = mean_of(y);
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  return xx > 0 && yy > 0 ? std::optional(std::clamp(xy / std::sqrt(xx) / std::sqrt(yy), -1.0, 1.0))
                          : std::nullopt;
}

std::optional<double> explained_share(std::span<const double> values,
                                      const ItemColumn& column,
                                      std::span<const Index> rows) {
  const std::vector<double> copy(values.begin(), values.end());
  return explained_shares(std::span(&copy, 1), column, rows).front();
}

std::vector<std::optional<double>> explained_shares(std::span<const std::vector<double>> values,
                                                    const ItemColumn& column,
                                                    std::span<const Index> rows) {
  std::vector<std::optional<double>> shares(values.size());
  const std::vector<std::size_t> places = places_given(column, rows);
  if (places.size() < fewest_rows) {
    return shares;
  }
  if (column.kind == ColumnKind::category) {
    const IndicatorSystem system(column, rows, places);
    for (std::size_t i = 0; i < values.size(); ++i) {
      shares[i] = share_of_indicators(picked(values[i], places), system);
    }
    return shares;
  }
  std::vector<double> x;
  for (const std::size_t place : places) {
    x.push_back(column.numbers[static_cast<std::size_t>(rows[place])]);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const auto r = correlation(x, picked(values[i], places))) {
      shares[i] = *r * *r;
    }
  }
  return shares;
}

}  // namespace alsace
