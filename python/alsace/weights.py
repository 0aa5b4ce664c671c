"""Weights that hold back popular items and busy users before training."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _numbers
from .errors import InvalidArgument


def bm25_weight(user_items: Any, *, k1: float = 100.0, b: float = 0.8) -> Any:
    """Okapi BM25 of a matrix of counts, with items as documents and users as their terms.

    Parameters
    ----------
    user_items
        Counts of 0 or more, scipy matrix or array [users, items] of any format.
    k1
        Above 0. Small values flatten counts soon, large ones keep them.
    b
        0 to 1: how far weights of items with many interactions are held back.

    Returns
    -------
    weights
        A new matrix of the same shape in scipy's CSR format, float64, with the same places:
        ``r (k1 + 1) / (k1 L_i + r) * idf_u``, where ``L_i = 1 - b + b * (sum of item i) / mean sum``
        and ``idf_u = max(0, log(items / (1 + places of user u)))``.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> import alsace
    >>> plays = sp.csr_matrix([[3, 1, 0, 0], [0, 2, 0, 0]])
    >>> alsace.bm25_weight(plays).toarray().round(2)
    array([[0.48, 0.16, 0.  , 0.  ],
           [0.  , 0.77, 0.  , 0.  ]])
    """
    if not (k1 > 0 and 0 <= b <= 1):
        raise InvalidArgument(
            f"bm25_weight: k1 is {k1} and b {b}. k1 must be above 0, b from 0 to 1."
        )
    weights, users, items = _counts(user_items, "bm25_weight")
    idf = np.maximum(inverse_frequencies(users, weights.shape[1], weights.shape[0]), 0)
    weights.data = bm25(weights.data, items, weights.shape[1], k1, b) * idf[users]
    return weights


def tfidf_weight(user_items: Any) -> Any:
    """TF-IDF of a matrix of counts, with items as documents and users as their terms.

    Parameters
    ----------
    user_items
        Counts of 0 or more, scipy matrix or array [users, items] of any format.

    Returns
    -------
    weights
        A new matrix of the same shape in scipy's CSR format, float64, with the same places:
        ``sqrt(r) * idf_u``, ``idf_u`` as in `bm25_weight`.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> import alsace
    >>> alsace.tfidf_weight(sp.csr_matrix([[4, 1, 0, 0], [0, 1, 0, 0]])).toarray().round(2)
    array([[0.58, 0.29, 0.  , 0.  ],
           [0.  , 0.69, 0.  , 0.  ]])
    """
    weights, users, _ = _counts(user_items, "tfidf_weight")
    idf = np.maximum(inverse_frequencies(users, weights.shape[1], weights.shape[0]), 0)
    weights.data = np.sqrt(weights.data) * idf[users]
    return weights


def inverse_frequencies(terms: np.ndarray, documents: int, n_terms: int) -> np.ndarray:
    """log(documents / (1 + places)) of each term, [n_terms]: below 0 for a term in every document."""
    places = np.bincount(terms, minlength=n_terms)
    return np.asarray(np.log(max(documents, 1)) - np.log1p(places))


def bm25(
    counts: np.ndarray, documents: np.ndarray, n_documents: int, k1: float, b: float
) -> np.ndarray:
    """The part of BM25 that knows no terms, for each count and the document it is in."""
    lengths = np.bincount(documents, counts, minlength=n_documents)
    mean = lengths.mean() if n_documents else 0.0
    relative = 1.0 - b + b * lengths / (mean if mean > 0 else 1.0)
    below = k1 * relative[documents] + counts
    # A document of stored zeros has no length: its counts weigh 0.
    weights = np.divide(counts * (k1 + 1.0), below, out=np.zeros(len(counts)), where=below != 0)
    return np.asarray(weights)


def _counts(matrix: Any, where: str) -> tuple[Any, np.ndarray, np.ndarray]:
    """A float64 CSR copy without repeated places, and the row and column of each of them."""
    if not _numbers.is_matrix(matrix) or len(matrix.shape) != 2:
        raise InvalidArgument(
            f"{where}: user_items is {type(matrix).__name__}, it must be a matrix [users, items]."
        )
    from scipy import sparse

    weights = sparse.csr_matrix(matrix, dtype=np.float64, copy=True)
    weights.sum_duplicates()
    if not (np.isfinite(weights.data).all() and (weights.data >= 0).all()):
        raise InvalidArgument(f"{where}: values must be finite and 0 or more.")
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    return weights, rows, weights.indices
