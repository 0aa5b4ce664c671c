"""The best rows of one table of factors for each row of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _engine, _numbers
from .._checks import check_columns, check_count, row_numbers


def topk(
    items: np.ndarray,
    query: np.ndarray,
    k: int,
    item_norms: np.ndarray | None = None,
    filter_query_items: Any = None,
    filter_items: Any = None,
    num_threads: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """The k best rows of `items` for each query by dot product, computed in float32.

    Parameters
    ----------
    items, query
        Factors [items, factors], and [queries, factors] or one row [factors].
    k
        Length of the lists.
    item_norms
        [items], what scores are divided by.
    filter_query_items
        CSR matrix [queries, items]: stored places, zeros too, are filtered for that query.
    filter_items
        Row numbers filtered for every query.
    num_threads
        0: all that this process may use.

    Returns
    -------
    (ids, scores)
        int32 and the type of `query`, [queries, k]; ties go to the lower row. Filtered items come
        last, with the lowest number of the type as score; places beyond all items have id -1.
    """
    ids, scores = best(items, query, k, item_norms, filter_query_items, filter_items, num_threads)
    width = min(k, len(items))
    for row in np.flatnonzero((ids[:, :width] < 0).any(axis=1)):
        listed = ids[row][ids[row] >= 0]
        missing = np.setdiff1d(np.arange(len(items), dtype=np.int32), listed)
        ids[row, len(listed) : width] = missing[: width - len(listed)]
    return ids, scores


def best(
    items: np.ndarray,
    query: np.ndarray,
    k: int,
    item_norms: np.ndarray | None = None,
    filter_query_items: Any = None,
    filter_items: Any = None,
    num_threads: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """`topk` without the filtered items: places that none is left for have id -1."""
    k = check_count(k)
    if query.ndim == 1:
        query = query.reshape(1, -1)
    if filter_query_items is not None:
        check_columns(filter_query_items, len(items), "the matrix of filtered items")
        filter_query_items = (
            *_numbers.csr(filter_query_items)[:2],
            None,
            filter_query_items.shape[0],
            max(filter_query_items.shape[1], len(items)),
        )
    if filter_items is not None:
        filter_items = row_numbers(filter_items, len(items), "the list of filtered rows")
        filter_items = filter_items.ravel().astype(np.int32)
    width = max(1, min(k, len(items)))
    ids, scores = _engine.best_rows(
        np.ascontiguousarray(items, dtype=np.float32),
        np.ascontiguousarray(query, dtype=np.float32),
        width,
        None if item_norms is None else np.ascontiguousarray(item_norms, dtype=np.float32),
        filter_query_items,
        filter_items,
        num_threads,
    )
    lowest = -np.finfo(query.dtype).max
    scores = scores.astype(query.dtype, copy=False)
    scores[ids < 0] = lowest
    if k > width:
        beyond = ((0, 0), (0, k - width))
        ids = np.pad(ids, beyond, constant_values=-1)
        scores = np.pad(scores, beyond, constant_values=lowest)
    return ids, scores
