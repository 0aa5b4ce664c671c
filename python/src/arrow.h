#pragma once

#include "alsace/interactions.h"

#include <array>
#include <string>

#include <nanobind/nanobind.h>

namespace alsace::python {

namespace nb = nanobind;

/// Columns by name, in the order user, item, value, time; an empty name: no such column.
using ColumnNames = std::array<std::string, 4>;

/// Interactions from a capsule of the Arrow C stream interface (an object's __arrow_c_stream__).
/// The Arrow data is read where it lies, chunk after chunk.
/// @throws Error invalid_argument for a column that is not there or of a type that cannot be taken;
///         invalid_data for a null, and for what the stream's maker reports.
Interactions read_arrow(const nb::capsule& stream, const ColumnNames& names);

/// Names of the stream's columns, which stays unread.
nb::list arrow_columns(const nb::capsule& stream);

}  // namespace alsace::python
