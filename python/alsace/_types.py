"""Types that the package and its engine share; the engine's stubs name them."""

from __future__ import annotations

from typing import Any, TypedDict, Union

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Counts = NDArray[np.int64]
Numbers = NDArray[Any]
"""Of any number type."""

Rows = NDArray[np.int32]
"""Row numbers in the model, -1 for none."""

Ids = NDArray[Any]
"""Ids as they come back: int64, or str as objects."""

GivenIds = Union[NDArray[np.int64], list[Any]]
"""Ids on the way to the engine; a list is of str and int, which it checks."""

EngineIds = Union[NDArray[np.int64], list[str]]

Csr = tuple[Numbers, Numbers, Union[Numbers, None], int, int]
"""(offsets, indices, values or None for ones, rows, columns)"""

StoredRows = tuple[Counts, Rows, Union[Floats, None]]
"""(offsets, items, values or None for ones)"""

ListTuple = tuple[int, bool, Union[Rows, None], Union[Rows, None]]
"""(top_k, include_seen, allow, deny)"""

Listed = tuple[Rows, Floats]
"""Rows, the best first, and their scores: of one list, or [lists, longest list]."""

Value = tuple[float, Union[float, None], Union[float, None]]
"""(mean, low, high)"""

GroupTuple = tuple[str, int, int, Counts, Counts]
"""(name, from, to, places among users tested, places among users with ratings)"""


class Measured(TypedDict):
    """What the engine found of one model."""

    name: str
    metrics: list[str]
    values: list[Value]
    """One per metric."""
    by_user: list[Union[Doubles, None]]
    test_users: Rows
    rated_users: Rows
    rated_entries: Doubles
    groups: list[GroupTuple]
    by_group: list[list[Value]]


Compared = tuple[list[Value], list[list[Value]]]
"""(differences by metric, those of each group)"""
