"""MovieLens 1M in the protocol of 'Neural Collaborative Filtering' (He et al. 2017): each user's last item among
99 drawn ones."""

import alsace
import numpy as np

from compare.data import NotThere, find
from compare.tables import table

from . import page
from .measure import of_runs, plain
from .options import from_rendle, words
from .ranks import discount

NAME = "ncf"
TITLE = "MovieLens 1M, leave one out, 100 sampled candidates"
FOLDER = "movielens-1m"
TOP_K = 10
SEEDS = (1, 2, 3)
METRICS = (f"sampled_hit_rate@{TOP_K}", f"sampled_ndcg@{TOP_K}")
PAPER = "Rendle, Krichene, Zhang, Koren (RecSys 2022), mean of 10 runs"
PUBLISHED = {
    "iALS": ((0.730, 0.453), PAPER),
    "NeuMF": ((0.730, 0.447), "He et al. (WWW 2017), as listed there"),
}
PROTOCOL = """\
Protocol of 'Neural Collaborative Filtering': of each of the 6,040 users the last item is the test, all others are trained on
(994,169 interactions); it is ranked among itself and 99 drawn items that the user has not rated (the published draw). **These
metrics are sampled**: they rank 100 candidates, not the catalogue, and neither their size nor their order of methods carries over
to full rankings. 156 drawn items that are the user's own test item are left out. ALS with the options that Rendle et al. give for
this data set (lambda 0.007, a0 0.3, 192 factors, 12 iterations), translated: none was chosen here."""
OPTIONS = {
    "published options": from_rendle(
        regularization=0.007, unobserved_weight=0.3, factors=192, iterations=12
    ),
}


def negatives(lines):
    """[(user, item, [items])] of a .test.negative file: lines `(user,item) tab item tab item ...`."""
    found = []
    for line in lines:
        pair, *drawn = line.split()
        user, item = pair.strip("()").split(",")
        found.append((int(user), int(item), [int(word) for word in drawn]))
    return found


def load():
    """(train, test, drawn): arrays [entries, 2] and [users, 2] of ids, and a list of ids for each row of test.

    From the files as NCF's authors publish them, or where ml-1m.train.rating is not there from MovieLens's own ids: all
    pairs, the held-out ones, and NCF's numbering of the items. A drawn item that is the user's own test item (NCF's
    sampler allows it) is left out.
    """
    lines = find(f"{FOLDER}/ncf/ml-1m.test.negative").read_text().splitlines()
    drawn = {user: items for user, _, items in negatives(lines)}
    try:
        train = columns(f"{FOLDER}/ncf/ml-1m.train.rating")
        test = columns(f"{FOLDER}/ncf/ml-1m.test.rating")
    except NotThere:
        test = columns(f"{FOLDER}/ncf/loo_test.tsv", skiprows=1)
        train = without(columns(f"{FOLDER}/interactions.tsv"), test)
        id_of = dict(columns(f"{FOLDER}/ncf/item_map.tsv", skiprows=1).tolist())
        drawn = {user + 1: [id_of[item] for item in items] for user, items in drawn.items()}
    return train, test, [[it for it in drawn[user] if it != item] for user, item in test.tolist()]


def columns(source, skiprows=0):
    """The first two columns of a data set's file of numbers."""
    return np.loadtxt(find(source), dtype=np.int64, usecols=(0, 1), skiprows=skiprows)


def without(pairs, left_out):
    """Rows of pairs that are not in left_out."""
    width = max(pairs[:, 1].max(), left_out[:, 1].max()) + 1
    keys, gone = (table[:, 0] * width + table[:, 1] for table in (pairs, left_out))
    return pairs[~np.isin(keys, gone)]


def hold_out(train, seed=0, count=99):
    """(train, test, drawn) made of train alone, alike: one random entry of each user with two or more, and count
    items that the user does not have."""
    random = np.random.default_rng(seed)
    order = np.lexsort((random.random(len(train)), train[:, 0]))
    users, first, sizes = np.unique(train[order, 0], return_index=True, return_counts=True)
    test = train[order[first[sizes > 1]]]
    items = np.unique(train[:, 1])
    history = {
        user: set(train[order[a : a + n], 1].tolist())
        for user, a, n in zip(users.tolist(), first, sizes)
    }
    drawn = []
    for user in test[:, 0].tolist():
        wanted = []
        while len(wanted) < count:
            wanted += [
                item
                for item in random.choice(items, count - len(wanted)).tolist()
                if item not in history[user]
            ]
        drawn.append(wanted)
    return without(train, test), test, drawn


def popularity(train, test, drawn):
    """{metric: Value} of the number of training entries as the score of an item."""
    items, counts = np.unique(train[:, 1], return_counts=True)
    count_of = dict(zip(items.tolist(), counts.tolist()))
    scores = [
        [count_of.get(item, 0) for item in (item, *others)]
        for item, others in zip(test[:, 1].tolist(), drawn)
    ]
    found = [of_rank(rank_of_first(np.array(row)), TOP_K) for row in scores]
    return {name: of_runs([[pair[place] for pair in found]]) for place, name in enumerate(METRICS)}


def rank_of_first(scores):
    """The rank, from 1, of scores[0]; of equal scores it comes last, so that a constant model gains nothing."""
    return 1 + int(np.count_nonzero(scores[1:] >= scores[0]))


def of_rank(rank, top_k):
    """(hit rate, ndcg) of one user."""
    return (1.0, discount([rank])) if rank <= top_k else (0.0, 0.0)


def sampled(model, test, drawn, top_k=TOP_K):
    """(hit rates, ndcg), one value per row of test: by the test item's rank among itself and its drawn items.

    A drawn item that was never trained ranks below all others; a test item that was not is a miss.
    """
    row_of = {item: row for row, item in enumerate(model.item_ids.tolist())}
    user_of = {user: row for row, user in enumerate(model.user_ids.tolist())}
    hits, ndcg = np.zeros(len(test)), np.zeros(len(test))
    for place, ((user, item), others) in enumerate(zip(test.tolist(), drawn)):
        if item not in row_of or user not in user_of:
            continue
        rows = [row_of[other] for other in others if other in row_of]
        scores = model.item_factors[[row_of[item], *rows]] @ model.user_factors[user_of[user]]
        hits[place], ndcg[place] = of_rank(rank_of_first(scores), top_k)
    return hits, ndcg


def fit(train, options, seed):
    return alsace.ImplicitALS(random_state=seed, **options).fit(user=train[:, 0], item=train[:, 1])


def measured(train, test, drawn, options, seeds):
    runs = [sampled(fit(train, options, seed), test, drawn) for seed in seeds]
    return {name: of_runs([run[place] for run in runs]) for place, name in enumerate(METRICS)}


def run(session, tune_again=False):
    """The record of the table: one row per option set."""
    train, test, drawn = load()
    write_files(session.folder / NAME, train, test, drawn)
    seeds = SEEDS[:1] if session.quick else SEEDS
    rows = []
    for label, options in OPTIONS.items():
        options = options | ({"factors": 16, "iterations": 3} if session.quick else {})
        session.say(f"{NAME}: {label}, {words(options)}")
        rows.append(
            {
                "label": label,
                "options": options,
                "metrics": plain(measured(train, test, drawn, options, seeds)),
            }
        )
    return {"rows": rows, "seeds": len(seeds), "popularity": plain(popularity(train, test, drawn))}


def write_files(folder, train, test, drawn):
    """What the program reads: train.csv, test.csv and candidates.csv."""
    users = np.repeat(test[:, 0], [len(items) for items in drawn])
    candidates = np.column_stack([users, np.concatenate([np.array(items) for items in drawn])])
    folder.mkdir(parents=True, exist_ok=True)
    for name, pairs in (("train", train), ("test", test), ("candidates", candidates)):
        np.savetxt(
            folder / f"{name}.csv", pairs, fmt="%d", delimiter=",", header="user,item", comments=""
        )


def sections(record):
    def line(label, metrics, source):
        return [label, *(page.value(metrics[name]) for name in METRICS), source]

    lines = [
        line(f"**ours**, ALS, {row['label']}", row["metrics"], page.seeds(record["seeds"]))
        for row in record["rows"]
    ]
    lines.append(line("ours, Popularity", record["popularity"], ""))
    lines += [
        [name, *(f"{value:.3f}" for value in values), source]
        for name, (values, source) in PUBLISHED.items()
    ]
    files = " ".join(
        f"--{part} build/bench/quality/ncf/{part}.csv" for part in ("train", "test", "candidates")
    )
    commands = "\n".join(
        f"    alsace evaluate {files} --metrics {','.join(METRICS)} \\\n"
        f"        {words(row['options'])} --seed 1"
        for row in record["rows"]
    )
    verdicts = [
        page.verdict(metric, record["rows"][0]["metrics"][metric], published)
        for metric, published in zip(METRICS, PUBLISHED["iALS"][0])
    ]
    return [
        PROTOCOL,
        table(["", *METRICS, "source"], lines),
        f"Beside iALS: {'; '.join(verdicts)}.",
        "One seed by the program, on files that the table's command writes:\n\n" + commands,
    ]


def headlines(record):
    """[what, metric, ours, published] for the head of the page."""
    return [
        ["ALS", metric, page.value(record["rows"][0]["metrics"][metric]), f"{value:.3f} (iALS)"]
        for metric, value in zip(METRICS, PUBLISHED["iALS"][0])
    ]
