#include "arrow.h"

#include "alsace/error.h"

#include "arrow_column.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace alsace::python {
namespace {

/// An Arrow structure that is released at the end, unless it was never filled.
template <class T>
struct Released {
  T value{};
  Released() = default;
  ~Released() {
    if (value.release != nullptr) {
      value.release(&value);
    }
  }
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
};

ArrowArrayStream& stream_of(const nb::capsule& capsule) {
  auto* stream =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
  if (stream == nullptr) {
    nb::raise_python_error();
  }
  if (stream->release == nullptr) {
    throw Error(ErrorCode::invalid_argument, "the Arrow stream has been read before.");
  }
  return *stream;
}

void check(int code, ArrowArrayStream& stream) {
  if (code != 0) {
    const char* message = stream.get_last_error(&stream);
    throw Error(ErrorCode::invalid_data,
                fmt::format("the data's own library reports: {}",
                            message == nullptr ? "an error without words" : message));
  }
}

void read_schema(ArrowArrayStream& stream, ArrowSchema& schema) {
  check(stream.get_schema(&stream, &schema), stream);
  if (std::string_view(schema.format) != "+s") {
    throw Error(ErrorCode::invalid_argument,
                "the Arrow data is not a table. Give one with a column of users and one of items.");
  }
}

std::string_view name_of(const ArrowSchema& column) {
  return column.name == nullptr ? "" : column.name;
}

int column_named(const ArrowSchema& schema, const std::string& name) {
  std::vector<std::string_view> names;
  for (std::int64_t column = 0; column < schema.n_children; ++column) {
    names.push_back(name_of(*schema.children[column]));
    if (names.back() == name) {
      return static_cast<int>(column);
    }
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("there is no column '{}'. There are {}.", name, fmt::join(names, ", ")));
}

/// The columns of a stream of tables, put into interactions chunk by chunk.
class TableReader {
 public:
  TableReader(ArrowArrayStream& stream, const ColumnNames& names) : stream_(stream) {
    read_schema(stream, schema_.value);
    for (std::size_t role = 0; role < names.size(); ++role) {
      columns_[role] = names[role].empty() ? -1 : column_named(schema_.value, names[role]);
    }
  }

  Interactions read() {
    Interactions out;
    while (true) {
      Released<ArrowArray> chunk;
      check(stream_.get_next(&stream_, &chunk.value), stream_);
      if (chunk.value.release == nullptr) {
        break;
      }
      take(chunk.value, out);
      done_ += chunk.value.length;
    }
    out.user_ids.set_kind(kind_of(0));
    out.item_ids.set_kind(kind_of(1));
    return out;
  }

 private:
  void take(const ArrowArray& table, Interactions& out) {
    take_ids(table, 0, out.user_ids, out.triplets.users);
    take_ids(table, 1, out.item_ids, out.triplets.items);
    take_numbers(table, 2, out.triplets.values);
    take_numbers(table, 3, out.triplets.times);
  }

  /// Calls body(place in the column) for each row of the chunk.
  template <class Body>
  void for_each(const ArrowArray& table, int role, const Body& body) {
    const ArrowArray& column = *table.children[columns_[static_cast<std::size_t>(role)]];
    for (std::int64_t row = 0; row < table.length; ++row) {
      const std::int64_t place = table.offset + row;
      if (!is_valid(column, place)) {
        throw Error(ErrorCode::invalid_data,
                    fmt::format("column '{}' has a null at row {}. Drop or fill such rows.",
                                name_of(schema_of(role)),
                                done_ + row));
      }
      body(place);
    }
  }

  void take_ids(const ArrowArray& table, int role, IdTable& ids, std::vector<Index>& rows) {
    const ArrowArray& column = *table.children[columns_[static_cast<std::size_t>(role)]];
    IdReader id = id_reader(schema_of(role), column);
    for_each(table, role, [&](std::int64_t place) {
      const std::string_view text = id(place);
      if (text.empty()) {
        throw Error(ErrorCode::invalid_data,
                    fmt::format("column '{}' has an empty id. Drop or fill such rows.",
                                name_of(schema_of(role))));
      }
      rows.push_back(ids.find_or_add(text));
    });
  }

  template <class T>
  void take_numbers(const ArrowArray& table, int role, std::vector<T>& numbers) {
    if (columns_[static_cast<std::size_t>(role)] < 0) {
      return;
    }
    const ArrowArray& column = *table.children[columns_[static_cast<std::size_t>(role)]];
    const NumberReader number = number_reader(schema_of(role), column);
    for_each(
        table, role, [&](std::int64_t place) { numbers.push_back(static_cast<T>(number(place))); });
  }

  [[nodiscard]] const ArrowSchema& schema_of(int role) const {
    return *schema_.value.children[columns_[static_cast<std::size_t>(role)]];
  }
  [[nodiscard]] IdKind kind_of(int role) const {
    const ArrowSchema& schema = schema_of(role);
    const ArrowSchema& ids = schema.dictionary == nullptr ? schema : *schema.dictionary;
    return is_integer_type(ids.format) ? IdKind::integer : IdKind::text;
  }

  ArrowArrayStream& stream_;
  Released<ArrowSchema> schema_;
  std::array<int, 4> columns_{};
  std::int64_t done_ = 0;  ///< Rows of the chunks before.
};

}  // namespace

Interactions read_arrow(const nb::capsule& stream, const ColumnNames& names) {
  ArrowArrayStream& opened = stream_of(stream);
  const nb::gil_scoped_release unlocked;
  return TableReader(opened, names).read();
}

nb::list arrow_columns(const nb::capsule& stream) {
  Released<ArrowSchema> schema;
  read_schema(stream_of(stream), schema.value);
  nb::list names;
  for (std::int64_t column = 0; column < schema.value.n_children; ++column) {
    const std::string_view name = name_of(*schema.value.children[column]);
    names.append(nb::str(name.data(), name.size()));
  }
  return names;
}

}  // namespace alsace::python
