"""Weightings with the signatures of ``implicit.nearest_neighbours``."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from scipy.sparse import coo_matrix

from ..weights import bm25, inverse_frequencies


def bm25_weight(X: Any, K1: float = 100, B: float = 0.8) -> coo_matrix:
    """BM25 with rows as documents and columns as their terms, as the original has it.

    Give it item_users: with user_items users become the documents, which weighs something else.
    `alsace.bm25_weight` takes user_items and never gives weights below 0.

    Parameters
    ----------
    X
        Sparse matrix of counts, [documents, terms].
    K1, B
        How soon counts flatten, and how far long documents are held back.

    Returns
    -------
    weights
        A new coo_matrix. A term in every document has a weight below 0.
    """
    X = _copy(X)
    idf = inverse_frequencies(X.col, X.shape[0], X.shape[1])
    X.data = bm25(X.data, X.row, X.shape[0], K1, B) * idf[X.col]
    return X


def tfidf_weight(X: Any) -> coo_matrix:
    """sqrt(count) times the inverse document frequency of its column, as `bm25_weight` counts it.

    Returns a new coo_matrix [documents, terms].
    """
    X = _copy(X)
    X.data = np.sqrt(X.data) * inverse_frequencies(X.col, X.shape[0], X.shape[1])[X.col]
    return X


def normalize(X: Any) -> coo_matrix:
    """Rows scaled to length 1, as a new coo_matrix; rows of zeros stay as they are."""
    X = _copy(X)
    lengths = np.sqrt(np.bincount(X.row, X.data**2, minlength=X.shape[0]))
    lengths[lengths == 0] = 1
    X.data = X.data / lengths[X.row]
    return X


class ItemItemRecommender:
    """Named for callers who ask whether a model is one. Alsace has no neighbour models to make."""

    def __new__(cls, *arguments: Any, **named: Any) -> NoReturn:
        raise NotImplementedError(
            "Alsace trains by alternating least squares only. Use AlternatingLeastSquares and its "
            "similar_items, or the package implicit for item-item neighbours."
        )


def _copy(X: Any) -> coo_matrix:
    X = coo_matrix(X, copy=True)
    X.data = X.data.astype(np.float64, copy=False)
    return X
