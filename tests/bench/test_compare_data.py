"""Rows of all engines are numbered alike, and what is held out stays the same."""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare import data


def table(users, items):
    return {"user": np.array(users), "item": np.array(items)}


def test_rows_are_numbered_by_first_appearance_and_unknown_ones_are_left_out():
    train, test = data.numbered(table([7, 3, 7], [5, 5, 9]), table([3, 8, 7, 3], [9, 5, 4, 5]))
    assert train["user"].tolist() == [0, 1, 0]
    assert train["item"].tolist() == [0, 0, 1]
    assert test["user"].tolist() == [1, 1]  # User 8 and item 4 were never trained on.
    assert test["item"].tolist() == [1, 0]


def test_compressed_rows_are_sorted_and_keep_their_values():
    part = table([1, 0, 1], [2, 1, 0]) | {"value": np.array([3, 4, 5])}
    rows = data.compressed(part, users=3)
    assert rows.offsets.tolist() == [0, 1, 3, 3]
    assert rows.items.tolist() == [1, 0, 2]
    assert rows.values.tolist() == [4, 5, 3]
    assert rows.row(1).tolist() == [0, 2]


def test_split_is_the_same_each_time_and_loses_nothing():
    whole = table(range(1000), range(1000))
    (train, test), (again, _) = data.split(whole, 0.1), data.split(whole, 0.1)
    assert train["user"].tolist() == again["user"].tolist()
    assert sorted([*train["user"], *test["user"]]) == list(range(1000))
    assert 70 < len(test["user"]) < 130


def test_sizes_are_read_from_names():
    assert data.size_of("power-law-50m") == 50_000_000
    assert data.size_of("power-law-100k-ratings") == 100_000
    assert data.size_of("gowalla") is None
