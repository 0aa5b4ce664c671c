#include "alsace/train.h"

#include "alsace/csr_matrix.h"
#include "alsace/solve.h"

#include "arrays.h"
#include "bindings.h"
#include "options.h"

#include <optional>
#include <utility>

#include <nanobind/stl/optional.h>

namespace alsace::python {
namespace {

/// Calls into Python while training runs without the lock. What is raised there (by a callback, or
/// by a signal such as Ctrl-C) ends training after the half-step at hand, and is kept.
class Watcher {
 public:
  explicit Watcher(nb::handle after_iteration) : after_iteration_(after_iteration) {}

  bool stop_requested() {
    const nb::gil_scoped_acquire locked;
    if (!raised_ && PyErr_CheckSignals() != 0) {
      raised_.emplace();
    }
    return raised_.has_value();
  }

  bool go_on_after(const IterationReport& report) {
    if (after_iteration_.is_none()) {
      return true;
    }
    const nb::gil_scoped_acquire locked;
    try {
      const nb::object answer =
          after_iteration_(report.iteration, report.seconds, report.objective);
      return !answer.is(nb::bool_(false));
    } catch (nb::python_error& error) {
      raised_.emplace(std::move(error));
      return false;
    }
  }

  /// The exception that ended training, or None.
  nb::object raised() { return raised_ ? nb::borrow(raised_->value()) : nb::none(); }

 private:
  nb::handle after_iteration_;
  std::optional<nb::python_error> raised_;
};

/// The start that Python's side gives: at most one of a model and factors.
struct Start {
  const FittedModel* model = nullptr;
  std::optional<FactorArray> users = {};
  std::optional<FactorArray> items = {};
};

template <class Data>
nb::tuple train_on(Data data,
                   const TrainOptions& options,
                   nb::handle after_iteration,
                   const Start& start) {
  Watcher watcher(after_iteration);
  TrainControl control;
  control.stop_requested = [&] { return watcher.stop_requested(); };
  control.after_iteration = [&](const IterationReport& report) {
    return watcher.go_on_after(report);
  };
  control.warm_start = start.model == nullptr ? nullptr : start.model->model.get();
  if (start.users) {
    control.start_users = factor_view(*start.users);
  }
  if (start.items) {
    control.start_items = factor_view(*start.items);
  }
  std::optional<FittedModel> model;
  {
    const nb::gil_scoped_release unlocked;
    model.emplace(train(std::move(data), options, control));
  }
  return nb::make_tuple(std::move(*model), watcher.raised());
}

/// Options by name; what a fit leaves to them is in the same dict: after_iteration, warm_start,
/// start_users, start_items.
Start start_of(const nb::dict& control) {
  Start start;
  const auto given = [&](const char* name) {
    return control.contains(name) && !control[name].is_none();
  };
  if (given("warm_start")) {
    start.model = nb::cast<const FittedModel*>(control["warm_start"]);
  }
  if (given("start_users")) {
    start.users = nb::cast<FactorArray>(control["start_users"]);
  }
  if (given("start_items")) {
    start.items = nb::cast<FactorArray>(control["start_items"]);
  }
  return start;
}

nb::object after_iteration_of(const nb::dict& control) {
  return control.contains("after_iteration") ? nb::object(control["after_iteration"]) : nb::none();
}

nb::tuple train_csr(CsrInteractions& data, const nb::dict& options, const nb::dict& control) {
  return train_on(std::exchange(data, {}),
                  train_options(options),
                  after_iteration_of(control),
                  start_of(control));
}

/// `consume`: the interactions are released on the way, and empty afterwards.
nb::tuple train_triplets(Interactions& data,
                         const nb::dict& options,
                         const nb::dict& control,
                         bool consume) {
  const TrainOptions chosen = train_options(options);
  return train_on(consume ? std::exchange(data, {}) : data,
                  chosen,
                  after_iteration_of(control),
                  start_of(control));
}

}  // namespace

void bind_train(nb::module_& module) {
  module.def("train", train_csr);
  module.def("train", train_triplets);
  module.def("resolve",
             [](const nb::dict& options) { return options_dict(resolve(train_options(options))); });
}

}  // namespace alsace::python
