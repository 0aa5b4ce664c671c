#include "report/components.h"

#include "alsace/error.h"

#include "base/thread_pool.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Dense>
#include <fmt/format.h>

namespace alsace {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows that are turned into doubles at a time, and columns of the covariance that are one task:
/// fixed, so that sums run in the same order for any number of threads.
constexpr std::size_t block_rows = 512;
constexpr std::size_t tile = 32;

void check_rows(FactorView table, std::span<const Index> rows) {
  for (const Index row : rows) {
    if (row < 0 || row >= table.rows) {
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("components: row {} is out of range, there are {}. Rows count from 0.",
                      row,
                      table.rows));
    }
  }
}

std::vector<double> mean_of(FactorView table, std::span<const Index> rows) {
  std::vector<double> mean(static_cast<std::size_t>(table.factors), 0.0);
  for (const Index index : rows) {
    const std::span<const float> row = table.row(index);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += static_cast<double>(row[i]);
    }
  }
  for (double& value : mean) {
    value /= static_cast<double>(std::max<std::size_t>(rows.size(), 1));
  }
  return mean;
}

/// sum (y - mean)(y - mean)', the lower half right.
RowMatrix scatter_matrix(FactorView table,
                         std::span<const Index> rows,
                         std::span<const double> mean,
                         ThreadPool& pool) {
  const std::size_t k = mean.size();
  const auto size = static_cast<Eigen::Index>(k);
  RowMatrix sum = RowMatrix::Zero(size, size);
  RowMatrix block(static_cast<Eigen::Index>(block_rows), size);
  for (std::size_t begin = 0; begin < rows.size(); begin += block_rows) {
    const std::size_t count = std::min(block_rows, rows.size() - begin);
    for (std::size_t r = 0; r < count; ++r) {
      const std::span<const float> row = table.row(rows[begin + r]);
      double* out = block.row(static_cast<Eigen::Index>(r)).data();
      for (std::size_t i = 0; i < k; ++i) {
        out[i] = static_cast<double>(row[i]) - mean[i];
      }
    }
    const auto used = block.topRows(static_cast<Eigen::Index>(count));
    pool.run((k + tile - 1) / tile, [&](std::size_t task, int) {
      const auto first = static_cast<Eigen::Index>(task * tile);
      const Eigen::Index width = std::min(static_cast<Eigen::Index>(tile), size - first);
      // Rows of the lower half only: columns up to the tile's end.
      sum.block(first, 0, width, first + width).noalias() +=
          used.middleCols(first, width).transpose() * used.leftCols(first + width);
    });
  }
  return sum;
}

void make_largest_positive(std::span<double> direction) {
  const auto largest = std::ranges::max_element(
      direction, [](double a, double b) { return std::abs(a) < std::abs(b); });
  if (*largest < 0) {
    for (double& value : direction) {
      value = -value;
    }
  }
}

}  // namespace

Components principal_components(FactorView table, std::span<const Index> rows, int threads) {
  check_rows(table, rows);
  Components components = {.factors = table.factors};
  components.count = static_cast<int>(
      std::min(static_cast<std::size_t>(table.factors), rows.empty() ? 0 : rows.size() - 1));
  components.mean = mean_of(table, rows);
  if (components.count == 0) {
    return components;
  }
  ThreadPool pool(threads);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      scatter_matrix(table, rows, components.mean, pool));
  const Eigen::VectorXd variances = solver.eigenvalues().cwiseMax(0.0);  // Rising.
  const double total = variances.sum();
  const Eigen::Index k = variances.size();
  for (Eigen::Index j = 0; j < components.count; ++j) {
    components.explained.push_back(total > 0 ? variances[k - 1 - j] / total : 0.0);
    const Eigen::VectorXd direction = solver.eigenvectors().col(k - 1 - j);
    components.basis.insert(components.basis.end(), direction.begin(), direction.end());
    make_largest_positive(std::span(components.basis).last(static_cast<std::size_t>(k)));
  }
  return components;
}

std::vector<double> component_values(FactorView table,
                                     std::span<const Index> rows,
                                     const Components& components,
                                     int component) {
  const std::size_t k = components.mean.size();
  const auto basis =
      std::span(components.basis).subspan(static_cast<std::size_t>(component) * k, k);
  std::vector<double> values;
  values.reserve(rows.size());
  for (const Index index : rows) {
    const std::span<const float> row = table.row(index);
    double value = 0;
    for (std::size_t i = 0; i < k; ++i) {
      value += basis[i] * (static_cast<double>(row[i]) - components.mean[i]);
    }
    values.push_back(value);
  }
  return values;
}

}  // namespace alsace
