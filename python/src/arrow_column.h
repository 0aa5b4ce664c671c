#pragma once

#include "arrow_abi.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace alsace::python {

/// Reads the numbers of one chunk of a column, as double: integers, floats, booleans, decimals;
/// times and dates in seconds.
using NumberReader = std::function<double(std::int64_t place)>;

/// Reads the ids of one chunk: texts as they are, integers in decimal digits. A view is valid until
/// the next call.
using IdReader = std::function<std::string_view(std::int64_t place)>;

/// @throws Error invalid_argument that names the column for a type they cannot read.
NumberReader number_reader(const ArrowSchema& schema, const ArrowArray& array);
IdReader id_reader(const ArrowSchema& schema, const ArrowArray& array);

/// Are the ids of this type whole numbers?
bool is_integer_type(std::string_view format);

/// Is there a value at `place`, which counts from the array's own offset?
bool is_valid(const ArrowArray& array, std::int64_t place);

}  // namespace alsace::python
