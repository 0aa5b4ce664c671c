#pragma once

#include "alsace/evaluate.h"

#include <cstdint>

#include <nanobind/nanobind.h>

namespace alsace::python {

namespace nb = nanobind;

/// An evaluation as plain values and arrays, so that Python may keep, copy and pickle it.
nb::dict dict_of(Evaluation&& evaluation);

/// For each of them but the reference (differences, differences of each group), from their dicts.
nb::list compare_measured(const nb::list& measured,
                          std::size_t reference,
                          std::uint64_t seed,
                          int threads);

}  // namespace alsace::python
