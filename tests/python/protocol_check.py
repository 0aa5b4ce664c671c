#!/usr/bin/env python3
"""An independent reading of docs/evaluation.md for one protocol, in plain Python.

Recomputes from MovieLens' u.data (user, item, rating, time; tab separated) what

    alsace evaluate u.data --min-value 4 --binary --split leave-last-two --baselines popularity

reports of the data and of Popularity. Prints one JSON document.
"""

import json
import math
import sys
from collections import Counter


def read(path, min_value):
    """Kept (user, item, time) rows in file order, users and items numbered by first appearance."""
    users, items, rows = {}, {}, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            user, item, rating, time = line.split()
            if float(rating) >= min_value:
                rows.append(
                    (users.setdefault(user, len(users)), items.setdefault(item, len(items)), int(time))
                )
    return rows, len(users), len(items)


def leave_last_two(rows):
    """Training pairs and one test item per user; ties in time go by file order."""
    histories = {}
    for user, item, time in rows:
        histories.setdefault(user, []).append((time, len(histories.get(user, [])), item))
    train, test = [], {}
    for user, history in histories.items():
        ordered = [item for _, _, item in sorted(history)]
        if len(ordered) < 3:
            train += [(user, item) for item in ordered]
        else:
            train += [(user, item) for item in ordered[:-2]]
            test[user] = ordered[-1]
    return train, test


def popularity(train, test, items, k):
    """Mean recall@k and ndcg@k over test users; ties go to the lower item row."""
    counts = Counter(item for _, item in train)
    seen = {}
    for user, item in train:
        seen.setdefault(user, set()).add(item)
    order = sorted(range(items), key=lambda item: (-counts[item], item))
    recalls, gains = [], []
    for user, wanted in test.items():
        if user not in seen:
            continue
        ranking = [item for item in order if item not in seen[user]][:k]
        hit = wanted in ranking and counts[wanted] > 0
        recalls.append(1.0 if hit else 0.0)
        gains.append(1.0 / math.log2(ranking.index(wanted) + 2) if hit else 0.0)
    return len(recalls), sum(recalls) / len(recalls), sum(gains) / len(gains)


def check(path, min_value=4, k=10):
    """The facts and Popularity's metrics, in the shape of `alsace evaluate --json`."""
    rows, users, items = read(path, min_value)
    train, test = leave_last_two(rows)
    tested, recall, ndcg = popularity(train, test, items, k)
    return {
        "data": {
            "users": users,
            "items": items,
            "train_interactions": len(train),
            "test_users": tested,
        },
        "popularity": {f"recall@{k}": recall, f"ndcg@{k}": ndcg},
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: protocol_check.py U.DATA")
    print(json.dumps(check(sys.argv[1]), indent=2))
