"""Splits of a matrix into training and test, with the signatures of ``implicit.evaluation``."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from ..errors import InvalidArgument
from .utils import check_random_state


def train_test_split(
    ratings: Any, train_percentage: float = 0.8, random_state: Any = None
) -> tuple[csr_matrix, csr_matrix]:
    """Each stored place into training with a probability, else into test.

    Parameters
    ----------
    ratings
        Sparse matrix [users, items].
    train_percentage
        That probability, 0 to 1 (a fraction, in spite of its name).
    random_state
        Seed, Generator, RandomState or None: the same seed gives the split that the original gives.

    Returns
    -------
    (train, test)
        Of the shape of ratings. Values of 0 and below are not in test.
    """
    ratings = ratings.tocoo()
    in_train = check_random_state(random_state).random(len(ratings.data)) < train_percentage
    train, test = _part(ratings, in_train), _part(ratings, ~in_train)
    test.data[test.data < 0] = 0
    test.eliminate_zeros()
    return train, test


def leave_k_out_split(
    ratings: Any, K: int = 1, train_only_size: float = 0.0, random_state: Any = None
) -> tuple[csr_matrix, csr_matrix]:
    """K random places of each user into test, the rest into training.

    Train and test together are the ratings, and the same seed gives the same split: neither holds in
    the original, so the places chosen are not those it chooses.

    Parameters
    ----------
    ratings
        Sparse matrix [users, items].
    K
        1 or more. Users with K + 1 places or fewer are in training only.
    train_only_size
        Fraction of the users, 0 to below 1, that are drawn to be in training only.
    random_state
        Seed, Generator, RandomState or None.

    Returns
    -------
    (train, test)
        Of the shape of ratings.
    """
    if K < 1:
        raise InvalidArgument(f"K is {K}, it must be 1 or more.")
    if not 0.0 <= train_only_size < 1.0:
        raise InvalidArgument(
            f"train_only_size is {train_only_size}, it must be from 0 to below 1."
        )
    ratings = ratings.tocoo()
    random_state = check_random_state(random_state)
    users, counts = np.unique(ratings.row, return_counts=True)
    tested = counts > K + 1
    if train_only_size > 0.0:
        size = max(1, int(len(users) * train_only_size))
        tested[random_state.choice(len(users), size=size, replace=False)] = False
    # In a random order by user, the first K of each user's places are a random choice.
    order = np.lexsort((random_state.random(len(ratings.row)), ratings.row))
    first = np.cumsum(counts) - counts
    chosen = order[(first[tested, None] + np.arange(K)).ravel()]
    in_test = np.zeros(len(ratings.row), dtype=bool)
    in_test[chosen] = True
    return _part(ratings, ~in_test), _part(ratings, in_test)


def _part(ratings: coo_matrix, chosen: np.ndarray) -> csr_matrix:
    places = (ratings.row[chosen], ratings.col[chosen])
    return csr_matrix((ratings.data[chosen], places), shape=ratings.shape, dtype=ratings.dtype)
