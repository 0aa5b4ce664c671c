"""Ranking metrics and splits with the values of ``implicit.evaluation``.

They are not all the usual ones; `docs/evaluation.md` has those that the alsace program prints. Any
model will do whose ``recommend(userids, user_items, N=K)`` gives (ids, scores).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ._splits import leave_k_out_split, train_test_split
from .utils import check_csr

__all__ = [
    "AUC_at_k",
    "leave_k_out_split",
    "mean_average_precision_at_k",
    "ndcg_at_k",
    "precision_at_k",
    "ranking_metrics_at_k",
    "train_test_split",
]

_BATCH = 1000


def ranking_metrics_at_k(
    model: Any,
    train_user_items: Any,
    test_user_items: Any,
    K: int = 10,
    show_progress: bool = True,
    num_threads: int = 1,
) -> dict[str, float]:
    """Precision, MAP, NDCG and limited AUC of a model's lists of K.

    Parameters
    ----------
    model
        Trained; its num_threads is what counts.
    train_user_items
        Matrix [users, items]: a user's row is handed to ``recommend``, which leaves it out.
    test_user_items
        Matrix [users, items]: its stored places are the hits. Users without any are left out.
    K
        Length of the lists, 1 or more.
    show_progress
        A bar, or lines.
    num_threads
        Accepted and not used, as in the original.

    Returns
    -------
    dict
        ``precision``: all hits over the sum of min(K, test items) of all users. The usual precision@K
        divides each user's hits by K; this one rises with K.
        ``map``: mean over users of (sum of hits so far / rank over the ranks of hits) / min(K, test
        items).
        ``ndcg``: binary, log2(rank + 1), over the best possible with min(K, test items) hits.
        ``auc``: area under the ROC curve, the places beyond rank K taken as ordered by chance.
    """
    if K < 1:
        raise InvalidArgument(f"K is {K}, it must be 1 or more.")
    train, test = check_csr(train_user_items), check_csr(test_user_items).copy()
    test.sum_duplicates()
    liked = np.diff(test.indptr)
    users = np.flatnonzero(liked > 0).astype(np.int32)
    if users.size == 0:
        raise InvalidArgument(
            "test_user_items has no stored place: there is nothing to measure on."
        )
    sums = np.zeros(5)
    starts = range(0, len(users), _BATCH)
    for start in _shown(starts) if show_progress else starts:
        batch = users[start : start + _BATCH]
        ids, _ = model.recommend(batch, train[batch], N=K)
        sums += _sums(_hits(np.asarray(ids), test[batch], K), liked[batch], test.shape[1])
    means = dict(zip(("map", "ndcg", "auc"), (sums[2:] / len(users)).tolist()))
    return {"precision": float(sums[0] / sums[1]), **means}


def _shown(starts: range) -> Iterable[int]:
    """The same with a bar of tqdm, where that is installed."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return starts
    shown: Iterable[int] = tqdm(starts, desc="evaluate", unit="batch")
    return shown


def _hits(ids: np.ndarray, test: Any, k: int) -> np.ndarray:
    """Is the item at that rank in the user's row of test? bool [users, k]; ids below 0 are no item."""
    ids = ids[:, :k].astype(np.int64)
    columns = test.shape[1]
    rows = np.arange(len(ids))[:, None]
    wanted = np.repeat(rows.ravel(), np.diff(test.indptr)) * columns + test.indices
    known = (ids >= 0) & (ids < columns)
    hits = np.zeros((len(ids), k), dtype=bool)
    hits[:, : ids.shape[1]] = known & np.isin(rows * columns + ids, wanted)
    return hits


def _sums(hits: np.ndarray, liked: np.ndarray, items: int) -> np.ndarray:
    """Over users: hits, possible hits, average precision, NDCG and AUC."""
    ranks = np.arange(1, hits.shape[1] + 1)
    possible = np.minimum(hits.shape[1], liked)
    so_far = np.cumsum(hits, axis=1)
    precision = (hits * so_far / ranks).sum(axis=1) / possible
    gains = 1 / np.log2(ranks + 1)
    ndcg = (hits @ gains) / np.cumsum(gains)[possible - 1]
    areas = _areas(hits, so_far, liked, items)
    return np.array(
        [value.sum() for value in (hits, possible, precision, ndcg, areas)], dtype=float
    )


def _areas(hits: np.ndarray, so_far: np.ndarray, liked: np.ndarray, items: int) -> np.ndarray:
    """AUC of each user: misses above, each by the hits before it, then the rest at the mean."""
    others = items - liked
    misses = (~hits).sum(axis=1)
    area = (so_far * ~hits).sum(axis=1) + (so_far[:, -1] + liked) / 2 * (others - misses)
    # Who likes every item has no pair to be in order.
    areas: np.ndarray = np.divide(area, liked * others, out=np.ones(len(area)), where=others > 0)
    return areas


def precision_at_k(
    model: Any,
    train_user_items: Any,
    test_user_items: Any,
    K: int = 10,
    show_progress: bool = True,
    num_threads: int = 1,
) -> float:
    """``precision`` of `ranking_metrics_at_k`: not the usual precision, it rises with K."""
    return ranking_metrics_at_k(
        model, train_user_items, test_user_items, K, show_progress, num_threads
    )["precision"]


def mean_average_precision_at_k(
    model: Any,
    train_user_items: Any,
    test_user_items: Any,
    K: int = 10,
    show_progress: bool = True,
    num_threads: int = 1,
) -> float:
    """``map`` of `ranking_metrics_at_k`."""
    return ranking_metrics_at_k(
        model, train_user_items, test_user_items, K, show_progress, num_threads
    )["map"]


def ndcg_at_k(
    model: Any,
    train_user_items: Any,
    test_user_items: Any,
    K: int = 10,
    show_progress: bool = True,
    num_threads: int = 1,
) -> float:
    """``ndcg`` of `ranking_metrics_at_k`."""
    return ranking_metrics_at_k(
        model, train_user_items, test_user_items, K, show_progress, num_threads
    )["ndcg"]


def AUC_at_k(
    model: Any,
    train_user_items: Any,
    test_user_items: Any,
    K: int = 10,
    show_progress: bool = True,
    num_threads: int = 1,
) -> float:
    """``auc`` of `ranking_metrics_at_k`."""
    return ranking_metrics_at_k(
        model, train_user_items, test_user_items, K, show_progress, num_threads
    )["auc"]
