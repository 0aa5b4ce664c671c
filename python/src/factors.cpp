// The library's parts on a caller's own factors: half-steps, the objective, the best rows.
#include "alsace/csr_matrix.h"
#include "alsace/recommend.h"
#include "alsace/solve.h"

#include "arrays.h"
#include "bindings.h"
#include "options.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

namespace alsace::python {
namespace {

using OwnFactors = nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

/// A matrix of signed confidence: |value| is c, and p is 1 where the value is above 0, else 0.
struct SignedConfidence {
  CsrMatrix matrix;
  std::vector<float> confidence = {};
  std::vector<float> targets = {};

  explicit SignedConfidence(const CsrTuple& given) : matrix(csr_of(given)) {
    for (std::int64_t entry = 0; entry < matrix.entries(); ++entry) {
      confidence.push_back(std::abs(matrix.value(entry)));
      targets.push_back(matrix.value(entry) > 0 ? 1.0F : 0.0F);
    }
  }

  [[nodiscard]] Observations observations() const {
    return {.offsets = matrix.offsets,
            .columns = matrix.indices,
            .confidence = confidence,
            .targets = targets};
  }
};

/// Writes `solved`.
void half_step_on(const CsrTuple& signed_confidence,
                  const FactorArray& fixed,
                  const OwnFactors& solved,
                  const nb::dict& options) {
  const TrainOptions chosen = train_options(options);
  const SignedConfidence given(signed_confidence);
  const MutableFactorView rows{.data = solved.data(),
                               .rows = static_cast<Index>(solved.shape(0)),
                               .factors = static_cast<int>(solved.shape(1)),
                               .stride = solved.shape(1)};
  const nb::gil_scoped_release unlocked;
  half_step(given.observations(),
            {.factors = factor_view(fixed)},
            {.factors = rows},
            chosen,
            static_cast<Index>(fixed.shape(0)));
}

double objective_of(const CsrTuple& signed_confidence,
                    const FactorArray& users,
                    const FactorArray& items,
                    const nb::dict& options) {
  const TrainOptions chosen = train_options(options);
  const SignedConfidence given(signed_confidence);
  const nb::gil_scoped_release unlocked;
  return objective(given.observations(),
                   {.factors = factor_view(users)},
                   {.factors = factor_view(items)},
                   chosen);
}

/// (rows int32, scores float32), [queries, top_k]; places without an entry have row -1 and the
/// lowest float.
nb::tuple best_rows_of(const FactorArray& table,
                       const FactorArray& queries,
                       int top_k,
                       const std::optional<Array<float>>& lengths,
                       const std::optional<CsrTuple>& hidden,
                       const std::optional<Array<Index>>& deny,
                       int threads) {
  const std::optional<CsrMatrix> hidden_rows =
      hidden ? std::optional(csr_of(*hidden)) : std::nullopt;
  const RowSearch search{.top_k = top_k,
                         .lengths = lengths ? span_of(*lengths) : std::span<const float>(),
                         .hidden = hidden_rows ? &*hidden_rows : nullptr,
                         .deny = deny ? span_of(*deny) : std::span<const Index>(),
                         .threads = threads};
  const std::vector<std::size_t> shape = {queries.shape(0), static_cast<std::size_t>(top_k)};
  std::vector<Index> rows;
  std::vector<float> scores;
  {
    const nb::gil_scoped_release unlocked;
    const auto lists = best_rows(factor_view(table), factor_view(queries), search);
    rows.assign(shape[0] * shape[1], -1);
    scores.assign(rows.size(), std::numeric_limits<float>::lowest());
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (std::size_t j = 0; j < lists[i].size(); ++j) {
        rows[i * shape[1] + j] = lists[i][j].row;
        scores[i * shape[1] + j] = lists[i][j].score;
      }
    }
  }
  return nb::make_tuple(array_of(std::move(rows), shape), array_of(std::move(scores), shape));
}

}  // namespace

void bind_factors(nb::module_& module) {
  module.def("half_step", half_step_on);
  module.def("objective", objective_of);
  module.def("best_rows",
             best_rows_of,
             nb::arg(),
             nb::arg(),
             nb::arg(),
             nb::arg().none(),
             nb::arg().none(),
             nb::arg().none(),
             nb::arg());
}

}  // namespace alsace::python
