#include "alsace/error.h"
#include "alsace/solve.h"

#include "bindings.h"

#include <algorithm>
#include <regex>
#include <string>

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

namespace alsace::python {
namespace {

const char* class_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "InvalidArgument";
    case ErrorCode::invalid_data:
      return "InvalidData";
    case ErrorCode::unknown_id:
      return "UnknownId";
    case ErrorCode::io_error:
      return "IoError";
    case ErrorCode::incompatible_model:
      return "IncompatibleModel";
    case ErrorCode::numerical_failure:
      return "NumericalFailure";
  }
  return "Error";
}

/// Advice names options as the command line does; in Python --min-value is min_value.
std::string with_python_names(const std::string& message) {
  static const std::regex option("--([a-z]+(?:-[a-z]+)*)");
  std::string text;
  auto end = message.begin();
  for (std::sregex_iterator match(message.begin(), message.end(), option), last; match != last;
       ++match) {
    text.append(end, message.begin() + match->position());
    std::string name = (*match)[1];
    std::ranges::replace(name, '-', '_');
    text += name;
    end = message.begin() + match->position() + match->length();
  }
  return text.append(end, message.end());
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    const nb::object type = nb::module_::import_("alsace.errors").attr(class_of(error.code()));
    const std::string text = with_python_names(error.what());
    // A path of the caller's may hold bytes that are no UTF-8.
    const auto size = static_cast<Py_ssize_t>(text.size());
    const nb::object message = nb::steal(PyUnicode_DecodeUTF8(text.data(), size, "replace"));
    PyErr_SetObject(type.ptr(), message.ptr());
  }
}

}  // namespace
}  // namespace alsace::python

NB_MODULE(_engine, module) {
  namespace python = alsace::python;
  module.doc() = "The C++ engine. The package alsace is its surface.";
  module.attr("__version__") = ALSACE_VERSION;
  // What a user's own variables still hold when Python ends is no leak.
  nanobind::set_leak_warnings(false);
  nanobind::register_exception_translator(python::translate);
  module.def("available_threads",
             alsace::available_threads,
             R"(Threads this process may really use: its affinity and its container's quota.

Examples
--------
>>> import alsace
>>> alsace.available_threads() >= 1
True
)");
  python::bind_data(module);
  python::bind_model(module);
  python::bind_train(module);
  python::bind_evaluate(module);
  python::bind_factors(module);
}
