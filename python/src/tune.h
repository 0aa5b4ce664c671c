#pragma once

#include "alsace/evaluate.h"

#include "bindings.h"

namespace alsace::python {

/// A search of options on a split's test part; (what was found, the exception that ended it or
/// None).
nb::tuple tune_on(const Split& seen, const nb::dict& options, const nb::dict& control);

}  // namespace alsace::python
