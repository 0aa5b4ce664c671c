"""Arrays as the engine takes them: contiguous, of its own byte order, of a number type it knows."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ._types import Csr, Numbers
from .errors import InvalidArgument


def whole(value: Any, name: str) -> int:
    """A whole number as the engine's int takes it; what is beyond means the same as its limits."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError("True is no number of anything")
        number = operator.index(value)
    except TypeError as error:
        raise InvalidArgument(f"{name} is {value!r:.80}, it must be a whole number.") from error
    return min(max(number, -(2**31)), 2**31 - 1)


def array_of(values: Any, what: str) -> Numbers:
    """numpy's array of the values."""
    try:
        return np.asarray(values)
    except ValueError as error:  # Lists of different lengths in a list.
        raise InvalidArgument(f"{what} is no array of numbers: {error}") from error


def flag(value: Any, name: str) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidArgument(f"{name} is {value!r:.80}, it must be True or False.")
    return bool(value)


def numbers(values: Any, what: str) -> Numbers:
    """A one-dimensional array of integers, booleans, float32 or float64; not copied if it is one."""
    array = array_of(values, what)
    if array.ndim != 1:
        raise InvalidArgument(f"{what} has {array.ndim} dimensions, it must have 1.")
    if array.size == 0 and array.dtype == object:
        array = array.astype(np.float32)
    if array.dtype.kind not in "iufb":
        raise InvalidArgument(f"{what} holds {array.dtype}, it must hold numbers.")
    if array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8):
        array = array.astype(np.float32 if array.dtype.itemsize < 4 else np.float64)
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def csr(matrix: Any, what: str = "user_items") -> Csr:
    """The parts of a scipy CSR matrix or array as they lie; other formats and dense arrays converted."""
    if isinstance(matrix, np.ndarray):
        matrix = _sparse_of(matrix, what)
    elif not hasattr(matrix, "tocsr"):
        raise InvalidArgument(
            f"{what} must be a matrix of scipy or numpy, it is of type {type(matrix).__name__}."
        )
    elif getattr(matrix, "format", None) != "csr":
        matrix = matrix.tocsr()
    if len(matrix.shape) != 2:
        raise InvalidArgument(f"{what} has shape {matrix.shape}, expected (users, items).")
    rows, columns = (int(size) for size in matrix.shape)
    return (
        numbers(matrix.indptr, f"indptr of {what}"),
        numbers(matrix.indices, f"indices of {what}"),
        numbers(matrix.data, f"data of {what}"),
        rows,
        columns,
    )


def is_matrix(data: Any) -> bool:
    """Is it a scipy sparse matrix or array, or a dense matrix?"""
    return hasattr(data, "tocsr") or (isinstance(data, np.ndarray) and data.dtype.names is None)


class _Csr:
    """The little of scipy's CSR that a dense array needs."""

    def __init__(self, dense: Numbers) -> None:
        rows, self.indices = np.nonzero(dense)
        self.data = dense[rows, self.indices]
        counts = np.bincount(rows, minlength=dense.shape[0])
        self.indptr = np.concatenate([[0], np.cumsum(counts)])
        self.shape = dense.shape


def _sparse_of(dense: Numbers, what: str) -> _Csr:
    if dense.ndim != 2:
        raise InvalidArgument(f"{what} has shape {dense.shape}, expected (users, items).")
    return _Csr(dense)
