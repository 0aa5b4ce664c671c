"""RMSE of explicit feedback: the five folds of MovieLens 100K, and five random folds of MovieLens latest-small."""

from itertools import product
from statistics import mean, stdev

import alsace
import numpy as np

from compare.data import find
from compare.tables import table

from .options import words

NAME = "explicit"
TITLE = "Explicit feedback: RMSE"
FOLDS = 5
SEED = 42
HELD_OUT = 0.1  # Of a training part, to choose options on.
PUBLISHED = {
    "movielens-100k": "0.934 SVD, 0.919 SVD++, 0.944 biases only",
    "movielens-latest-small": "0.870 SVD, 0.873 biases only",
}
SOURCES = """\
Published: MovieLens 100K: README of the package Surprise, five random folds, its default options; other folds than u1 to u5, of the same
size. MovieLens latest-small: a course project with Surprise (github.com/SunTzuLombardi/RecomendationProj), cross-validated: not
a reviewed source. No published ALS on exactly these folds was found."""
PROTOCOL = """\
MovieLens 100K in its own five folds u1 to u5, and MovieLens latest-small (100,836 ratings) in five random folds of fixed seed; predictions
are clipped to the range of the training values. Options are chosen anew for each fold: a tenth of its training part is held out,
the set with the least RMSE there is trained on the whole training part, and the fold's test part measured once."""
# Strengths are lambda for exponent 1; with another exponent that of the same mean weight.
GRID = {
    "plain": {
        "biases": (False,),
        "regularization": (0.12, 0.18, 0.27),
        "regularization_exponent": (1.0,),
        "factors": (8, 32),
    },
    "biases": {
        "biases": (True,),
        "regularization": (0.18, 0.27, 0.4),
        "regularization_exponent": (0.25, 0.5),
        "factors": (8, 64),
    },
}
ITERATIONS = 30


def read(path, header):
    """(users, items, values) of a file of ratings; with a header commas, else tabs."""
    table = np.loadtxt(
        path, delimiter="," if header else "\t", skiprows=int(header), usecols=(0, 1, 2)
    )
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def movielens_100k():
    """[(train, test)] of the five published folds u1 to u5."""
    return [
        tuple(
            read(find(f"movielens-100k/u{fold}.{part}"), header=False) for part in ("base", "test")
        )
        for fold in range(1, FOLDS + 1)
    ]


def latest_small():
    """[(train, test)] of five random folds of all ratings."""
    return folds(read(find("movielens-latest-small/ratings.csv"), header=True))


def folds(table, count=FOLDS, seed=SEED):
    """[(train, test)]: the rows are dealt to count folds at random, each of which is the test once."""
    of_row = np.random.default_rng(seed).permutation(len(table[0])) % count
    return [(taken(table, of_row != fold), taken(table, of_row == fold)) for fold in range(count)]


def taken(table, rows):
    return tuple(column[rows] for column in table)


def candidates(grid, counts):
    """The option sets of a grid; regularization shifted from exponent 1 to theirs, to the same mean weight of a row."""
    for values in product(*grid.values()):
        options = dict(zip(grid, values))
        shift = counts.mean() / (counts ** options["regularization_exponent"]).mean()
        options["regularization"] = float(f"{options['regularization'] * shift:.3g}")
        yield options | {"iterations": ITERATIONS}


def counts_of(table):
    """Ratings of each user and of each item, in one array."""
    return np.concatenate(
        [np.unique(table[column], return_counts=True)[1] for column in (0, 1)]
    ).astype(float)


def rmse(train, test, options):
    names = ("user", "item", "rating")
    model = alsace.ExplicitALS(random_state=SEED, **options).fit(dict(zip(names, train)))
    found = alsace.evaluate(
        model, dict(zip(names, train)), dict(zip(names, test)), metrics="rmse", baselines=[]
    )
    return found["als"]["rmse"].mean


def chosen(train, grid):
    """The options with the least RMSE on a drawn tenth of train, which they are not trained on."""
    held = np.random.default_rng(SEED).random(len(train[0])) < HELD_OUT
    part, valid = taken(train, ~held), taken(train, held)
    return min(candidates(grid, counts_of(part)), key=lambda options: rmse(part, valid, options))


def run(session, tune_again=False):
    sets = {"movielens-100k": movielens_100k, "movielens-latest-small": latest_small}
    rows = []
    for name, load in sets.items():
        parts = load()[: 1 if session.quick else FOLDS]
        for label, grid in GRID.items():
            session.say(f"{NAME}: {name}, {label}")
            found = []
            for train, test in parts:
                options = chosen(train, smallest(grid) if session.quick else grid)
                found.append({"options": options, "rmse": rmse(train, test, options)})
            values = [record["rmse"] for record in found]
            rows.append(
                {
                    "set": name,
                    "label": label,
                    "rmse": mean(values),
                    "deviation": stdev(values) if len(values) > 1 else None,
                    "folds": found,
                }
            )
    return {"rows": rows}


def smallest(grid):
    """The grid's first value of each option."""
    return {key: values[:1] for key, values in grid.items()}


def sections(record):
    lines = [
        [row["set"], row["label"], of_folds(row), PUBLISHED[row["set"]]] for row in record["rows"]
    ]
    folds = [
        [row["set"], row["label"], fold, f"{found['rmse']:.4f}", f"`{words(found['options'])}`"]
        for row in record["rows"]
        for fold, found in enumerate(row["folds"], 1)
    ]
    return [
        PROTOCOL,
        table(
            ["", "biases", "RMSE, mean of folds +- deviation", "published"],
            lines,
        ),
        SOURCES,
        "Each fold, with the options that were chosen on its training part:",
        table(["", "", "fold", "RMSE", "options"], folds),
    ]


def of_folds(row):
    """Mean and deviation over the folds."""
    return f"{row['rmse']:.4f}" + (f" +- {row['deviation']:.4f}" if row["deviation"] else "")


def headlines(record):
    """[what, metric, ours, published] for the head of the page."""
    return [
        [f"{row['set']}, {row['label']}", "rmse", of_folds(row), PUBLISHED[row["set"]]]
        for row in record["rows"]
    ]
