#include "arrays.h"

#include "alsace/error.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace alsace::python {
namespace {

template <class T>
NumberView typed(const NumberArray& array) {
  return std::span<const T>(static_cast<const T*>(array.data()), array.size());
}

}  // namespace

NumberView number_view(const NumberArray& array) {
  const nb::dlpack::dtype type = array.dtype();
  if (type == nb::dtype<float>()) {
    return typed<float>(array);
  }
  if (type == nb::dtype<double>()) {
    return typed<double>(array);
  }
  const bool is_signed = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Int);
  const bool is_unsigned = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::UInt) ||
                           type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Bool);
  if (type.lanes == 1 && (is_signed || is_unsigned)) {
    switch (type.bits) {
      case 8:
        return is_signed ? typed<std::int8_t>(array) : typed<std::uint8_t>(array);
      case 16:
        return is_signed ? typed<std::int16_t>(array) : typed<std::uint16_t>(array);
      case 32:
        return is_signed ? typed<std::int32_t>(array) : typed<std::uint32_t>(array);
      case 64:
        return is_signed ? typed<std::int64_t>(array) : typed<std::uint64_t>(array);
      default:
        break;
    }
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("an array has numbers of a type with code {} and {} bits. Give integers, "
                          "float32 or float64.",
                          type.code,
                          type.bits));
}

nb::object view_of(std::shared_ptr<const void> owner, FactorView factors) {
  auto* held = new std::shared_ptr<const void>(std::move(owner));
  const nb::capsule keeper(
      held, [](void* p) noexcept { delete static_cast<std::shared_ptr<const void>*>(p); });
  const std::array<std::size_t, 2> shape = {static_cast<std::size_t>(factors.rows),
                                            static_cast<std::size_t>(factors.factors)};
  const std::array<std::int64_t, 2> strides = {static_cast<std::int64_t>(factors.stride), 1};
  return nb::cast(nb::ndarray<nb::numpy, const float, nb::ndim<2>>(
      factors.data, 2, shape.data(), keeper, strides.data()));
}

CsrMatrix csr_of(const CsrTuple& matrix) {
  const auto& [offsets, indices, values, rows, columns] = matrix;
  CsrView view{.rows = rows,
               .columns = columns,
               .offsets = number_view(offsets),
               .indices = number_view(indices)};
  if (values) {
    view.values = number_view(*values);
  }
  const nb::gil_scoped_release unlocked;
  return copy_of(view);
}

}  // namespace alsace::python
