#include "kernels/gather.h"
#include "solve/gram.h"
#include "solve/half_step.h"
#include "solve/row_entries.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

namespace alsace {
namespace {

constexpr std::size_t rows_per_task = 256;

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

double bias(std::span<const float> biases, std::size_t row) {
  return biases.empty() ? 0.0 : static_cast<double>(biases[row]);
}

/// sum_j c_j (p_j - s_j)^2 - w0 s_j^2 over the entries of users [begin, end): the observed pairs,
/// less what the sum over all pairs will count for them.
double data_term(const Observations& by_user,
                 ConstSide users,
                 ConstSide items,
                 const FactorTable& item_table,
                 double unobserved_weight,
                 std::size_t begin,
                 std::size_t end) {
  FactorTable user(1, users.factors.factors);
  std::vector<double> dots;
  double sum = 0;
  for (std::size_t row = begin; row < end; ++row) {
    const auto first = static_cast<std::size_t>(by_user.offsets[row]);
    const auto entries = static_cast<std::size_t>(by_user.offsets[row + 1]) - first;
    std::ranges::copy(users.factors.row(static_cast<Index>(row)), user.row(0).begin());
    dots.resize(entries);
    kernels::gather_dots({.table = item_table.data(),
                          .stride = item_table.stride(),
                          .columns = by_user.columns.data() + first,
                          .count = entries},
                         user.data(),
                         dots.data());
    const double offset = by_user.target_offset + bias(users.biases, row);
    for (std::size_t j = 0; j < entries; ++j) {
      const double confidence = by_user.confidence.empty()
                                    ? static_cast<double>(by_user.uniform_confidence)
                                    : static_cast<double>(by_user.confidence[first + j]);
      double error =
          by_user.targets.empty() ? 1.0 : static_cast<double>(by_user.targets[first + j]);
      error -= offset + bias(items.biases, at(by_user.columns[first + j])) + dots[j];
      sum += confidence * error * error - unobserved_weight * dots[j] * dots[j];
    }
  }
  return sum;
}

/// sum over all pairs of (x_u . y_i)^2 = sum of the products of the two Gram matrices.
double all_pairs(ConstSide users, ConstSide items, ThreadPool& pool) {
  const SquareMatrix x = gram(users.factors, pool);
  const SquareMatrix y = gram(items.factors, pool);
  return std::inner_product(x.values.begin(), x.values.end(), y.values.begin(), 0.0);
}

Index rows_with_entries(std::span<const std::int64_t> counts) {
  return static_cast<Index>(
      std::ranges::count_if(counts, [](std::int64_t count) { return count > 0; }));
}

/// The sum of `part` over blocks of rows, in their order.
double sum_over_blocks(ThreadPool& pool,
                       std::size_t rows,
                       const std::function<double(std::size_t begin, std::size_t end)>& part) {
  std::vector<double> parts((rows + rows_per_task - 1) / rows_per_task);
  parallel_blocks(pool, rows, rows_per_task, [&](std::size_t begin, std::size_t end, int) {
    parts[begin / rows_per_task] = part(begin, end);
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

}  // namespace

double penalty(ConstSide side,
               std::span<const std::int64_t> counts,
               const TrainOptions& options,
               Index counterparts,
               ThreadPool& pool) {
  const double more = more_count(options, counterparts);
  return sum_over_blocks(pool, counts.size(), [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t row = begin; row < end; ++row) {
      if (counts[row] == 0) {
        continue;  // Not a row of the model: 0, or start factors on their way to it.
      }
      double square = bias(side.biases, row) * bias(side.biases, row);
      for (const float value : side.factors.row(static_cast<Index>(row))) {
        square += static_cast<double>(value) * static_cast<double>(value);
      }
      sum += row_regularization(options, static_cast<double>(counts[row]), more) * square;
    }
    return sum;
  });
}

double objective(const Observations& by_user,
                 ConstSide users,
                 ConstSide items,
                 const TrainOptions& options,
                 ThreadPool& pool) {
  const bool is_implicit = options.feedback == Feedback::implicit_feedback;
  const double unobserved_weight = is_implicit ? options.unobserved_weight : 0.0;
  const FactorTable item_table = FactorTable::copy_of(items.factors);
  const auto rows = at(by_user.rows());
  double total = sum_over_blocks(pool, rows, [&](std::size_t begin, std::size_t end) {
    return data_term(by_user, users, items, item_table, unobserved_weight, begin, end);
  });
  if (unobserved_weight > 0) {
    total += unobserved_weight * all_pairs(users, items, pool);
  }

  std::vector<std::int64_t> user_counts(rows);
  std::adjacent_difference(by_user.offsets.begin() + 1, by_user.offsets.end(), user_counts.begin());
  std::vector<std::int64_t> item_counts(at(items.factors.rows), 0);
  for (const Index item : by_user.columns) {
    ++item_counts[at(item)];
  }
  return total + penalty(users, user_counts, options, rows_with_entries(item_counts), pool) +
         penalty(items, item_counts, options, rows_with_entries(user_counts), pool);
}

double objective(const Observations& by_user,
                 ConstSide users,
                 ConstSide items,
                 const TrainOptions& options) {
  const TrainOptions resolved = resolve(options);
  check_observations(by_user, items.factors.rows);
  check_sides(by_user, items, users, resolved);
  ThreadPool pool(resolved.threads);
  return objective(by_user, users, items, resolved, pool);
}

}  // namespace alsace
