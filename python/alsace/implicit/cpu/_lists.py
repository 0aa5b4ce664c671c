"""What lists are made of: rows asked for, their lengths, and what one caller or many get back."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from ...errors import InvalidArgument
from .._checks import check_columns, row_numbers


def lengths(factors: np.ndarray) -> Any:
    """Of each row, or of one; 1e-10 for 0, which cosines are divided by."""
    found = np.linalg.norm(factors, axis=-1)
    return np.where(found == 0, factors.dtype.type(1e-10), found)


def listed(ids: Any, count: int, what: str) -> np.ndarray:
    """Row numbers of which there must be some."""
    rows = row_numbers(ids, count, what).ravel()
    if rows.size == 0:
        raise InvalidArgument(f"{what} is empty. Leave it out to ask for all.")
    return rows


def one_or_many(asked: Any, ids: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lists as they are, or for a single row asked for the filled part of the only one."""
    if np.ndim(asked) > 0:
        return ids, scores
    found = ids[0] >= 0
    return ids[0][found], scores[0][found]


def only_columns(items: np.ndarray, query_items: Any) -> csr_matrix:
    """Its columns `items`, which rise, as the columns 0, 1, ...; other stored places are dropped."""
    check_columns(query_items, max(items[-1] + 1, query_items.shape[1]), "user_items")
    places = np.searchsorted(items, query_items.indices).clip(0, len(items) - 1)
    kept = items[places] == query_items.indices
    rows = np.repeat(np.arange(query_items.shape[0]), np.diff(query_items.indptr))
    return csr_matrix(
        (query_items.data[kept], (rows[kept], places[kept])),
        shape=(query_items.shape[0], len(items)),
    )
