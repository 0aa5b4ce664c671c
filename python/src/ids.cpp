#include "ids.h"

#include "alsace/error.h"

#include "arrays.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace alsace::python {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, message);
}

std::string_view text_of(nb::handle text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (bytes == nullptr) {
    PyErr_Clear();
    refuse(
        fmt::format("the id {} holds half of a surrogate pair, which UTF-8 cannot write. Decode "
                    "the text anew.",
                    nb::repr(text).c_str()));
  }
  if (size == 0) {
    refuse("an id is empty. Ids are texts of at least one character, or integers.");
  }
  return {bytes, static_cast<std::size_t>(size)};
}

/// The number that is written so, and in no other way.
std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = error == std::errc{} && end == text.data() + text.size() &&
                     fmt::format_int(value).size() == text.size();
  return plain ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string_view IdText::operator()(nb::handle id) {
  if (PyUnicode_Check(id.ptr())) {
    return text_of(id);
  }
  if (PyIndex_Check(id.ptr()) && !PyBool_Check(id.ptr())) {
    kept_ = nb::steal(PyNumber_Index(id.ptr()));
    if (!kept_.is_valid()) {
      nb::raise_python_error();
    }
    const long long value = PyLong_AsLongLong(kept_.ptr());
    if (value == -1 && PyErr_Occurred() != nullptr) {
      PyErr_Clear();
      refuse("an integer id is beyond 64 bits. Give it as text.");
    }
    digits_ = std::to_string(value);
    return digits_;
  }
  refuse(fmt::format("an id is of type {}. Ids are str or int.",
                     nb::str(id.type().attr("__name__")).c_str()));
}

IdKind for_each_id(nb::handle ids, const std::function<void(std::string_view)>& take) {
  if (Array<std::int64_t> numbers; nb::try_cast(ids, numbers, false)) {
    for (const std::int64_t number : span_of(numbers)) {
      const fmt::format_int digits(number);
      take({digits.data(), digits.size()});
    }
    return IdKind::integer;
  }
  IdText text;
  std::size_t integers = 0;
  const nb::list list = nb::cast<nb::list>(ids);
  for (const nb::handle id : list) {
    integers += PyUnicode_Check(id.ptr()) ? 0 : 1;
    take(text(id));
  }
  if (integers > 0 && integers < list.size()) {
    refuse("ids are partly texts and partly integers. Give all of one kind.");
  }
  return integers > 0 ? IdKind::integer : IdKind::text;
}

IdTable id_table(nb::handle ids, const char* what) {
  IdTable table;
  if (ids.is_none()) {
    return table;
  }
  Index given = 0;
  table.set_kind(for_each_id(ids, [&](std::string_view id) {
    if (table.find_or_add(id) != given++) {
      refuse(fmt::format("{} has '{}' twice. Every row needs an id of its own.", what, id));
    }
  }));
  return table;
}

std::vector<Index> number_ids(nb::handle ids, IdTable& table) {
  std::vector<Index> rows;
  rows.reserve(nb::len(ids));
  table.set_kind(
      for_each_id(ids, [&](std::string_view id) { rows.push_back(table.find_or_add(id)); }));
  return rows;
}

Index row_of(std::string_view id, const IdTable& ids, const char* what) {
  if (const auto row = ids.find(id)) {
    return *row;
  }
  const auto nearest = ids.nearest(id);
  throw Error(
      ErrorCode::unknown_id,
      fmt::format(
          "{} '{}' is not in the model{}",
          what,
          id,
          nearest.empty() ? "." : fmt::format("; the nearest are {}.", fmt::join(nearest, ", "))));
}

std::vector<Index> rows_of(nb::handle ids,
                           const IdTable& table,
                           const char* what,
                           bool allow_unknown) {
  std::vector<Index> rows;
  rows.reserve(nb::len(ids));
  for_each_id(ids, [&](std::string_view id) {
    rows.push_back(allow_unknown ? table.find(id).value_or(-1) : row_of(id, table, what));
  });
  return rows;
}

nb::object ids_of(const IdTable& table) {
  if (table.kind() != IdKind::text) {
    std::vector<std::int64_t> numbers;
    for (Index row = 0; row < table.size(); ++row) {
      const auto number = integer_of(table[row]);
      if (!number) {
        break;
      }
      numbers.push_back(*number);
    }
    if (numbers.size() == static_cast<std::size_t>(table.size())) {
      return array_of(std::move(numbers));
    }
  }
  nb::list texts;
  for (Index row = 0; row < table.size(); ++row) {
    texts.append(nb::str(table[row].data(), table[row].size()));
  }
  return texts;
}

}  // namespace alsace::python
