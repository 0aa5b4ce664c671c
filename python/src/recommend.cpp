#include "alsace/recommend.h"

#include "arrays.h"
#include "bindings.h"
#include "ids.h"

#include <limits>
#include <optional>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

namespace alsace::python {
namespace {

using Self = FittedModel;
using Rows = Array<Index>;
using OptionalRows = std::optional<Rows>;

/// What a list may hold, as Python gives it: (top_k, include_seen, allow, deny).
using ListTuple = std::tuple<int, bool, OptionalRows, OptionalRows>;

ListOptions list_options(const ListTuple& given) {
  const auto& [top_k, include_seen, allow, deny] = given;
  ListOptions options{.top_k = top_k, .include_seen = include_seen};
  options.allow = allow ? span_of(*allow) : std::span<const Index>();
  options.deny = deny ? span_of(*deny) : std::span<const Index>();
  return options;
}

/// (rows, scores) of one list.
nb::tuple list_of(const std::vector<Scored>& list) {
  std::vector<Index> rows;
  std::vector<float> scores;
  rows.reserve(list.size());
  scores.reserve(list.size());
  for (const Scored& entry : list) {
    rows.push_back(entry.row);
    scores.push_back(entry.score);
  }
  return nb::make_tuple(array_of(std::move(rows)), array_of(std::move(scores)));
}

/// (rows, scores), [lists, longest list]: places without an entry have row -1 and score -infinity.
nb::tuple lists_of(const std::vector<std::vector<Scored>>& lists) {
  std::size_t width = 0;
  for (const std::vector<Scored>& list : lists) {
    width = std::max(width, list.size());
  }
  std::vector<Index> rows(lists.size() * width, -1);
  std::vector<float> scores(rows.size(), -std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (std::size_t j = 0; j < lists[i].size(); ++j) {
      rows[i * width + j] = lists[i][j].row;
      scores[i * width + j] = lists[i][j].score;
    }
  }
  const std::vector<std::size_t> shape = {lists.size(), width};
  return nb::make_tuple(array_of(std::move(rows), shape), array_of(std::move(scores), shape));
}

/// Collects lists while others run, and looks for Ctrl-C now and then.
class Collector {
 public:
  explicit Collector(std::size_t size) : lists_(size) {}

  ListSink sink() {
    return [this](std::size_t place, std::vector<Scored>&& list) {
      lists_[place] = std::move(list);
      if (place % 512 != 0) {
        return true;
      }
      const nb::gil_scoped_acquire locked;
      interrupted_ = PyErr_CheckSignals() != 0;
      return !interrupted_;
    };
  }

  nb::tuple result() {
    if (interrupted_) {
      nb::raise_python_error();
    }
    return lists_of(lists_);
  }

 private:
  std::vector<std::vector<Scored>> lists_;
  bool interrupted_ = false;
};

nb::tuple recommend(const Self& self, nb::handle user, const ListTuple& options) {
  const Index row = row_of(IdText()(user), self.model->user_ids, "user");
  std::vector<Scored> list;
  {
    const nb::gil_scoped_release unlocked;
    list = self.recommender.recommend(row, list_options(options));
  }
  return list_of(list);
}

nb::tuple recommend_many(const Self& self,
                         const Rows& users,
                         const ListTuple& options,
                         int threads) {
  Collector collector(users.size());
  {
    const nb::gil_scoped_release unlocked;
    self.recommender.recommend_many(
        span_of(users), list_options(options), threads, collector.sink());
  }
  return collector.result();
}

std::vector<ItemValue> history_of(const Rows& items, const Array<float>& values) {
  std::vector<ItemValue> history;
  for (std::size_t i = 0; i < std::min(items.size(), values.size()); ++i) {
    history.push_back({.item = items.data()[i], .value = values.data()[i]});
  }
  return history;
}

std::vector<std::vector<ItemValue>> histories_of(const CsrMatrix& matrix) {
  std::vector<std::vector<ItemValue>> histories(static_cast<std::size_t>(matrix.rows));
  std::int64_t entry = 0;
  for (Index row = 0; row < matrix.rows; ++row) {
    for (const Index item : matrix.row(row)) {
      histories[static_cast<std::size_t>(row)].push_back(
          {.item = item, .value = matrix.value(entry++)});
    }
  }
  return histories;
}

nb::tuple recommend_for(const Self& self,
                        const Rows& items,
                        const Array<float>& values,
                        const ListTuple& options) {
  std::vector<Scored> list;
  {
    const nb::gil_scoped_release unlocked;
    list = self.recommender.recommend_for(history_of(items, values), list_options(options));
  }
  return list_of(list);
}

nb::tuple recommend_for_many(const Self& self,
                             const CsrTuple& rows,
                             const ListTuple& options,
                             int threads) {
  const auto histories = histories_of(csr_of(rows));
  Collector collector(histories.size());
  {
    const nb::gil_scoped_release unlocked;
    self.recommender.recommend_for_many(
        histories, list_options(options), threads, collector.sink());
  }
  return collector.result();
}

/// (factors [users, factors], biases [users])
nb::tuple fold_in(const Self& self, const CsrTuple& rows, int threads) {
  const auto histories = histories_of(csr_of(rows));
  std::vector<float> factors;
  std::vector<float> biases;
  {
    const nb::gil_scoped_release unlocked;
    for (FoldedUser& user : self.recommender.fold_in_many(histories, threads)) {
      factors.insert(factors.end(), user.factors.begin(), user.factors.end());
      biases.push_back(user.bias);
    }
  }
  const auto k = static_cast<std::size_t>(self.model->options.factors);
  return nb::make_tuple(array_of(std::move(factors), {histories.size(), k}),
                        array_of(std::move(biases)));
}

using Similar = std::vector<Scored> (Recommender::*)(Index, int) const;

template <Similar similar>
nb::tuple similar_rows(const Self& self, const Rows& rows, int top_k) {
  std::vector<std::vector<Scored>> lists;
  {
    const nb::gil_scoped_release unlocked;
    for (const Index row : span_of(rows)) {
      lists.push_back((self.recommender.*similar)(row, top_k));
    }
  }
  return lists_of(lists);
}

/// (score, mean, item_bias, user_bias, rows, contributions)
nb::tuple explain(const Self& self, Index user, Index item) {
  Explanation explanation;
  {
    const nb::gil_scoped_release unlocked;
    explanation = self.recommender.explain(user, item);
  }
  const nb::tuple parts = list_of(explanation.contributions);
  return nb::make_tuple(explanation.score,
                        explanation.mean,
                        explanation.item_bias,
                        explanation.user_bias,
                        parts[0],
                        parts[1]);
}

/// Scores of pairs; row -1 is a user or item the model lacks.
nb::object predict(const Self& self, const Rows& users, const Rows& items) {
  const auto known = [](Index row) { return row < 0 ? std::nullopt : std::optional(row); };
  std::vector<double> scores;
  {
    const nb::gil_scoped_release unlocked;
    for (std::size_t i = 0; i < std::min(users.size(), items.size()); ++i) {
      scores.push_back(self.recommender.predict(known(users.data()[i]), known(items.data()[i])));
    }
  }
  return array_of(std::move(scores));
}

}  // namespace

void bind_recommend(nb::class_<FittedModel>& model) {
  model.def("recommend", recommend)
      .def("recommend_many", recommend_many)
      .def("recommend_for", recommend_for)
      .def("recommend_for_many", recommend_for_many)
      .def("fold_in", fold_in)
      .def("similar_items", similar_rows<&Recommender::similar_items>)
      .def("similar_users", similar_rows<&Recommender::similar_users>)
      .def("explain", explain)
      .def("predict", predict);
}

}  // namespace alsace::python
