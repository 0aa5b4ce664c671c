"""Small helpers that callers of ``implicit.utils`` use."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import InvalidArgument


class ParameterWarning(Warning):
    """A matrix was not in the format that a method works on, and had to be converted."""


def nonzeros(m: Any, row: int) -> Iterator[tuple[int, float]]:
    """(column, value) of each stored place of a row of a CSR matrix, stored zeros too."""
    for place in range(m.indptr[row], m.indptr[row + 1]):
        yield m.indices[place], m.data[place]


def check_blas_config() -> None:
    """Returns at once: training uses no BLAS, so its threads are nothing to warn of."""


def check_random_state(random_state: Any) -> np.random.Generator:
    """A generator of random numbers.

    Parameters
    ----------
    random_state
        None for a new one, a seed, a Generator (given back as it is), or a RandomState, of which the
        next number becomes the seed.
    """
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**31 - 1))
    return np.random.default_rng(random_state)


def check_csr(user_items: Any) -> Any:
    """The matrix in CSR format; warns of a ParameterWarning where it had to be converted."""
    if getattr(user_items, "format", None) == "csr" and len(user_items.shape) == 2:
        return user_items
    if not hasattr(user_items, "tocsr"):
        raise InvalidArgument(
            f"expected a sparse matrix of scipy, not {type(user_items).__name__}. Convert it with "
            "scipy.sparse.csr_matrix."
        )
    if len(user_items.shape) == 1:  # A row of a csr_array.
        return user_items.reshape(1, -1).tocsr()
    warnings.warn(
        f"a matrix of type {type(user_items).__name__} was converted to CSR. Give csr_matrix to save "
        "the time.",
        ParameterWarning,
        stacklevel=3,
    )
    return user_items.tocsr()


def augment_inner_product_matrix(factors: np.ndarray) -> tuple[float, np.ndarray]:
    """Rows made equally long by one more coordinate: cosine then orders them as dot products did.

    Bachrach et al., "Speeding Up the Xbox Recommender System", RecSys 2014.

    Returns
    -------
    (length, rows)
        The length of all rows, and the rows [rows, factors + 1].
    """
    lengths = np.linalg.norm(factors, axis=1)
    longest = lengths.max()
    rest = np.sqrt(np.maximum(longest**2 - lengths**2, 0))
    return longest, np.column_stack([factors, rest]).astype(factors.dtype)


def _batch_call(
    func: Callable[..., tuple[np.ndarray, np.ndarray]],
    ids: Any,
    *args: Any,
    N: int = 10,
    id_dtype: Any = np.int32,
    score_dtype: Any = np.float32,
    **kwargs: Any,
) -> tuple[np.ndarray, np.ndarray]:
    """Calls `func` for one id after the other, with its own row of user_items or item_users.

    Returns (ids, scores), both [len(ids), N]; shorter lists end with id -1 and the lowest score.
    """
    out_ids = np.full((len(ids), N), -1, dtype=id_dtype)
    out_scores = np.full((len(ids), N), -np.finfo(score_dtype).max, dtype=score_dtype)
    per_row = {
        name: kwargs.pop(name)
        for name in ("user_items", "item_users")
        if kwargs.get(name) is not None
    }
    for place, identity in enumerate(ids):
        own = {name: matrix[[place]] for name, matrix in per_row.items()}
        found, scores = func(identity, *args, N=N, **own, **kwargs)
        count = min(N, len(found))
        out_ids[place, :count] = found[:count]
        out_scores[place, :count] = scores[:count]
    return out_ids, out_scores


def _filter_items_from_results(
    queryid: Any, ids: np.ndarray, scores: np.ndarray, filter_items: Any, N: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first N of each list without `filter_items`; rows of many lists end as in `_batch_call`."""
    kept = np.isin(ids, filter_items, invert=True)
    if np.ndim(queryid) == 0:
        return ids[kept][:N], scores[kept][:N]
    out_ids = np.full((len(ids), N), -1, dtype=ids.dtype)
    out_scores = np.full((len(ids), N), -np.finfo(scores.dtype).max, dtype=scores.dtype)
    for row, keep in enumerate(kept):
        found = ids[row][keep][:N]
        out_ids[row, : len(found)] = found
        out_scores[row, : len(found)] = scores[row][keep][:N]
    return out_ids, out_scores
