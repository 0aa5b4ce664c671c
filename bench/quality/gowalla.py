"""Gowalla in the split of NGCF and LightGCN: Recall@20 and NDCG@20, every unseen item ranked.

Options are chosen on the validation part by models of the training part; the test part is used once, by models of both.
"""

from hashlib import sha256

import alsace
import numpy as np

from compare.data import find, read_lists
from compare.tables import table

from . import page
from .measure import baseline, of_runs, plain
from .options import of_trial, words
from .ranks import ranking
from .trials import Trials

NAME = "gowalla"
TITLE = "Gowalla, the split of LightGCN"
METRICS = ("recall@20", "ndcg@20")
SEEDS = (1, 2, 3)
VALID_USERS = 5000  # Drawn once of those with a validation item: enough to order option sets.
PUBLISHED = {"LightGCN": ((0.1830, 0.1554), "He et al.: LightGCN (SIGIR 2020)")}
PROTOCOL = """\
Protocol of NGCF and LightGCN: a random 80 % of each user's items is the training part (810,128 interactions), the rest the
test (217,242); all items that the user has not trained on are ranked. recall = hits / test items of the user, NDCG with
binary gain and the ideal cut at min(20, test items): the definitions of LightGCN's own code and of `docs/evaluation.md`
(recall@K, ndcg@K) are the same. A tenth of the training part is the validation part: options were chosen there, then both
together were trained on. LightGCN has 64 dimensions, ours the number of factors that was best whatever it costs: a comparison
of methods at their best, not of equal size. The trials show what fewer factors lose."""
ABOUT_TRIALS = """\
The {count} trials on the validation part (`./run bench quality gowalla -- --tune` makes them again): models of the training
part less the validation part, measured on 5,000 drawn users' validation items; confidence scaled, alpha 1. Their order is by
recall, not by time. Numbers of the validation part, where each user has about three items to be found, are not comparable with
those of the test part."""
LIMIT = """\
**Where the limit is.** On the validation part recall rises with every doubling of the factors, more than with anything else, and
had not levelled off at 1024, the most that was tried. The other options have their best inside what was tried: from 256 factors
on unobserved_weight 0.03 to 0.1, exponent 0.25 to 0.75, a mean weight (regularization n^exponent, over users and items) of 1.5 to
3; 5 to 16 iterations differ little. Why the rest is missing, more of it in NDCG than in recall, was not measured."""
# Every trial that was made, in the order it was made in: factors, unobserved_weight, mean weight of a squared row
# norm (lambda n^nu averaged over users and items), exponent nu, count, iterations.
TRIALS = (
    (64, 0.01, 3, 1, "observed", 8),
    (64, 0.01, 10, 1, "observed", 8),
    (64, 0.01, 1, 1, "observed", 8),
    (64, 0.001, 3, 1, "observed", 8),
    (64, 0.001, 10, 1, "observed", 8),
    (64, 0.001, 1, 1, "observed", 8),
    (64, 0.1, 3, 1, "observed", 8),
    (256, 0.01, 3, 0.5, "observed", 8),
    (256, 0.01, 3, 0, "observed", 8),
    (256, 0.001, 3, 0.5, "observed", 4),
    (256, 0.001, 10, 0.5, "observed", 3),
    (256, 0.03, 3, 0.5, "observed", 8),
    (256, 0.1, 10, 0.5, "observed", 8),
    (256, 0.003, 6, 0.25, "observed", 8),
    (256, 0.003, 3, 0.75, "observed", 8),
    (256, 0.01, 6, 0.5, "observed", 8),
    (256, 0.001, 30, 0.5, "observed", 3),
    (256, 0.3, 10, 0.5, "observed", 8),
    (256, 1, 20, 0.5, "observed", 8),
    (256, 0.03, 2, 0.5, "observed", 8),
    (256, 0.1, 2, 0.5, "observed", 8),
    (256, 0.1, 3, 0.5, "observed", 8),
    (256, 0.3, 4, 0.5, "observed", 8),
    (256, 0.03, 2, 0.75, "observed", 8),
    (256, 0.03, 2, 0.25, "observed", 8),
    (256, 0.1, 5, 0.5, "observed", 8),
    (256, 0.3, 2, 0.5, "observed", 8),
    (512, 0.1, 3, 0.5, "observed", 8),
    (512, 0.03, 3, 0.5, "observed", 8),
    (512, 0.3, 4, 0.5, "observed", 8),
    (512, 0.03, 2, 0.5, "observed", 8),
    (512, 0.1, 2, 0.5, "observed", 8),
    (512, 0.1, 5, 0.5, "observed", 8),
    (512, 0.1, 3, 0.25, "observed", 8),
    (512, 0.1, 3, 0.75, "observed", 8),
    (512, 0.1, 3, 0.5, "observed", 16),
    (512, 0.1, 3, 0.5, "observed", 5),
    (1024, 0.1, 3, 0.5, "observed", 8),
    (512, 0.1, 3, 1, "observed", 8),
    (512, 0.03, 2, 0.75, "observed", 8),
    (512, 0.03, 1.5, 1, "observed", 8),
    (512, 0.1, 2, 1, "observed", 8),
    (512, 0.03, 1.5, 0.75, "observed", 8),
    (512, 0.05, 2, 0.75, "observed", 12),
    (64, 0.003, 1, 0, "observed", 8),
    (64, 0.003, 1, 0.5, "observed", 8),
    (64, 0.003, 1, 1, "observed", 8),
    (64, 0.003, 3, 0, "observed", 8),
    (64, 0.003, 3, 0.5, "observed", 8),
    (64, 0.003, 3, 1, "observed", 8),
    (64, 0.03, 1, 0, "observed", 8),
    (64, 0.03, 1, 0.5, "observed", 8),
    (64, 0.03, 1, 1, "observed", 8),
    (64, 0.03, 3, 0, "observed", 8),
    (64, 0.03, 3, 0.5, "observed", 8),
    (64, 0.03, 3, 1, "observed", 8),
    (128, 0.03, 2, 0.25, "observed", 4),
    (128, 0.03, 2, 0.25, "observed", 8),
    (128, 0.03, 2, 0.25, "observed", 16),
    (128, 0.03, 2, 0.5, "observed", 4),
    (128, 0.03, 2, 0.5, "observed", 8),
    (1024, 0.05, 2, 0.75, "observed", 8),
    (128, 0.03, 2, 0.5, "observed", 16),
    (128, 0.03, 2, 0.75, "observed", 4),
    (128, 0.03, 2, 0.75, "observed", 8),
    (128, 0.03, 2, 0.75, "observed", 16),
    (128, 0.03, 2, 0.5, "observed", 30),
    (128, 0.0001, 2, 0.5, "observed", 8),
    (128, 0.001, 2, 0.5, "observed", 8),
    (128, 1, 2, 0.5, "observed", 8),
    (128, 0.01, 2, 1, "all", 8),
    (128, 0.01, 2, 0.5, "all", 8),
    (128, 0.03, 0.3, 0.5, "observed", 8),
    (128, 0.03, 0.1, 0.5, "observed", 8),
)
CHOSEN = (1024, 0.05, 2, 0.75, "observed", 8)


def load():
    """{part: (users, items)} of train, valid and test. LightGCN's training part is train and valid together."""
    found = {}
    for part in ("train", "valid", "test"):
        lists = read_lists(find(f"gowalla/{part}.txt"))
        found[part] = lists["user"], lists["item"]
    return found


def rows_of(users, items):
    """{user: items}."""
    order = np.lexsort((items, users))
    names, first = np.unique(users[order], return_index=True)
    return dict(zip(names.tolist(), np.split(items[order], first[1:])))


class Validation:
    """Measures option sets: models of the training part, ranked for drawn users of the validation part."""

    def __init__(self, parts, users=VALID_USERS):
        import scipy.sparse

        (self.users, self.items), valid = parts["train"], parts["valid"]
        shape = tuple(max(part[column].max() for part in parts.values()) + 1 for column in (0, 1))
        ones = np.ones(len(self.users), np.float32)
        self.matrix = scipy.sparse.csr_matrix((ones, (self.users, self.items)), shape=shape)
        drawn = np.random.default_rng(7).permutation(shape[0])[:users]
        wanted = set(drawn.tolist())
        self.test = {user: row for user, row in rows_of(*valid).items() if user in wanted}
        self.train = rows_of(self.users, self.items)

    def __call__(self, options):
        model = alsace.ImplicitALS(**options).fit(self.matrix)
        found = ranking(model.user_factors, model.item_factors, self.train, self.test)
        return {metric: round(value, 5) for metric, value in found.items()}


def tune(session):
    """Makes the trials that are not in the file of trials yet."""
    parts = load()
    validation = Validation(parts)
    trials = trials_of(session)
    for number, trial in enumerate(TRIALS[:1] if session.quick else TRIALS, 1):
        record = trials.run(of_trial(trial, *parts["train"]), validation)
        session.say(f"{NAME}: trial {number} of {len(TRIALS)} {trial}: {record['metrics']}")
    return trials.records


def run(session, tune_again=False):
    """The record of the table."""
    if tune_again:
        tune(session)
    parts = load()
    train = tuple(
        np.concatenate([parts["train"][column], parts["valid"][column]]) for column in (0, 1)
    )
    named = [dict(zip(("user", "item"), pairs)) for pairs in (train, parts["test"])]
    options = of_trial(CHOSEN, *parts["train"])
    write_files(session.folder / NAME, named)
    if session.quick:
        options |= {"factors": 16, "iterations": 2}

    seeds = SEEDS[:1] if session.quick else SEEDS
    values = [values_of(session, options, seed, named) for seed in seeds]
    return {
        "options": options,
        "seeds": len(seeds),
        "als": plain({metric: of_runs([run[metric] for run in values]) for metric in METRICS}),
        "popularity": plain(baseline("popularity", *named, METRICS)),
        "trials": trials_of(session).records,
    }


def values_of(session, options, seed, named):
    """{metric: one value per test user}. A seed takes long, so they are kept in a file and found there again."""
    key = sha256(words(options | {"random_state": seed}).encode()).hexdigest()[:16]
    path = session.folder / NAME / f"{key}.npz"
    if not path.exists():
        session.say(f"{NAME}: seed {seed}, {words(options)}")
        model = alsace.ImplicitALS(random_state=seed, **options).fit(named[0])
        found = alsace.evaluate(model, *named, metrics=METRICS, baselines=[], by_user=True)
        np.savez(path, **{metric: found.by_user(metric)["als"] for metric in METRICS})
    with np.load(path) as kept:
        return {metric: kept[metric] for metric in METRICS}


def write_files(folder, named):
    """The two parts as the program reads them."""
    import polars

    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in zip(("train_and_valid", "test"), named):
        polars.DataFrame(columns).write_csv(folder / f"{name}.csv")


def trials_of(session):
    return Trials(session.folder / "gowalla_trials.jsonl")


def sections(record):
    """The page's part: the result, then every trial."""
    popularity = [page.value(record["popularity"][metric]) for metric in METRICS]
    ours = [page.value(record["als"][metric]) for metric in METRICS]
    lines = [
        ["**ours**, ALS", *ours, page.seeds(record["seeds"])],
        ["ours, Popularity", *popularity, ""],
    ]
    lines += [
        [name, *(f"{value:.4f}" for value in values), source]
        for name, (values, source) in PUBLISHED.items()
    ]
    name, ((recall, ndcg), _) = next(iter(PUBLISHED.items()))
    verdicts = [
        page.verdict(metric, record["als"][metric], published)
        for metric, published in zip(METRICS, (recall, ndcg))
    ]
    best = page.best_of_each(record["trials"], "factors", METRICS[0])
    return [
        PROTOCOL,
        table(["", *METRICS, "source"], lines),
        f"Beside {name}: {'; '.join(verdicts)}.",
        program_lines(record),
        LIMIT,
        ABOUT_TRIALS.format(count=len(record["trials"])),
        "The best of each number of factors:",
        page.trials_table(best, METRICS, METRICS[0]),
        "All of them:",
        page.trials_table(record["trials"], METRICS, METRICS[0]),
    ]


def program_lines(record):
    """What the program is called with for one seed."""
    return f"""One seed by the program (`build/bench/quality/gowalla/*.csv` are written by the table's command):

    alsace evaluate --train build/bench/quality/gowalla/train_and_valid.csv --test build/bench/quality/gowalla/test.csv \\
        --metrics {",".join(METRICS)} {words(record["options"])} --seed 1"""


def headlines(record):
    """[what, metric, ours, published] for the head of the page."""
    return [
        ["ALS", metric, page.value(record["als"][metric]), f"{value:.4f} (LightGCN)"]
        for metric, value in zip(METRICS, PUBLISHED["LightGCN"][0])
    ]
