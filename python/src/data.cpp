#include "alsace/csr_matrix.h"
#include "alsace/error.h"
#include "alsace/read.h"

#include "arrays.h"
#include "arrow.h"
#include "bindings.h"
#include "ids.h"
#include "options.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace alsace::python {
namespace {

Interactions prepared(Interactions interactions, const PrepareOptions& options) {
  const nb::gil_scoped_release unlocked;
  return prepare(std::move(interactions), options);
}

Interactions read_files(const std::vector<std::string>& files,
                        const std::vector<std::string>& columns,
                        const std::optional<std::string>& delimiter,
                        bool allow_negative,
                        bool skip_bad_lines,
                        int threads,
                        const nb::dict& filters) {
  const PrepareOptions options = prepare_options(filters);
  ReadOptions reading{.delimiter = delimiter,
                      .columns = columns,
                      .skip_bad_lines = skip_bad_lines,
                      .allow_negative = allow_negative,
                      .threads = threads};
  bool interrupted = false;
  reading.progress = [&](std::int64_t, std::int64_t) {
    const nb::gil_scoped_acquire locked;
    interrupted = PyErr_CheckSignals() != 0;
    return !interrupted;
  };
  Interactions interactions;
  try {
    const nb::gil_scoped_release unlocked;
    const std::vector<std::filesystem::path> paths(files.begin(), files.end());
    interactions = read_interactions(paths, reading);
  } catch (const Error&) {
    if (interrupted) {
      nb::raise_python_error();
    }
    throw;
  }
  return prepared(std::move(interactions), options);
}

std::vector<float> floats_of(const NumberArray& array) {
  return std::visit(
      [](const auto& values) {
        std::vector<float> out;
        out.reserve(values.size());
        for (const auto value : values) {
          out.push_back(static_cast<float>(value));
        }
        return out;
      },
      number_view(array));
}

Interactions from_columns(nb::handle users,
                          nb::handle items,
                          const std::optional<NumberArray>& values,
                          const std::optional<Array<double>>& times,
                          const nb::dict& filters) {
  const PrepareOptions options = prepare_options(filters);
  Interactions interactions;
  interactions.triplets.users = number_ids(users, interactions.user_ids);
  interactions.triplets.items = number_ids(items, interactions.item_ids);
  if (values) {
    interactions.triplets.values = floats_of(*values);
  }
  if (times) {
    interactions.triplets.times.assign(times->data(), times->data() + times->size());
  }
  return prepared(std::move(interactions), options);
}

Interactions from_arrow(const nb::capsule& stream,
                        const ColumnNames& names,
                        const nb::dict& filters) {
  const PrepareOptions options = prepare_options(filters);
  return prepared(read_arrow(stream, names), options);
}

CsrInteractions csr_interactions(const CsrTuple& matrix, nb::handle user_ids, nb::handle item_ids) {
  // One after the other: GCC 12 frees members twice when a later one of a braced list throws.
  CsrInteractions given;
  given.user_ids = id_table(user_ids, "user_ids");
  given.item_ids = id_table(item_ids, "item_ids");
  given.matrix = csr_of(matrix);
  return given;
}

/// Row by row, where a caller wants filters or a split.
Interactions from_csr(const CsrTuple& matrix,
                      nb::handle user_ids,
                      nb::handle item_ids,
                      const nb::dict& filters) {
  const PrepareOptions options = prepare_options(filters);
  CsrInteractions given = csr_interactions(matrix, user_ids, item_ids);
  Interactions interactions;
  {
    const nb::gil_scoped_release unlocked;
    for (Index user = 0; user < given.matrix.rows; ++user) {
      interactions.triplets.users.insert(
          interactions.triplets.users.end(), given.matrix.row(user).size(), user);
    }
    interactions.user_ids =
        given.user_ids.empty() ? IdTable::numbered(given.matrix.rows) : std::move(given.user_ids);
    interactions.item_ids = given.item_ids.empty() ? IdTable::numbered(given.matrix.columns)
                                                   : std::move(given.item_ids);
    interactions.triplets.items = std::move(given.matrix.indices);
    interactions.triplets.values = std::move(given.matrix.values);
  }
  return prepared(std::move(interactions), options);
}

std::array<int, 4> columns_among(const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return find_columns(views);
}

/// A view that keeps the interactions alive.
template <class T>
nb::object column(nb::handle self, const std::vector<T>& values) {
  return nb::cast(
      nb::ndarray<nb::numpy, const T, nb::ndim<1>>(values.data(), {values.size()}, self));
}

constexpr const char* interactions_doc =
    R"(Interactions of users and items, merged and filtered: what `alsace.interactions` gives.

Users and items are rows here, numbered by first appearance, or as in the matrix.

Examples
--------
>>> import alsace
>>> plays = alsace.interactions(user=["ann", "ann", "bob"], item=["x", "y", "x"], value=[1, 2, 3])
>>> plays.size, plays.n_users, plays.n_items, plays.has_times
(3, 2, 2, False)
>>> plays.item_ids(), plays.items.tolist(), plays.values.tolist()
(['x', 'y'], [0, 1, 0], [1.0, 2.0, 3.0])
)";

}  // namespace

void bind_data(nb::module_& module) {
  using Self = Interactions;
  nb::class_<Interactions>(module, "Interactions", interactions_doc)
      .def_static("read", read_files)
      .def_static("from_columns",
                  from_columns,
                  nb::arg(),
                  nb::arg(),
                  nb::arg().none(),
                  nb::arg().none(),
                  nb::arg())
      .def_static("from_arrow", from_arrow)
      .def_static("from_csr", from_csr, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg())
      .def("__repr__",
           [](const Self& self) {
             return fmt::format("<alsace.Interactions: {} of {} users and {} items>",
                                self.triplets.size(),
                                self.user_ids.size(),
                                self.item_ids.size());
           })
      .def("__len__", [](const Self& self) { return self.triplets.size(); })
      .def_prop_ro(
          "size", [](const Self& self) { return self.triplets.size(); }, "How many there are.")
      .def_prop_ro(
          "n_users",
          [](const Self& self) { return self.user_ids.size(); },
          "How many users, those without an interaction among them.")
      .def_prop_ro(
          "n_items",
          [](const Self& self) { return self.item_ids.size(); },
          "How many items, those without an interaction among them.")
      .def_prop_ro(
          "has_times",
          [](const Self& self) { return !self.triplets.times.empty(); },
          "Do they have times?")
      .def_prop_ro(
          "users",
          [](nb::handle self) { return column(self, nb::cast<Self&>(self).triplets.users); },
          "Row of each one's user in `user_ids()`. int32 [size], read only.")
      .def_prop_ro(
          "items",
          [](nb::handle self) { return column(self, nb::cast<Self&>(self).triplets.items); },
          "Row of each one's item in `item_ids()`. int32 [size], read only.")
      .def_prop_ro(
          "values",
          [](nb::handle self) { return column(self, nb::cast<Self&>(self).triplets.values); },
          "float32 [size], or [0] where all are 1; read only.")
      .def_prop_ro(
          "times",
          [](nb::handle self) { return column(self, nb::cast<Self&>(self).triplets.times); },
          "Seconds, float64 [size], or [0] without times; read only.")
      .def(
          "user_ids",
          [](const Self& self) { return ids_of(self.user_ids); },
          "Id of each user row: an int64 array, or a list of str.")
      .def(
          "item_ids",
          [](const Self& self) { return ids_of(self.item_ids); },
          "Id of each item row: an int64 array, or a list of str.");
  nb::class_<CsrInteractions>(module, "CsrInteractions")
      .def_static("copy_of", csr_interactions, nb::arg(), nb::arg().none(), nb::arg().none());
  module.def("find_columns", columns_among);
  module.def("arrow_columns", arrow_columns);
}

}  // namespace alsace::python
