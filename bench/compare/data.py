"""The data of the comparison, each set in a folder of its own: a CSV file for Alsace and the same
interactions as arrays for the engines that live in Python.

Rows are numbered by first appearance in the training part, and only rows that appear there exist,
so that every engine sees the same matrix without empty rows.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .quality import Interactions

RECIPE = 3  # Goes up whenever the same name would give other data.
SEED = 42
POWER_LAW = re.compile(r"power-law-(\d+)(k|m)(-ratings)?")
HELD_OUT = {"power-law": 0.1, "movielens-1m": 0.2}
SOURCES = {
    "movielens-1m": ["movielens-1m/interactions.tsv"],
    "gowalla": [f"gowalla/{part}.txt" for part in ("train", "valid", "test")],
}
ROOT = Path(__file__).resolve().parents[2]


class NotThere(Exception):
    """A data set that this machine does not have; the message says where it was looked for."""


@dataclass(frozen=True)
class Dataset:
    name: str
    folder: Path
    facts: dict  # users, items, interactions, test_interactions

    @property
    def csv(self):
        return self.folder / "train.csv"

    def part(self, name):
        """Interactions of the part train or test, mapped, not read."""
        files = [self.folder / f"{name}_{what}.npy" for what in ("offsets", "items", "values")]
        values = np.load(files[2], mmap_mode="r") if files[2].exists() else None
        return Interactions(np.load(files[0]), np.load(files[1], mmap_mode="r"), values)


def size_of(name):
    """Interactions of a power-law set before a part is held out; None for other sets."""
    match = POWER_LAW.fullmatch(name)
    return int(match[1]) * {"k": 1000, "m": 1_000_000}[match[2]] if match else None


def open_dataset(name, folder):
    """The set that prepare made in folder."""
    return Dataset(name, folder, json.loads((folder / "facts.json").read_text()))


def prepare(name, root, generator):
    """Makes the set in root/name, or finds it there. generator: the program power_law."""
    folder = Path(root) / name
    if (folder / "facts.json").exists():
        dataset = open_dataset(name, folder)
        if dataset.facts["recipe"] == RECIPE:
            return dataset
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    train, test = load(name, folder, generator)
    facts = {"recipe": RECIPE, **write(folder, *numbered(train, test))}
    (folder / "facts.json").write_text(json.dumps(facts))
    return Dataset(name, folder, facts)


def load(name, folder, generator):
    """(train, test) of a set, each {"user", "item"[, "value"]} as arrays, ids as in its source."""
    if size_of(name):
        raw = folder / "all.csv"
        generate(name, raw, generator)
        table = read_csv(raw)
        raw.unlink()
        return split(table, HELD_OUT["power-law"])
    files = sources(name)
    if name == "movielens-1m":
        # The third column is a level, 2, 3 or 4: ratings up to 2, of 3, from 4 on.
        columns = np.loadtxt(files[0], dtype=np.int32, delimiter="\t").T
        table = dict(zip(("user", "item", "value"), columns))
        table["value"] = table["value"].astype(np.float32)
        return split(table, HELD_OUT["movielens-1m"])
    train, valid, test = map(read_lists, files)
    return {key: np.concatenate([train[key], valid[key]]) for key in ("user", "item")}, test


def generate(name, path, generator):
    match = POWER_LAW.fullmatch(name)
    command = [str(generator), str(size_of(name)), str(path), "--seed", str(SEED)]
    subprocess.run(command + (["--ratings"] if match[3] else []), check=True)


def sources(name):
    """The files a set is made of: none for power-law data. NotThere where one is missing."""
    if size_of(name):
        return []
    if name not in SOURCES:
        raise NotThere(f"there is no data set {name}, only {', '.join(SOURCES)} and power-law-<N>m")
    return [find(source) for source in SOURCES[name]]


def find(source):
    """A file of a public data set: in ALSACE_DATA, then in ../shared/data."""
    folders = [Path(folder) for folder in (os.environ.get("ALSACE_DATA"),) if folder]
    folders.append(ROOT.parent / "shared/data")
    for folder in folders:
        if (folder / source).exists():
            return folder / source
    raise NotThere(f"{source} is not in {' nor '.join(map(str, folders))}; set ALSACE_DATA")


def read_csv(path):
    import polars

    return {column.name: column.to_numpy() for column in polars.read_csv(path)}


def read_lists(path):
    """Lines `user item item ...`."""
    users, items = [], []
    for line in Path(path).read_text().splitlines():
        user, *row = map(int, line.split())
        users += [user] * len(row)
        items += row
    return {"user": np.array(users), "item": np.array(items)}


def split(table, fraction):
    """(train, test): each interaction is held out with this probability, by the seed."""
    held_out = np.random.default_rng(SEED).random(len(table["user"])) < fraction
    return (
        {key: column[~held_out] for key, column in table.items()},
        {key: column[held_out] for key, column in table.items()},
    )


def numbered(train, test):
    """Both parts with rows numbered by first appearance in train; test rows that are not in train
    are left out, since no engine can know them."""
    keep = np.ones(len(test["user"]), dtype=bool)
    train, test = dict(train), dict(test)
    for key in ("user", "item"):
        names, first, rows = np.unique(train[key], return_index=True, return_inverse=True)
        rank = np.empty(len(names), dtype=np.int32)
        rank[np.argsort(first)] = np.arange(len(names), dtype=np.int32)
        train[key] = rank[rows]
        place = np.minimum(np.searchsorted(names, test[key]), len(names) - 1)
        keep &= names[place] == test[key]
        test[key] = rank[place]
    return train, {key: column[keep] for key, column in test.items()}


def write(folder, train, test):
    """Writes train.csv and the arrays; returns the facts."""
    import polars

    polars.DataFrame(train).write_csv(folder / "train.csv")
    users, items = int(train["user"].max()) + 1, int(train["item"].max()) + 1
    for name, part in (("train", train), ("test", test)):
        rows = compressed(part, users)
        np.save(folder / f"{name}_offsets.npy", rows.offsets)
        np.save(folder / f"{name}_items.npy", rows.items)
        if rows.values is not None:
            np.save(folder / f"{name}_values.npy", rows.values)
    return {
        "users": users,
        "items": items,
        "interactions": len(train["user"]),
        "test_interactions": len(test["user"]),
        "values": "value" in train,
    }


def compressed(part, users):
    """The part as compressed rows, items rising within each."""
    order = np.lexsort((part["item"], part["user"]))
    offsets = np.zeros(users + 1, dtype=np.int64)
    np.cumsum(np.bincount(part["user"], minlength=users), out=offsets[1:])
    values = part["value"][order].astype(np.float32) if "value" in part else None
    return Interactions(offsets, part["item"][order].astype(np.int32), values)
