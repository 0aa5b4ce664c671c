#include "alsace/model.h"

#include "alsace/train.h"

#include "arrays.h"
#include "bindings.h"
#include "ids.h"
#include "options.h"

#include <string>
#include <utility>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace alsace::python {
namespace {

using Self = FittedModel;

FittedModel load(const std::string& path) {
  const nb::gil_scoped_release unlocked;
  return FittedModel(load_model(path));
}

void save(const FittedModel& self, const std::string& path) {
  const nb::gil_scoped_release unlocked;
  save_model(*self.model, path);
}

nb::bytes state_of(const FittedModel& self) {
  const std::vector<std::byte> bytes = to_bytes(*self.model);
  return nb::bytes(bytes.data(), bytes.size());
}

void set_state(FittedModel& self, const nb::bytes& state) {
  const std::span bytes(static_cast<const std::byte*>(state.data()), state.size());
  new (&self) FittedModel(from_bytes(bytes));
}

/// A model with the rows solved anew; `self` stays as it is, for whoever reads it meanwhile.
template <auto partial_fit>
FittedModel fitted_to(const FittedModel& self, nb::handle ids, const CsrTuple& rows, int threads) {
  const IdTable given = id_table(ids, "ids");
  const CsrMatrix matrix = csr_of(rows);
  const nb::gil_scoped_release unlocked;
  Model model = *self.model;
  partial_fit(model, given, matrix, threads);
  return FittedModel(std::move(model));
}

nb::dict summary_of(const FittedModel& self) {
  const TrainSummary& summary = self.model->summary;
  nb::dict out;
  out["objective"] = summary.objective;
  out["seconds"] = summary.seconds;
  out["final_objective"] = summary.final_objective;
  out["stopped"] = summary.stopped;
  out["zeros_dropped"] = summary.zeros_dropped;
  out["confidence_median"] = summary.confidence_median;
  out["confidence_p99"] = summary.confidence_p99;
  out["confidence_max"] = summary.confidence_max;
  out["mean_alpha_value"] = summary.mean_alpha_value;
  out["warnings"] = summary.warnings;
  out["threads"] = summary.threads;
  out["peak_memory_bytes"] = summary.peak_memory_bytes;
  return out;
}

template <class T>
nb::object view(const FittedModel& self, const std::vector<T>& values) {
  return view_of(self.model, std::span<const T>(values));
}

/// (offsets, items, values or None) of the stored interactions, or None.
nb::object interactions_of(const FittedModel& self, const CsrMatrix& matrix) {
  if (matrix.rows == 0) {
    return nb::none();
  }
  return nb::make_tuple(view(self, matrix.offsets),
                        view(self, matrix.indices),
                        matrix.values.empty() ? nb::none() : view(self, matrix.values));
}

}  // namespace

void bind_model(nb::module_& module) {
  nb::class_<FittedModel> model(module, "Model");
  model.def_static("load", load)
      .def("save", save)
      .def("__getstate__", state_of)
      .def("__setstate__", set_state)
      .def("hash", [](const Self& self) { return model_hash(*self.model); })
      .def("summary", summary_of)
      .def("options", [](const Self& self) { return options_dict(self.model->options); })
      .def("user_ids", [](const Self& self) { return ids_of(self.model->user_ids); })
      .def("item_ids", [](const Self& self) { return ids_of(self.model->item_ids); })
      .def("user_rows",
           [](const Self& self, nb::handle ids, bool allow_unknown) {
             return array_of(rows_of(ids, self.model->user_ids, "user", allow_unknown));
           })
      .def("item_rows",
           [](const Self& self, nb::handle ids, bool allow_unknown) {
             return array_of(rows_of(ids, self.model->item_ids, "item", allow_unknown));
           })
      .def(
          "user_row",
          [](const Self& self, nb::handle id) {
            return row_of(IdText()(id), self.model->user_ids, "user");
          },
          nb::arg().none())
      .def(
          "item_row",
          [](const Self& self, nb::handle id) {
            return row_of(IdText()(id), self.model->item_ids, "item");
          },
          nb::arg().none())
      .def("user_factors",
           [](const Self& self) { return view_of(self.model, self.model->user_factors); })
      .def("item_factors",
           [](const Self& self) { return view_of(self.model, self.model->item_factors); })
      .def("user_biases", [](const Self& self) { return view(self, self.model->user_biases); })
      .def("item_biases", [](const Self& self) { return view(self, self.model->item_biases); })
      .def("user_counts", [](const Self& self) { return view(self, self.model->user_counts); })
      .def("item_counts", [](const Self& self) { return view(self, self.model->item_counts); })
      .def("spectrum", [](const Self& self) { return view(self, self.model->spectrum); })
      .def("interactions",
           [](const Self& self) { return interactions_of(self, self.model->interactions); })
      .def("low", [](const Self& self) { return interactions_of(self, self.model->low); })
      .def("partial_fit_users", fitted_to<partial_fit_users>)
      .def("partial_fit_items", fitted_to<partial_fit_items>)
      .def_prop_ro("n_users", [](const Self& self) { return self.model->user_ids.size(); })
      .def_prop_ro("n_items", [](const Self& self) { return self.model->item_ids.size(); })
      .def_prop_ro("value_mean", [](const Self& self) { return self.model->value_mean; });
  bind_recommend(model);
  bind_report(model);
}

}  // namespace alsace::python
