#pragma once

#include "alsace/model.h"

namespace alsace {

/// Whether a model's parts fit together: shapes, ranges, ids, finite numbers. Whoever saves or
/// loads may rely on nothing else. One pass over the model, no copies.
/// @throws FormatError with what does not fit.
void check_model(const Model& model);

}  // namespace alsace
