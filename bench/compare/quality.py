"""What a model is worth: the objective in float64, recall, NDCG and RMSE, alike for every engine.

Needs numpy only. Interactions come as compressed rows (CSR): user u has items[offsets[u]:offsets[u + 1]].
"""

from dataclasses import dataclass

import numpy as np

ENTRIES_AT_ONCE = 1 << 13  # Of 16 factors, in doubles: a pass stays in the cache.
USERS_AT_ONCE = 512


@dataclass(frozen=True)
class Interactions:
    """Compressed rows by user; values is None where every value is 1."""

    offsets: np.ndarray
    items: np.ndarray
    values: np.ndarray | None = None

    @property
    def users(self):
        return len(self.offsets) - 1

    def counts(self):
        return np.diff(self.offsets)

    def row(self, user):
        return self.items[self.offsets[user] : self.offsets[user + 1]]


@dataclass(frozen=True)
class Objective:
    """The number that all engines make small (docs/algorithm.md has the formulas).

    implicit: confidence c on observed pairs, 1 on all others, preference 1 and 0.
    explicit: squared error of the values on observed pairs.
    The squared factors of a row of n entries weigh regularization * n ** exponent.
    """

    explicit: bool = False
    confidence: float = 10.0
    regularization: float = 0.01
    exponent: float = 0.0

    def __call__(self, train, user_factors, item_factors):
        fit = self._explicit_fit if self.explicit else self._implicit_fit
        item_counts = np.bincount(train.items, minlength=len(item_factors))
        return (
            fit(train, user_factors, item_factors)
            + self._penalty(user_factors, train.counts())
            + self._penalty(item_factors, item_counts)
        )

    def _implicit_fit(self, train, user_factors, item_factors):
        everywhere = float((gram(user_factors) * gram(item_factors)).sum())
        observed = 0.0
        for _, scores in scores_of(train, user_factors, item_factors):
            observed += float((self.confidence * (1 - scores) ** 2 - scores**2).sum())
        return everywhere + observed

    def _explicit_fit(self, train, user_factors, item_factors):
        error = 0.0
        for entries, scores in scores_of(train, user_factors, item_factors):
            error += float(((train.values[entries] - scores) ** 2).sum())
        return error

    def _penalty(self, factors, counts):
        squares = np.einsum("ij,ij->i", factors, factors, dtype=np.float64)
        return self.regularization * float((squares * counts.astype(float) ** self.exponent).sum())


def gram(factors):
    """The sum of the outer products of all rows, in float64."""
    total = np.zeros((factors.shape[1], factors.shape[1]))
    for begin in range(0, len(factors), 1 << 14):
        block = factors[begin : begin + (1 << 14)].astype(np.float64)
        total += block.T @ block
    return total


def scores_of(interactions, user_factors, item_factors):
    """Yields (a slice of entries, their scores in float64), piece by piece."""
    offsets, items = interactions.offsets, interactions.items
    step = max(1, ENTRIES_AT_ONCE * 16 // max(16, user_factors.shape[1]))
    for begin in range(0, len(items), step):
        end = min(begin + step, len(items))
        users = np.searchsorted(offsets, np.arange(begin, end), side="right") - 1
        left = user_factors[users].astype(np.float64)
        right = item_factors[items[begin:end]].astype(np.float64)
        yield slice(begin, end), np.einsum("ij,ij->i", left, right)


def rmse(train, test, user_factors, item_factors):
    """Root of the mean squared error on test; predictions clipped to the range of train's values."""
    low, high = train.values.min(), train.values.max()
    error = 0.0
    for entries, scores in scores_of(test, user_factors, item_factors):
        error += float(((test.values[entries] - np.clip(scores, low, high)) ** 2).sum())
    return float(np.sqrt(error / max(1, len(test.items))))


def ranking(train, test, user_factors, item_factors, top_k=20, most_users=20_000):
    """Recall and NDCG at top_k: means over the users with test items, of most_users drawn ones.

    Every item but the user's training items is ranked. Recall is hits / test items of the user,
    NDCG is binary, with the ideal cut at min(top_k, test items).
    """
    users = np.flatnonzero(test.counts())
    if len(users) > most_users:
        users = np.sort(np.random.default_rng(0).choice(users, most_users, replace=False))
    if len(users) == 0:
        return {"recall": 0.0, "ndcg": 0.0, "users": 0}
    recall = ndcg = 0.0
    for begin in range(0, len(users), USERS_AT_ONCE):
        block = users[begin : begin + USERS_AT_ONCE]
        scores = user_factors[block] @ item_factors.T
        for row, user in enumerate(block):
            scores[row, train.row(user)] = -np.inf
        for best, user in zip(top_items(scores, top_k), block):
            hits = np.isin(best, test.row(user))
            recall += hits.sum() / len(test.row(user))
            ndcg += discounted(hits) / discounted(np.ones(min(top_k, len(test.row(user)))))
    return {"recall": recall / len(users), "ndcg": ndcg / len(users), "users": len(users)}


def top_items(scores, top_k):
    """[rows x top_k] places of the largest scores of each row, best first."""
    top_k = min(top_k, scores.shape[1])
    best = np.argpartition(-scores, top_k - 1, axis=1)[:, :top_k]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def discounted(hits):
    """Sum of hits / log2(rank + 1), rank from 1."""
    return float((hits / np.log2(np.arange(len(hits)) + 2)).sum())
