#pragma once

#include "alsace/model.h"

/// The float64 systems and the objective of a trained model, recomputed from nothing but what its
/// file holds: for data too large to write out every pair.
namespace alsace::test {

/// The largest backward error of any stored user row.
double worst_user_error(const Model& model);

/// The objective from the stored factors (regularization count observed).
double model_objective(const Model& model);

}  // namespace alsace::test
