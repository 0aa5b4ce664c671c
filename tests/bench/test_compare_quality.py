"""The numbers that stand beside the times, against cases worked by hand."""

import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare import quality
from compare.quality import Interactions, Objective

# Two users, three items, one factor: user 0 has items 0 and 1, user 1 has item 2.
TRAIN = Interactions(
    np.array([0, 2, 3]), np.array([0, 1, 2]), np.array([4.0, 2.0, 5.0], np.float32)
)
USERS = np.array([[1.0], [2.0]], np.float32)
ITEMS = np.array([[0.5], [1.0], [0.25]], np.float32)
# Scores: user 0: 0.5, 1, 0.25; user 1: 1, 2, 0.5.


def test_implicit_objective_by_hand():
    observed = 10 * (0.5**2 + 0**2) + 10 * 0.5**2
    unobserved = 0.25**2 + 1**2 + 2**2
    penalty = 0.1 * (1 + 4 + 0.25 + 1 + 0.0625)
    objective = Objective(confidence=10, regularization=0.1)
    assert objective(TRAIN, USERS, ITEMS) == pytest.approx(
        observed + unobserved + penalty, rel=1e-12
    )


def test_exponent_weighs_rows_by_their_entries():
    plain = Objective(confidence=10, regularization=0.1)(TRAIN, USERS, ITEMS)
    weighted = Objective(confidence=10, regularization=0.1, exponent=1)(TRAIN, USERS, ITEMS)
    assert weighted - plain == pytest.approx(0.1 * 1)  # Only user 0, |x|^2 = 1, has two entries.


def test_explicit_objective_and_rmse_by_hand():
    objective = Objective(explicit=True, regularization=0.1)
    error = 3.5**2 + 1**2 + 4.5**2
    assert objective(TRAIN, USERS, ITEMS) == pytest.approx(error + 0.1 * 6.3125, rel=1e-12)
    # Clipped to the training range 2 to 5, both predictions are 2.
    test = Interactions(np.array([0, 1, 2]), np.array([2, 0]), np.array([3.0, 4.0], np.float32))
    assert quality.rmse(TRAIN, test, USERS, ITEMS) == pytest.approx(np.sqrt((1 + 4) / 2))


def test_objective_of_many_pieces_is_that_of_a_plain_loop(monkeypatch):
    monkeypatch.setattr(quality, "ENTRIES_AT_ONCE", 7)
    random = np.random.default_rng(1)
    seen = random.random((30, 20)) < 0.2
    seen[4] = False  # An empty row in the middle.
    offsets = np.concatenate([[0], np.cumsum(seen.sum(axis=1))])
    train = Interactions(offsets, np.nonzero(seen)[1])
    users, items = random.normal(size=(30, 5)), random.normal(size=(20, 5))
    weights, scores = np.where(seen, 10, 1), users @ items.T
    expected = (weights * (seen - scores) ** 2).sum() + 0.3 * ((users**2).sum() + (items**2).sum())
    objective = Objective(confidence=10, regularization=0.3)
    assert objective(train, users, items) == pytest.approx(expected, rel=1e-12)


def test_ranking_by_hand():
    train = Interactions(np.array([0, 1, 1, 2]), np.array([4, 0]))
    test = Interactions(np.array([0, 2, 2, 5]), np.array([0, 3, 1, 2, 3]))
    scores = np.array([[0.1, 0.9, 0.5, 0.8, 1.0], [1, 1, 1, 1, 1], [9, 4, 3, 2, 1]], np.float32)
    found = quality.ranking(train, test, scores, np.eye(5, dtype=np.float32), top_k=2)
    # User 0, item 4 hidden: ranks 1, 3; item 3 hits at rank 2, of two. User 1 has nothing to find.
    # User 2, item 0 hidden: ranks 1, 2; both hit, of three.
    assert found["users"] == 2
    assert found["recall"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    first = (1 / np.log2(3)) / (1 + 1 / np.log2(3))
    assert found["ndcg"] == pytest.approx((first + 1) / 2)


def test_drawn_users_are_the_same_each_time():
    random = np.random.default_rng(2)
    users, items = random.normal(size=(50, 4)), random.normal(size=(9, 4))
    train = Interactions(np.arange(51), random.integers(0, 9, 50))
    test = Interactions(np.arange(51), random.integers(0, 9, 50))
    once, again = (quality.ranking(train, test, users, items, 3, most_users=10) for _ in range(2))
    assert once == again
    assert once["users"] == 10
