"""Types that the package and its engine share; the engine's stubs name them."""

from __future__ import annotations

from typing import Any, Union

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

Measured = tuple[list[Any], list[Union[Doubles, None]], Rows, Rows]
"""(a value for each metric, their values by user or None, users tested, users with ratings)"""
