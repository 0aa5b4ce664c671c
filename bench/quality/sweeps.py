"""What each option does to the numbers: one option at a time on MovieLens 1M, plays of Last.fm for confidence.

`./run bench sweeps` writes the plots of docs/tuning.md into docs/tuning, and every number into build/bench/sweeps.json.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import sweep_plot

ROOT = Path(__file__).resolve().parents[2]
METRICS = ("recall@10", "ndcg@10", "coverage@10", "novelty@10")
FILMS = ("movielens-1m/interactions.tsv", "--liked", "4")
PLAYS = ("lastfm-hetrec2011/user_artists.dat",)

DEFAULTS = {}
PRESET = {"preset": "recommended"}
# Rendle et al. (2021): one for an observed pair, a0 for every pair, the count of all of them.
A0 = {"confidence": "scaled", "alpha": 1, "regularization_exponent": 1, "regularization_count": "all"}


@dataclass
class Line:
    """One line of a plot: options by the swept value."""

    name: str
    base: dict
    options: object = None  # value -> options; None: the swept option itself.


@dataclass
class Sweep:
    name: str
    option: str
    values: tuple
    lines: tuple
    title: str
    x_label: str = ""
    data: tuple = FILMS
    log_x: bool = True
    metric: str = "ndcg@10"
    points: dict = field(default_factory=dict)

    def options_of(self, line, value):
        return line.base | (line.options(value) if line.options else {self.option: value})


def powers(base, low, high, step=1):
    return tuple(base**exponent for exponent in range(low, high + 1, step))


def strength_lambda(exponent, counts):
    """lambda that makes the mean of lambda n^nu over all rows the given strength."""
    mean = sum(count**exponent for count in counts) / len(counts)
    return lambda strength: {"regularization": strength / mean, "regularization_exponent": exponent}


def sweeps(counts):
    linear = {"confidence": "linear", "alpha": 10}
    strengths = tuple(round(10 ** (k / 2), 6) for k in range(-6, 7))
    return [
        Sweep(
            "factors",
            "factors",
            powers(2, 3, 9),
            (
                Line("defaults", DEFAULTS),
                Line("preset", PRESET),
                Line("preset, regularization 1", PRESET | {"regularization": 1}),
            ),
            "Factors need regularization",
        ),
        Sweep(
            "regularization",
            "strength",
            strengths,
            tuple(
                Line(f"exponent {nu:g}", linear, strength_lambda(nu, counts)) for nu in (0, 0.5, 1)
            ),
            "Regularization, at equal mean weight",
            "mean of regularization n^exponent over users and items",
        ),
        Sweep(
            "alpha",
            "alpha",
            tuple(round(10 ** (k / 3), 4) for k in range(-3, 7)),
            (
                Line("regularization 0.3", PRESET),
                Line(
                    "regularization 0.03 (1 + alpha)",
                    PRESET,
                    lambda alpha: {"alpha": alpha, "regularization": 0.03 * (1 + alpha)},
                ),
            ),
            "Alpha, with the regularization fixed or growing with it",
        ),
        Sweep(
            "unobserved_weight",
            "unobserved_weight",
            tuple(round(10 ** (k / 3), 6) for k in range(-9, 1)),
            tuple(Line(f"regularization {lam}", A0 | {"regularization": lam}) for lam in (0.003, 0.01, 0.03)),
            "Weight of what was not observed",
        ),
        Sweep(
            "iterations",
            "iterations",
            (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48),
            (
                Line("defaults", DEFAULTS),
                Line("preset", PRESET),
                Line("preset, 256 factors", PRESET | {"factors": 256}),
                Line("preset, 256 factors, regularization 1", PRESET | {"factors": 256, "regularization": 1}),
            ),
            "Iterations",
        ),
        Sweep(
            "confidence",
            "alpha",
            tuple(round(10 ** (k / 2), 4) for k in range(-6, 5)),
            tuple(
                Line(f"confidence {form}", PRESET | {"confidence": form})
                for form in ("linear", "scaled", "log", "relative")
            ),
            "Confidence on play counts (Last.fm)",
            data=PLAYS,
        ),
    ]


class Program:
    """`alsace evaluate` by option set; what was measured once is kept in the results file."""

    def __init__(self, program, data, results):
        self.program, self.data, self.results = program, data, results
        self.known = json.loads(results.read_text()) if results.exists() else {}

    def measure(self, files, options):
        words = [str(self.data / files[0]), *files[1:], "--split", "random"]
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value)]
        key = " ".join(words[1:] + [files[0]])
        if key not in self.known:
            command = [self.program, "evaluate", *words, "--metrics", ",".join(METRICS)]
            command += ["--baselines", "none", "--json", "--quiet"]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.known[key] = json.loads(done.stdout)["models"][0]["metrics"]
            self.results.parent.mkdir(parents=True, exist_ok=True)
            self.results.write_text(json.dumps(self.known, indent=1))
        return self.known[key]


def row_counts(path, liked):
    """Training-like counts of users and items: all entries, of which a split leaves four fifths."""
    users, items = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            user, item, value = line.split("\t")
            if float(value) >= liked:
                users[user] = users.get(user, 0) + 0.8
                items[item] = items.get(item, 0) + 0.8
    return list(users.values()) + list(items.values())


def run(program, folder):
    all_sweeps = sweeps(row_counts(program.data / FILMS[0], 4))
    for sweep in all_sweeps:
        for line in sweep.lines:
            for value in sweep.values:
                sweep.points.setdefault(line.name, {})[value] = program.measure(
                    sweep.data, sweep.options_of(line, value)
                )
            best = max(sweep.points[line.name].items(), key=lambda point: point[1][sweep.metric]["mean"])
            print(f"{sweep.name}, {line.name}: best {sweep.metric} "
                  f"{best[1][sweep.metric]['mean']:.4f} at {best[0]:g}", flush=True)
        (folder / f"{sweep.name}.svg").write_text(sweep_plot.plot(sweep))
    print(f"plots are in {folder}")


def main():
    parser = argparse.ArgumentParser(prog="./run bench sweeps", description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/alsace"))
    parser.add_argument("--plots", type=Path, default=ROOT / "docs/tuning", help="folder of the plots")
    parser.add_argument("--results", type=Path, default=ROOT / "build/bench/sweeps.json", help="all numbers")
    given = parser.parse_args()
    data = Path(os.environ.get("ALSACE_DATA", ROOT.parent / "shared/data"))
    if not (data / FILMS[0]).exists():
        sys.exit(f"{data / FILMS[0]} is not there: name the folder of the data sets by ALSACE_DATA.")
    given.plots.mkdir(parents=True, exist_ok=True)
    run(Program(given.program, data, given.results), given.plots)


if __name__ == "__main__":
    main()
