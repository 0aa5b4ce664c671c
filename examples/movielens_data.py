"""Ratings for the examples: of MovieLens, or made up where no path is given."""

import pathlib

import numpy as np
import pandas as pd


def read_ratings(path=None):
    """A data frame of user, item, rating, time from u.data, ratings.dat or ratings.csv."""
    if path is None:
        return made_up_ratings()
    path = pathlib.Path(path)
    if path.suffix == ".csv":
        return pd.read_csv(path, header=0, names=["user", "item", "rating", "time"])
    separator = "::" if path.suffix == ".dat" else "\t"
    return pd.read_csv(path, sep=separator, engine="python", names=["user", "item", "rating", "time"])


def made_up_ratings(users=1000, items=800, per_user=60, seed=42):
    """People with a taste of one or two genres, and a few films that everybody sees."""
    rng = np.random.default_rng(seed)
    genre = rng.integers(0, 8, items)
    fame = (np.arange(items) + 20.0) ** -0.9
    quality = rng.normal(0, 0.5, items)
    parts = []
    for user in range(users):
        liked = np.isin(genre, rng.choice(8, 2, replace=False))
        chance = fame * np.where(liked, 6, 1)
        count = min(items, 5 + rng.geometric(1 / per_user))
        seen = rng.choice(items, count, replace=False, p=chance / chance.sum())
        wish = 2.9 + 1.2 * liked[seen] + quality[seen] + rng.normal(0, 0.7, count)
        ratings = np.clip(np.rint(wish), 1, 5).astype(int)
        parts.append(pd.DataFrame({"user": user, "item": seen, "rating": ratings, "time": np.arange(count)}))
    return pd.concat(parts, ignore_index=True)
