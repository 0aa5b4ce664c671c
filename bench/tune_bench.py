"""What a search costs beside separate trainings: `./run bench tune`.

Splits MovieLens 1M at random into training, validation and test part, and in turn (a) tunes, and
(b) trains and measures each of the candidates that (a) tried by a program run of its own, at full
length. Prints wall and processor time of both (of (a) also without the two trainings that test its choice,
which (b) has none of), and how (a)'s choice and the best of (b) by the
validation part compare on the test part: the paired difference with its 95 % interval.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench tune", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--trials", type=int, default=30)
    add("--metric", default="ndcg@10")
    add("--factors", default="32:128", help="the range of both sides")
    add("--repeats", type=int, default=3, help="rounds of each side")
    add("--threads", type=int, default=0, help="of both; 0: all")
    add("--seed", type=int, default=42)
    add("--program", default=str(ROOT / "build" / "release" / "alsace"))
    add("--data", default=os.environ.get("ALSACE_DATA", ""), help="the folder of the data sets")
    return parser.parse_args()


def parts(file, folder, seed):
    """train.tsv, valid.tsv, test.tsv: 64, 16 and 20 % of the lines."""
    lines = file.read_text().splitlines()
    draws = np.random.default_rng(seed).random(len(lines))
    for name, low, high in (("test", 0, 0.2), ("valid", 0.2, 0.36), ("train", 0.36, 1)):
        kept = [lines[i] for i in np.flatnonzero((draws >= low) & (draws < high))]
        (folder / f"{name}.tsv").write_text("\n".join(kept) + "\n")


class Clock:
    """Wall and processor seconds of the programs that ran meanwhile."""

    def __enter__(self):
        self._begin = time.perf_counter(), self._processor()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self._begin[0]
        self.processor = self._processor() - self._begin[1]

    @staticmethod
    def _processor():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime


def run(options, folder, *words):
    done = subprocess.run(
        [options.program, *map(str, words), "--threads", str(options.threads), "--quiet", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def tuned(options, folder):
    return run(
        options, folder, "tune", "--train", "train.tsv", "--valid", "valid.tsv", "--test", "test.tsv",
        "--metric", options.metric, "--trials", options.trials, "--factors", options.factors,
        "--iterations", "15:30",  # Given, so that finalists keep theirs: full length on both sides.
        "--seed", options.seed, "--out", "tuned.json",
    )  # fmt: skip


def separate(options, folder, candidates):
    """Every candidate from scratch; the place of the best by the validation part."""
    values = []
    for place, candidate in enumerate(candidates):
        (folder / f"candidate{place}.json").write_text(json.dumps({"options": candidate}))
        found = run(
            options, folder, "evaluate", "--train", "train.tsv", "--test", "valid.tsv",
            "--config", f"candidate{place}.json", "--metrics", options.metric, "--baselines", "none",
        )  # fmt: skip
        values.append(found["models"][0]["metrics"][options.metric]["mean"])
    return int(np.argmax(values)), values


def comparison(options, folder, best):
    """On the test part: the search's choice less the best of the separate ones."""
    return run(
        options, folder, "evaluate", "--train", "train.tsv", "--valid", "valid.tsv", "--test",
        "test.tsv", "--config", f"candidate{best}.json", "tuned.json", "--metrics", options.metric,
        "--baselines", "none",
    )  # fmt: skip


def main():
    options = arguments()
    file = Path(options.data) / "movielens-1m" / "interactions.tsv"
    if not options.data or not file.is_file():
        sys.exit(f"There is no {file}: set ALSACE_DATA to the folder of the data sets.")
    times = {"tune": [], "separate": []}
    searches = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts(file, folder, options.seed)
        for _ in range(options.repeats):
            with Clock() as clock:
                found = tuned(options, folder)
            times["tune"].append(clock)
            searches.append(found["search"]["seconds"])
            candidates = [trial["options"] for trial in found["trials"]]
            with Clock() as clock:
                best, values = separate(options, folder, candidates)
            times["separate"].append(clock)
        compared = comparison(options, folder, best)
    report(options, times, searches, found, best, values, compared)


def report(options, times, searches, found, best, values, compared):
    wall = {side: statistics.median(c.wall for c in clocks) for side, clocks in times.items()}
    processor = {side: statistics.median(c.processor for c in clocks) for side, clocks in times.items()}
    print(f"{len(found['trials'])} candidates, {options.metric}, median of {options.repeats} rounds")
    for side in times:
        each = ", ".join(f"{c.wall:.1f}" for c in times[side])
        print(f"{side:<9} wall {wall[side]:7.1f} s   processor {processor[side]:7.1f} s   ({each})")
    search = statistics.median(searches)
    print(f"ratio     wall {search / wall['separate']:7.3f}     of the search alone, {search:.1f} s")
    print(
        f"ratio     wall {wall['tune'] / wall['separate']:7.3f}     processor "
        f"{processor['tune'] / processor['separate']:7.3f}"
    )
    chosen = next(trial for trial in found["trials"] if trial["chosen"])
    print(f"tune chose trial {chosen['trial']}, validation {found['validation']['mean']:.4f}")
    print(f"best of the separate ones: trial {best}, validation {values[best]:.4f}")
    for model in compared["models"]:
        value = model["metrics"][options.metric]
        print(f"test, {model['name']}: {value['mean']:.4f} [{value['low']:.4f}, {value['high']:.4f}]")
    difference = compared["differences"][0]["metrics"][options.metric]
    print(
        f"test, tune less separate: {difference['mean']:+.4f} "
        f"[{difference['low']:+.4f}, {difference['high']:+.4f}]"
    )


if __name__ == "__main__":
    main()
