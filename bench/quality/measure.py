"""Values with intervals: means over seeds, intervals over users."""

from dataclasses import asdict, dataclass
from math import sqrt

import alsace
import numpy as np

Z = 1.96


@dataclass(frozen=True)
class Value:
    """A metric: its mean, the 95 % interval over users, and the deviation of the means of single seeds."""

    mean: float
    low: float
    high: float
    deviation: float | None = None

    def text(self):
        return f"{self.mean:.4f} [{self.low:.4f}, {self.high:.4f}]"


def over_seeds(fit, seeds, train, test, metrics, fold_in=None):
    """{metric: Value} of the models fit(seed), each measured by alsace.evaluate on the same test users."""
    shared = {"metrics": metrics, "baselines": [], "fold_in": fold_in, "by_user": True}
    return averaged([alsace.evaluate(fit(seed), train, test, **shared) for seed in seeds], "als")


def baseline(name, train, test, metrics, seeds=(0,), fold_in=None):
    """{metric: Value} of a baseline of alsace.evaluate."""
    shared = {"metrics": metrics, "baselines": [name], "fold_in": fold_in, "by_user": True}
    return averaged([alsace.evaluate({}, train, test, seed=seed, **shared) for seed in seeds], name)


def averaged(evaluations, name):
    """{metric: Value} of one line of several evaluations; of a single one with its own interval."""
    first = evaluations[0]
    if len(evaluations) == 1:
        return {metric: Value(*value) for metric, value in first[name].items()}
    return {
        metric: of_runs([found.by_user(metric)[name] for found in evaluations])
        for metric in first.metrics
    }


def of_runs(runs):
    """The Value of several runs over the same users, each an array with one value per user.

    The interval is that of the users' means over runs: mean +- 1.96 s / sqrt(users), within [0, 1].
    """
    table = np.asarray(runs, dtype=float)
    users = table.mean(axis=0)
    half = Z * users.std(ddof=1) / sqrt(len(users)) if len(users) > 1 else 0.0
    mean = float(users.mean())
    deviation = float(table.mean(axis=1).std(ddof=1)) if len(table) > 1 else None
    return Value(mean, max(0.0, mean - half), min(1.0, mean + half), deviation)


def plain(values):
    """{metric: Value} as it goes into the results file."""
    return {metric: asdict(value) for metric, value in values.items()}
