#pragma once

#include "alsace/model.h"
#include "alsace/recommend.h"

#include <memory>
#include <utility>

#include <nanobind/nanobind.h>

namespace alsace::python {

namespace nb = nanobind;

/// A model that is never changed, and what answers questions to it: Python's handle to both.
struct FittedModel {
  std::shared_ptr<const Model> model;
  Recommender recommender;

  explicit FittedModel(Model trained)
      : model(std::make_shared<const Model>(std::move(trained))), recommender(model) {}
};

// One for each stage, called by module.cpp.
void bind_data(nb::module_& module);
void bind_train(nb::module_& module);
void bind_factors(nb::module_& module);
void bind_model(nb::module_& module);
void bind_recommend(nb::class_<FittedModel>& model);
void bind_report(nb::class_<FittedModel>& model);
void bind_evaluate(nb::module_& module);

}  // namespace alsace::python
