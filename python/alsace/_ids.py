"""The caller's own ids, to the engine and back."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ._types import EngineIds, GivenIds, Ids, Rows
from .errors import InvalidArgument


def given_ids(ids: Any) -> GivenIds | None:
    """As `to_engine`, where None stands for no ids given."""
    return None if ids is None else to_engine(ids)


def to_engine(ids: Any) -> GivenIds:
    """Many ids, or one, as the engine takes them: an int64 array, or a list of str and int."""
    if hasattr(ids, "tocsr"):
        raise InvalidArgument(f"ids are a str, an integer, or many of them, not a {type(ids).__name__}.")
    if is_single(ids):
        ids = [ids]
    elif isinstance(ids, (bytes, bytearray)) or not isinstance(ids, (list, tuple, np.ndarray)):
        ids = _list_of(ids)
    if isinstance(ids, np.ndarray):
        if ids.ndim != 1:
            raise InvalidArgument(f"ids have {ids.ndim} dimensions, they must have 1.")
        if ids.dtype.kind in "iu" and ids.dtype != np.uint64:
            return np.ascontiguousarray(ids, dtype=np.int64)
        return list(ids.tolist())
    if ids and all(type(i) is int for i in ids):
        try:
            return np.array(ids, dtype=np.int64)
        except OverflowError:
            pass  # The engine has the words for it.
    return list(ids)


def _list_of(ids: Any) -> Any:
    """Series of pandas and polars, index objects, sets, any other iterable."""
    try:
        if isinstance(ids, (bytes, bytearray)):
            raise TypeError("numbers to Python, text to whoever wrote them")
        return ids.to_numpy() if hasattr(ids, "to_numpy") else list(ids)
    except TypeError as error:
        raise InvalidArgument(
            f"ids are a str, an integer, or many of them, not {type(ids).__name__}."
        ) from error


def is_single(ids: Any) -> bool:
    """One id, rather than many of them?"""
    if isinstance(ids, str):
        return True
    if isinstance(ids, np.ndarray):
        return ids.ndim == 0
    try:
        operator.index(ids)
    except TypeError:
        return False
    return True


class IdColumn:
    """Ids by row: `ids[rows]` gives an array of int64, or of str objects; row -1 gives -1 or None."""

    def __init__(self, ids: EngineIds) -> None:
        self._with_none: Ids
        if isinstance(ids, np.ndarray):
            self._with_none = np.append(ids, -1).astype(np.int64)
        else:
            self._with_none = np.empty(len(ids) + 1, dtype=object)
            self._with_none[:-1] = ids
        self.ids = self._with_none[:-1]
        self.ids.flags.writeable = False

    def __getitem__(self, rows: Rows) -> Ids:
        ids: Ids = self._with_none[rows]
        return ids
