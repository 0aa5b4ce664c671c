#pragma once

#include "alsace/interactions.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nanobind/nanobind.h>

namespace alsace::python {

namespace nb = nanobind;

/// One id as text; an int in decimal digits. The text lives until the next call.
/// @throws Error invalid_argument for anything but a str or an integer.
class IdText {
 public:
  std::string_view operator()(nb::handle id);

 private:
  std::string digits_;
  nb::object kept_;
};

/// Many ids: an array of int64, or a list of str and int. Calls `take` with each as text, and
/// returns their kind.
IdKind for_each_id(nb::handle ids, const std::function<void(std::string_view)>& take);

/// Distinct ids of rows, or none for None.
IdTable id_table(nb::handle ids, const char* what);

/// Row numbers of ids by their first appearance in a column.
std::vector<Index> number_ids(nb::handle ids, IdTable& table);

/// The row of an id. @throws Error unknown_id with the nearest ids there are.
Index row_of(std::string_view id, const IdTable& ids, const char* what);

/// Rows of many ids, -1 for unknown ones when those are allowed.
std::vector<Index> rows_of(nb::handle ids,
                           const IdTable& table,
                           const char* what,
                           bool allow_unknown);

/// The ids as the caller knows them: an array of int64, or a list of str. Ids of a file are
/// integers when all of them are written as integers are.
nb::object ids_of(const IdTable& table);

}  // namespace alsace::python
