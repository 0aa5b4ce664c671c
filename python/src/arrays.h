#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/factors.h"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

namespace alsace::python {

namespace nb = nanobind;

/// Arrays as Python's side hands them over: contiguous, of any number type where not said.
using NumberArray = nb::ndarray<nb::ro, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Array = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using FactorArray = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

/// A number array's memory, without a copy.
/// @throws Error invalid_argument for a type that NumberView does not know.
NumberView number_view(const NumberArray& array);

template <class T>
std::span<const T> span_of(const Array<T>& array) {
  return {array.data(), array.size()};
}

inline FactorView factor_view(const FactorArray& array) {
  return {.data = array.data(),
          .rows = static_cast<Index>(array.shape(0)),
          .factors = static_cast<int>(array.shape(1)),
          .stride = array.shape(1)};
}

/// A read-only numpy array on memory that `owner` keeps alive.
template <class T>
nb::object view_of(std::shared_ptr<const void> owner, std::span<const T> values) {
  auto* held = new std::shared_ptr<const void>(std::move(owner));
  const nb::capsule keeper(
      held, [](void* p) noexcept { delete static_cast<std::shared_ptr<const void>*>(p); });
  return nb::cast(
      nb::ndarray<nb::numpy, const T, nb::ndim<1>>(values.data(), {values.size()}, keeper));
}

/// The same of a table, [rows, factors] without the padding.
nb::object view_of(std::shared_ptr<const void> owner, FactorView factors);

/// A numpy array that owns its values, of the given shape.
template <class T>
nb::object array_of(std::vector<T>&& values, const std::vector<std::size_t>& shape) {
  auto* held = new std::vector<T>(std::move(values));
  const nb::capsule keeper(held, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, T>(held->data(), shape.size(), shape.data(), keeper));
}

template <class T>
nb::object array_of(std::vector<T>&& values) {
  const std::size_t size = values.size();
  return array_of(std::move(values), {size});
}

/// A matrix of Python's side: (offsets, indices, values or None, rows, columns).
using CsrTuple =
    std::tuple<NumberArray, NumberArray, std::optional<NumberArray>, std::int64_t, std::int64_t>;
CsrMatrix csr_of(const CsrTuple& matrix);

}  // namespace alsace::python
