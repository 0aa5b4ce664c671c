"""New users: whole users are held out, 80 % of each history is shown, the rest is to be found.

The protocol of Liang, Krishnan, Hoffman, Jebara: Variational Autoencoders for Collaborative Filtering (WWW 2018), with
its seed and its order of random numbers, for MovieLens 20M, the Million Song Data set, and any file of ratings.
"""

from dataclasses import dataclass

import alsace
import numpy as np

from compare.data import NotThere, find
from compare.tables import table

from . import page
from .measure import baseline, over_seeds, plain
from .options import from_rendle, of_trial, words
from .trials import Trials

NAME = "new-users"
TITLE = "New users, 80 % of the history folded in"
METRICS = ("recall_capped@20", "recall_capped@50", "ndcg@100")
SEED = 98765
SEEDS = (1, 2, 3)
HIDDEN = 0.2


@dataclass(frozen=True)
class Recipe:
    """How a data set is filtered and split. least_value None: every line counts."""

    least_value: float | None
    per_user: int
    per_item: int
    held_out: int  # Users for validation, and as many for the test.


RECIPES = {
    "movielens-20m": Recipe(4.0, 5, 0, 10_000),
    "msd": Recipe(None, 20, 200, 50_000),
    "movielens-1m": Recipe(4.0, 5, 0, 500),
}
OPTIONS = {
    "movielens-20m": from_rendle(
        regularization=0.003, unobserved_weight=0.1, factors=2048, iterations=16
    ),
    "msd": from_rendle(regularization=0.002, unobserved_weight=0.02, factors=8192, iterations=16),
}
FILES = {"movielens-20m": "ml-20m/ratings.csv", "msd": "train_triplets.txt"}
PROTOCOL = """\
Protocol of Liang et al. (WWW 2018): whole users are held out, four fifths of each history are shown (folded in, nothing is
trained), the rest is to be found among all items that were not shown. recall_capped@K = hits / min(K, hidden items) is what the
paper calls recall. Ratings of 4 and more, users with 5 of them; the paper's seed and order of random numbers."""
OTHERS = """\
The published values are of MovieLens 20M and the Million Song Data set, whose files are not at hand here: **these two were not run**.
For those who have them, with the published options (several hours and, for MSD, a large machine: `--factors 256` is a beginning):"""
# Trials on the validation users of MovieLens 1M, as in gowalla.py.
TRIALS = tuple(
    (factors, weight, mean, exponent, "observed", 16)
    for factors in (128, 256, 512)
    for weight in (0.1, 0.3)
    for mean in (3, 5, 8)
    for exponent in (0.5, 0.75)
)
CHOSEN = (512, 0.1, 5, 0.5, "observed", 16)
PAPER = "Rendle, Krichene, Zhang, Koren (RecSys 2022), mean of 10 runs"
PUBLISHED = {
    "movielens-20m": (0.395, 0.532, 0.425),
    "msd": (0.309, 0.415, 0.368),
}


def read(path):
    """(users, items, values) of a file of lines user, item, value: commas, tabs or `::`, with or without a header."""
    import polars

    with open(path, "rb") as file:
        line = file.readline().decode()
        double_colon = "::" in line
        source = (line.encode() + file.read()).replace(b"::", b",") if double_colon else path
    separator = "," if double_colon or "," in line else "\t"
    third = line.replace("::", ",").split(separator)[2]
    table = polars.read_csv(
        source,
        separator=separator,
        has_header=not third.strip().replace(".", "").isdigit(),
        columns=[0, 1, 2],
        infer_schema_length=10_000,
    )
    return tuple(table[name].to_numpy() for name in table.columns)


@dataclass(frozen=True)
class Split:
    """Pairs of each part, arrays of (user, item): train, then shown and hidden of validation and of test."""

    train: tuple
    valid: tuple
    test: tuple


def filtered(users, items, values, recipe):
    """(users, items) of the entries that count: value, then popular items, then active users, once each."""
    keep = np.ones(len(users), bool) if recipe.least_value is None else values >= recipe.least_value
    users, items = users[keep], items[keep]
    for column, least in ((1, recipe.per_item), (0, recipe.per_user)):
        if least > 0:
            _, row, counts = np.unique(
                (users, items)[column], return_inverse=True, return_counts=True
            )
            users, items = users[counts[row] >= least], items[counts[row] >= least]
    return users, items


def split(users, items, held_out, seed=SEED):
    """The parts. Users in rising order of ids are shuffled; the last held_out are the test, those before validation.

    Entries of items that training does not know are left out of validation and test.
    """
    names, row = np.unique(users, return_inverse=True)
    if 2 * held_out >= len(names):
        raise SystemExit(
            f"{2 * held_out} users are to be held out, the file has {len(names)} after its filters."
        )
    place = np.empty(len(names), dtype=np.int64)
    place[np.random.RandomState(seed).permutation(len(names))] = np.arange(len(names))
    begin_valid, begin_test = len(names) - 2 * held_out, len(names) - held_out
    at = place[row]
    train = at < begin_valid
    known = np.isin(items, np.unique(items[train]))
    parts = [known & (begin_valid <= at) & (at < begin_test), known & (at >= begin_test)]
    valid, test = (shown_and_hidden(users[part], items[part], seed) for part in parts)
    return Split((users[train], items[train]), valid, test)


def shown_and_hidden(users, items, seed):
    """((users, items) shown, (users, items) hidden): of five entries or more a fifth, drawn, is hidden."""
    random = np.random.RandomState(seed)
    order = np.argsort(users, kind="stable")
    hidden = np.zeros(len(users), dtype=bool)
    _, first, sizes = np.unique(users[order], return_index=True, return_counts=True)
    for begin, size in zip(first, sizes):
        if size >= 5:
            hidden[order[begin + random.choice(size, size=int(HIDDEN * size), replace=False)]] = (
                True
            )
    return (users[~hidden], items[~hidden]), (users[hidden], items[hidden])


def validated(parts, options):
    """{metric: mean} of one seed on the validation users."""
    found = measured(parts.train, parts.valid, options, SEEDS[:1])
    return {metric: round(value.mean, 5) for metric, value in found.items()}


def columns(pairs):
    return {"user": pairs[0], "item": pairs[1]}


def measured(train, part, options, seeds):
    """{metric: Value} of models trained on train, on a part (shown, hidden)."""
    shown, hidden = map(columns, part)

    def fit(seed):
        return alsace.ImplicitALS(random_state=seed, **options).fit(columns(train))

    return over_seeds(fit, seeds, columns(train), hidden, METRICS, fold_in=shown)


def run(session, tune_again=False):
    """The record of the table on MovieLens 1M."""
    name = "movielens-1m"
    recipe = RECIPES[name]
    parts = split(*filtered(*read(movielens_1m()), recipe), recipe.held_out)
    trials = Trials(session.folder / "new_users_trials.jsonl")
    if tune_again:
        for trial in TRIALS[:1] if session.quick else TRIALS:
            record = trials.run(
                of_trial(trial, *parts.train), lambda options: validated(parts, options)
            )
            session.say(f"{NAME}: {record}")
    options = of_trial(CHOSEN, *parts.train)
    if session.quick:
        options |= {"factors": 16, "iterations": 3}
    session.say(f"{NAME}: {words(options)}")
    return record_of(parts, options, SEEDS[:1] if session.quick else SEEDS) | {
        "trials": trials.records
    }


def movielens_1m():
    """Its ratings, or its pairs with the ratings known as 2 or less, 3, and 4 or more, which serves as well."""
    try:
        return find("movielens-1m/ratings.dat")
    except NotThere:
        return find("movielens-1m/interactions.tsv")


def record_of(parts, options, seeds):
    shown, hidden = map(columns, parts.test)
    return {
        "options": options,
        "seeds": len(seeds),
        "users": len(np.unique(parts.train[0])),
        "test_users": len(np.unique(parts.test[1][0])),
        "als": plain(measured(parts.train, parts.test, options, seeds)),
        "popularity": plain(
            baseline("popularity", columns(parts.train), hidden, METRICS, fold_in=shown)
        ),
    }


def of_file(session, args):
    """A table of the file that --ratings names, by the recipe and the published options of --recipe, as text."""
    recipe = RECIPES[args.recipe]
    options = dict(OPTIONS[args.recipe])
    if args.factors:
        options["factors"] = args.factors
    pairs = filtered(*read(args.ratings), recipe)
    session.say(
        f"{len(pairs[0])} interactions of {len(np.unique(pairs[0]))} users after the filters"
    )
    parts = split(*pairs, args.held_out or recipe.held_out)
    record = record_of(parts, options, SEEDS[:1])
    lines = lines_of(record)
    if args.recipe in PUBLISHED:
        lines.append(
            ["iALS, published", *(f"{value:.3f}" for value in PUBLISHED[args.recipe]), PAPER]
        )
    return f"{words(options)}\n\n{table(['', *METRICS, ''], lines)}"


def lines_of(record):
    return [
        [
            "**ours**, ALS",
            *(page.value(record["als"][metric]) for metric in METRICS),
            page.seeds(record["seeds"]),
        ],
        ["ours, Popularity", *(page.value(record["popularity"][metric]) for metric in METRICS), ""],
    ]


def sections(record):
    head = ["", *METRICS, ""]
    published = [[name, *(f"{value:.3f}" for value in PUBLISHED[name])] for name in PUBLISHED]
    commands = "\n".join(
        f"    ./run bench quality new-users -- --recipe {name} --ratings {file}    # {words(OPTIONS[name])}"
        for name, file in FILES.items()
    )
    return [
        PROTOCOL,
        f"MovieLens 1M: {record['users']:,} users to train on, {record['test_users']:,} test users with something hidden, as many for validation.",
        table(head, lines_of(record)),
        f"Options: `{words(record['options'])}`, the best of these on the validation users by {METRICS[-1]}:",
        page.trials_table(record["trials"], METRICS, METRICS[-1]),
        OTHERS + "\n\n" + commands,
        table(["published, iALS", *METRICS], published),
        f"Source: {PAPER}.",
    ]


def headlines(record):
    """[what, metric, ours, published] for the head of the page."""
    return [
        ["ALS, MovieLens 1M", metric, page.value(record["als"][metric]), "-"] for metric in METRICS
    ]
