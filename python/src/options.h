#pragma once

#include "alsace/evaluate.h"
#include "alsace/interactions.h"
#include "alsace/options.h"

#include <nanobind/nanobind.h>

namespace alsace::python {

namespace nb = nanobind;

/// Options by their names; those that are None or missing keep their defaults.
/// @throws Error invalid_argument for a value of the wrong type, or a word that is not known.
TrainOptions train_options(const nb::dict& given);
PrepareOptions prepare_options(const nb::dict& given);
EvaluateOptions evaluate_options(const nb::dict& given);
NeighborOptions neighbor_options(const nb::dict& given);
EaseOptions ease_options(const nb::dict& given);

nb::dict options_dict(const TrainOptions& options);

}  // namespace alsace::python
