"""Refusals of what the original takes silently, or crashes on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgument


class RowOutOfRange(InvalidArgument, IndexError):
    """A user or item that the model does not have."""


def row_numbers(given: Any, count: int, what: str) -> np.ndarray:
    """Row numbers as an int64 array, of any shape, each from 0 to count - 1."""
    rows = np.asarray(given)
    if rows.size == 0:
        return np.zeros(rows.shape, dtype=np.int64)
    if rows.dtype.kind not in "iu":
        raise RowOutOfRange(f"{what} holds {rows.dtype}, it must hold row numbers (integers).")
    outside = (rows < 0) | (rows >= count)
    if outside.any():
        raise RowOutOfRange(
            f"{what} holds {rows[outside].ravel()[0]}, but rows are numbered 0 to {count - 1}: some "
            "are not in the model. Add new rows with partial_fit_users or partial_fit_items."
        )
    return rows.astype(np.int64)


def check_columns(matrix: Any, count: int, what: str) -> None:
    """Refuses a CSR matrix with a stored place beyond the model's other side."""
    last = int(matrix.indices.max(initial=-1))
    if last >= count or matrix.indices.min(initial=0) < 0:
        raise RowOutOfRange(
            f"{what} has shape {matrix.shape} and a value in column {last}, but the model has {count} "
            "rows for columns. Is it the right way round? New rows come with fit or partial_fit."
        )


def check_count(n: Any) -> int:
    """N, at least 1."""
    if np.ndim(n) != 0 or int(n) != n or n < 1:
        raise InvalidArgument(f"N is {n!r}, it must be a whole number of 1 or more.")
    return int(n)


def is_given(ids: Any) -> bool:
    """Is it a list of at least one id? Arrays have no truth value to ask."""
    return ids is not None and np.size(ids) > 0
