#include "alsace/error.h"
#include "alsace/solve.h"
#include "alsace/train.h"

#include "base/thread_pool.h"
#include "matrix/csr.h"
#include "matrix/entries.h"
#include "solve/eigenbasis.h"
#include "solve/gram.h"
#include "train/training_data.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

/// One side of a model, as partial fits see it.
struct ModelSide {
  IdTable& ids;
  FactorTable& factors;
  std::vector<float>& biases;
  std::vector<std::int64_t>& counts;
};

ModelSide user_side(Model& model) {
  return {model.user_ids, model.user_factors, model.user_biases, model.user_counts};
}
ModelSide item_side(Model& model) {
  return {model.item_ids, model.item_factors, model.item_biases, model.item_counts};
}

void check_shape(const CsrMatrix& rows, Index ids, Index others) {
  if (rows.rows != ids || rows.columns != others) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("partial_fit: the matrix has shape [{}, {}], it must be [{}, {}]: one "
                            "row for each id, one column for each row of the model's other side.",
                            rows.rows,
                            rows.columns,
                            ids,
                            others));
  }
}

/// The entries that count: implicit feedback leaves out values of 0 unless they are dislikes.
CsrMatrix kept_entries(const CsrMatrix& rows, const TrainOptions& options) {
  const bool drops_zeros = options.feedback == Feedback::implicit_feedback && !options.dislikes;
  return drops_zeros && std::ranges::count(rows.values, 0.0F) > 0 ? without_zeros(rows) : rows;
}

/// The factors and biases of rows that are solved by themselves.
struct Solved {
  FactorTable factors;
  std::vector<float> biases;
};

Solved solve_rows(const CsrMatrix& rows,
                  const ModelSide& fixed,
                  const Model& model,
                  Index counterparts,
                  int threads) {
  TrainOptions options = model.options;
  options.solver = Solver::exact;
  options.threads = threads;
  Observations observations{.offsets = rows.offsets, .columns = rows.indices};
  EntryWeights weights;
  if (options.feedback == Feedback::explicit_feedback) {
    observations.targets = rows.values;
    observations.target_offset = options.biases ? model.value_mean : 0.0;
  } else if (rows.values.empty()) {
    observations.uniform_confidence =
        static_cast<float>(confidence_of(1.0, options, model.value_mean));
  } else {
    weights = weigh(rows.values, options, model.value_mean);
    observations.confidence = weights.confidence;
    observations.targets = weights.preferences;
  }
  Solved solved{.factors = FactorTable(rows.rows, options.factors), .biases = {}};
  solved.biases.assign(options.biases ? at(rows.rows) : 0, 0.0F);
  half_step(observations,
            {.factors = fixed.factors, .biases = fixed.biases},
            {.factors = solved.factors.view(), .biases = solved.biases},
            options,
            counterparts);
  return solved;
}

/// `matrix` with rows[i] in the place of row places[i]; places beyond its end make it longer.
CsrMatrix with_rows(const CsrMatrix& matrix,
                    const CsrMatrix& rows,
                    std::span<const Index> places,
                    Index size) {
  std::vector<Index> replaced_by(at(size), -1);
  for (std::size_t i = 0; i < places.size(); ++i) {
    replaced_by[at(places[i])] = static_cast<Index>(i);
  }
  CsrMatrix result{.rows = size, .columns = matrix.columns};
  const bool with_values = !matrix.values.empty() || !rows.values.empty();
  for (Index row = 0; row < size; ++row) {
    const Index replacement = replaced_by[at(row)];
    const bool is_new = replacement >= 0;
    if (is_new || row < matrix.rows) {
      const CsrMatrix& source = is_new ? rows : matrix;
      const Index from = is_new ? replacement : row;
      const auto items = source.row(from);
      result.indices.insert(result.indices.end(), items.begin(), items.end());
      std::int64_t entry = source.offsets[at(from)];
      for (std::size_t i = 0; with_values && i < items.size(); ++i) {
        result.values.push_back(source.value(entry++));
      }
    }
    result.offsets.push_back(static_cast<std::int64_t>(result.indices.size()));
  }
  return result;
}

/// Rows up to `size`, none of which has entries yet.
void grow(CsrMatrix& matrix, Index rows, Index columns) {
  if (matrix.rows > 0) {
    matrix.offsets.resize(at(rows) + 1, matrix.offsets.back());
    matrix.rows = rows;
    matrix.columns = columns;
  }
}

std::vector<std::int64_t> counts_of(const CsrMatrix& matrix) {
  std::vector<std::int64_t> counts(at(matrix.rows));
  std::adjacent_difference(matrix.offsets.begin() + 1, matrix.offsets.end(), counts.begin());
  return counts;
}

std::vector<std::int64_t> column_counts_of(const CsrMatrix& matrix) {
  std::vector<std::int64_t> counts(at(matrix.columns), 0);
  for (const Index column : matrix.indices) {
    ++counts[at(column)];
  }
  return counts;
}

/// Puts the solved rows to their places in a copy that is long enough: a model from a file is
/// mapped read only.
void put_rows(const Solved& solved, std::span<const Index> places, ModelSide& side) {
  FactorTable factors(side.ids.size(), solved.factors.factors());
  for (Index row = 0; row < side.factors.rows(); ++row) {
    std::ranges::copy(std::as_const(side.factors).row(row), factors.row(row).begin());
  }
  side.biases.resize(solved.biases.empty() ? 0 : at(side.ids.size()), 0.0F);
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::ranges::copy(solved.factors.row(static_cast<Index>(i)), factors.row(places[i]).begin());
    if (!solved.biases.empty()) {
      side.biases[at(places[i])] = solved.biases[i];
    }
  }
  side.factors = std::move(factors);
}

/// What a partial fit makes of a model, but for the factors.
struct Change {
  std::vector<Index> places = {};  ///< Where each given row goes.
  IdTable ids = {};
  CsrMatrix interactions = {};  ///< By row of the side that is solved; or 0 rows.
  std::vector<std::int64_t> counts = {};
  std::vector<std::int64_t> other_counts = {};
};

/// `stored`: the model's interactions by row of the side that is solved.
Change change_of(const ModelSide& side,
                 const ModelSide& other,
                 const IdTable& ids,
                 const CsrMatrix& rows,
                 const CsrMatrix& stored) {
  Change change{.ids = side.ids, .counts = side.counts, .other_counts = other.counts};
  for (Index row = 0; row < ids.size(); ++row) {
    change.places.push_back(change.ids.find_or_add(ids[row]));
  }
  if (stored.rows > 0) {
    change.interactions = with_rows(stored, rows, change.places, change.ids.size());
    change.counts = counts_of(change.interactions);
    change.other_counts = column_counts_of(change.interactions);
  } else {
    const std::vector<std::int64_t> counts = counts_of(rows);
    change.counts.resize(at(change.ids.size()), 0);
    for (std::size_t i = 0; i < change.places.size(); ++i) {
      change.counts[at(change.places[i])] = counts[i];
    }
  }
  return change;
}

/// Both partial fits; returns the interactions by row of the side that was solved.
CsrMatrix partial_fit(const Model& model,
                      ModelSide side,
                      ModelSide other,
                      const IdTable& ids,
                      const CsrMatrix& given,
                      const CsrMatrix& stored,
                      int threads) {
  const CsrMatrix rows = kept_entries(given, model.options);
  Change change = change_of(side, other, ids, rows, stored);
  const auto trained = static_cast<Index>(
      std::ranges::count_if(change.other_counts, [](std::int64_t count) { return count > 0; }));
  const Solved solved = solve_rows(rows, other, model, trained, threads);
  side.ids = std::move(change.ids);
  put_rows(solved, change.places, side);
  side.counts = std::move(change.counts);
  other.counts = std::move(change.other_counts);
  return std::move(change.interactions);
}

}  // namespace

void partial_fit_users(Model& model,
                       const IdTable& users,
                       const CsrMatrix& histories,
                       int threads) {
  check_shape(histories, users.size(), model.item_ids.size());
  check_rows(histories, users, model.item_ids);
  check_values(histories, users, model.item_ids, model.options);
  model.interactions = partial_fit(
      model, user_side(model), item_side(model), users, histories, model.interactions, threads);
  grow(model.low, model.user_ids.size(), model.item_ids.size());
}

void partial_fit_items(Model& model,
                       const IdTable& items,
                       const CsrMatrix& audiences,
                       int threads) {
  check_shape(audiences, items.size(), model.user_ids.size());
  check_rows(audiences, items, model.user_ids);
  check_values(audiences, items, model.user_ids, model.options);
  const CsrMatrix by_item =
      partial_fit(model,
                  item_side(model),
                  user_side(model),
                  items,
                  audiences,
                  model.has_interactions() ? transpose(model.interactions) : CsrMatrix(),
                  threads);
  if (by_item.rows > 0) {
    model.interactions = transpose(by_item);
  }
  grow(model.low, model.user_ids.size(), model.item_ids.size());
  ThreadPool pool(threads);
  model.spectrum = eigenvalues(gram(model.item_factors, pool));
}

}  // namespace alsace
