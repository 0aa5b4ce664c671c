"""Recall and NDCG of factors from the ranks of the test items: cheaper than lists, for trials on a validation part.

The program's `alsace evaluate` measures what is reported; this one only has to order option sets. Needs numpy only.
"""

import numpy as np

USERS_AT_ONCE = 256


def ranking(user_factors, item_factors, train, test, top_k=20):
    """{"recall@K", "ndcg@K"}: means over the users of test, every item but the user's training items ranked.

    train, test: {user row: array of item rows}. Of equal scores the lower row comes first.
    """
    users = np.array(sorted(test))
    recall, ndcg = np.zeros(len(users)), np.zeros(len(users))
    for begin in range(0, len(users), USERS_AT_ONCE):
        block = users[begin : begin + USERS_AT_ONCE]
        scores = user_factors[block] @ item_factors.T
        for row, user in enumerate(block):
            ranks = ranks_of(scores[row], train[user], test[user])
            recall[begin + row], ndcg[begin + row] = metrics(ranks, len(test[user]), top_k)
    return {f"recall@{top_k}": float(recall.mean()), f"ndcg@{top_k}": float(ndcg.mean())}


def ranks_of(scores, hidden, items):
    """Ranks from 1 of items by score; hidden ones are not ranked. Changes scores."""
    wanted = scores[items]
    scores[hidden] = -np.inf
    ranks = np.empty(len(items), dtype=np.int64)
    for place, (item, score) in enumerate(zip(items, wanted)):
        ranks[place] = (
            1 + np.count_nonzero(scores > score) + np.count_nonzero(scores[:item] == score)
        )
    return ranks


def metrics(ranks, relevant, top_k):
    """(recall, ndcg) of one user: hits / relevant; binary gain, ideal cut at min(top_k, relevant)."""
    hits = ranks[ranks <= top_k]
    ideal = discount(np.arange(1, min(top_k, relevant) + 1))
    return len(hits) / relevant, discount(hits) / ideal


def discount(ranks):
    return float((1 / np.log2(np.asarray(ranks) + 1.0)).sum())
