#include "arrow_column.h"

#include "alsace/error.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace alsace::python {
namespace {

[[noreturn]] void refuse(const ArrowSchema& schema, const char* wanted) {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("column '{}' has the Arrow type '{}'. {} Convert it first.",
                          schema.name == nullptr ? "" : schema.name,
                          schema.format,
                          wanted));
}

template <class T>
const T* buffer(const ArrowArray& array, int number) {
  return static_cast<const T*>(array.buffers[number]);
}

bool bit_at(const void* bits, std::int64_t place) {
  const auto byte = static_cast<const std::uint8_t*>(bits)[place / 8];
  return ((byte >> (place % 8)) & 1U) != 0;
}

template <class T>
NumberReader plain_numbers(const ArrowArray& array, double scale = 1) {
  const T* values = buffer<T>(array, 1);
  const std::int64_t offset = array.offset;
  return [=](std::int64_t place) { return static_cast<double>(values[offset + place]) * scale; };
}

/// Seconds per unit of "tss:", "ttm" and the like: what stands third.
double seconds_per_unit(char unit) {
  return unit == 'm' ? 1e-3 : unit == 'u' ? 1e-6 : unit == 'n' ? 1e-9 : 1.0;
}

/// 128 bits in two words, the low one first.
NumberReader decimals(const ArrowSchema& schema, const ArrowArray& array) {
  const std::string format = schema.format;  // "d:38,0", or "d:38,0,128"
  const std::size_t comma = format.find(',');
  const std::size_t width = comma == std::string::npos ? comma : format.find(',', comma + 1);
  if (comma == std::string::npos ||
      (width != std::string::npos && format.substr(width + 1) != "128")) {
    refuse(schema, "Numbers are integers, floats, booleans or decimals of 128 bits.");
  }
  const double scale = std::pow(10.0, -std::stoi(format.substr(comma + 1)));
  const auto* words = buffer<std::uint64_t>(array, 1);
  const std::int64_t offset = array.offset;
  return [=](std::int64_t place) {
    const std::uint64_t* value = words + 2 * (offset + place);
    const auto high = static_cast<double>(static_cast<std::int64_t>(value[1]));
    return (high * 0x1p64 + static_cast<double>(value[0])) * scale;
  };
}

template <class T>
IdReader plain_integers(const ArrowArray& array) {
  const T* values = buffer<T>(array, 1);
  const std::int64_t offset = array.offset;
  return [=, digits = std::array<char, 20>()](std::int64_t place) mutable {
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(), values[offset + place]);
    return std::string_view(digits.data(), static_cast<std::size_t>(written.ptr - digits.data()));
  };
}

template <class Offset>
IdReader texts(const ArrowArray& array) {
  const Offset* offsets = buffer<Offset>(array, 1);
  const char* bytes = buffer<char>(array, 2);
  const std::int64_t offset = array.offset;
  return [=](std::int64_t place) {
    const Offset* ends = offsets + offset + place;
    return std::string_view(bytes + ends[0], static_cast<std::size_t>(ends[1] - ends[0]));
  };
}

/// Views of 16 bytes: a length, then up to 12 bytes of text, or 4 bytes, buffer number and offset.
IdReader text_views(const ArrowArray& array) {
  const auto* views = buffer<std::uint8_t>(array, 1);
  const void** buffers = array.buffers + 2;
  const std::int64_t offset = array.offset;
  return [=](std::int64_t place) {
    std::array<std::int32_t, 4> words{};
    const std::uint8_t* view = views + 16 * (offset + place);
    std::memcpy(words.data(), view, 16);
    const auto size = static_cast<std::size_t>(words[0]);
    const auto* bytes = size <= 12 ? reinterpret_cast<const char*>(view + 4)  // NOLINT
                                   : static_cast<const char*>(buffers[words[2]]) + words[3];
    return std::string_view(bytes, size);
  };
}

/// Dictionary-encoded: the place in a dictionary of ids.
IdReader dictionary_ids(const ArrowSchema& schema, const ArrowArray& array) {
  const ArrowSchema& entry_schema = *schema.dictionary;
  const ArrowArray& entries = *array.dictionary;
  ArrowSchema places = schema;
  places.dictionary = nullptr;
  return [entry = id_reader(entry_schema, entries),
          place_of = number_reader(places, array),
          &entries,
          name = std::string(schema.name == nullptr ? "" : schema.name)](std::int64_t place) {
    const auto number = static_cast<std::int64_t>(place_of(place));
    if (!is_valid(entries, number)) {
      throw Error(ErrorCode::invalid_data,
                  fmt::format("column '{}' has a null at row {}. Ids must be given.", name, place));
    }
    return entry(number);
  };
}

}  // namespace

bool is_integer_type(std::string_view format) {
  return format.size() == 1 &&
         std::string_view("cCsSiIlL").find(format[0]) != std::string_view::npos;
}

bool is_valid(const ArrowArray& array, std::int64_t place) {
  return array.null_count == 0 || array.n_buffers == 0 || array.buffers[0] == nullptr ||
         bit_at(array.buffers[0], array.offset + place);
}

NumberReader number_reader(const ArrowSchema& schema, const ArrowArray& array) {
  const std::string_view format = schema.format;
  const char type = schema.dictionary == nullptr ? format[0] : '?';
  switch (type) {
    case 'c':
      return plain_numbers<std::int8_t>(array);
    case 'C':
      return plain_numbers<std::uint8_t>(array);
    case 's':
      return plain_numbers<std::int16_t>(array);
    case 'S':
      return plain_numbers<std::uint16_t>(array);
    case 'i':
      return plain_numbers<std::int32_t>(array);
    case 'I':
      return plain_numbers<std::uint32_t>(array);
    case 'l':
      return plain_numbers<std::int64_t>(array);
    case 'L':
      return plain_numbers<std::uint64_t>(array);
    case 'f':
      return plain_numbers<float>(array);
    case 'g':
      return plain_numbers<double>(array);
    case 'b': {
      const void* bits = array.buffers[1];
      const std::int64_t offset = array.offset;
      return [=](std::int64_t place) { return bit_at(bits, offset + place) ? 1.0 : 0.0; };
    }
    case 'd':
      return decimals(schema, array);
    case 't':
      if (format == "tdD") {
        return plain_numbers<std::int32_t>(array, 86400);
      }
      if (format == "tdm") {
        return plain_numbers<std::int64_t>(array, 1e-3);
      }
      if (format.starts_with("ts") && format.size() > 2) {
        return plain_numbers<std::int64_t>(array, seconds_per_unit(format[2]));
      }
      [[fallthrough]];
    default:
      refuse(schema,
             "Numbers are integers, floats, booleans or decimals; times may be timestamps.");
  }
}

IdReader id_reader(const ArrowSchema& schema, const ArrowArray& array) {
  if (schema.dictionary != nullptr) {
    return dictionary_ids(schema, array);
  }
  const std::string_view format = schema.format;
  if (format == "vu") {
    return text_views(array);
  }
  switch (format.size() == 1 ? format[0] : '?') {
    case 'u':
      return texts<std::int32_t>(array);
    case 'U':
      return texts<std::int64_t>(array);
    case 'c':
      return plain_integers<std::int8_t>(array);
    case 'C':
      return plain_integers<std::uint8_t>(array);
    case 's':
      return plain_integers<std::int16_t>(array);
    case 'S':
      return plain_integers<std::uint16_t>(array);
    case 'i':
      return plain_integers<std::int32_t>(array);
    case 'I':
      return plain_integers<std::uint32_t>(array);
    case 'l':
      return plain_integers<std::int64_t>(array);
    case 'L':
      return plain_integers<std::uint64_t>(array);
    default:
      refuse(schema, "Ids are texts or whole numbers.");
  }
}

}  // namespace alsace::python
