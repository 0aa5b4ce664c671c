"""What Python costs beside the program: `./run bench python`.

Trains on the same interactions by the program and by the package, in turn and each time in a new
process, and asks both for lists; prints medians, and memory by the kernel's own high-water mark.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from compare import data, memory

ROOT = Path(__file__).resolve().parents[1]


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench python", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--case", default="power-law-10m", help="power-law-<N>k or power-law-<N>m")
    add("--factors", type=int, default=64)
    add("--iterations", type=int, default=10)
    add("--threads", type=int, default=0, help="of both; 0: all")
    add("--repeats", type=int, default=5, help="runs of each side")
    add("--users", type=int, default=2000, help="lists asked for")
    add("--prefix", default="", help="words before each command, such as 'nice -n -5'")
    add("--fit", help=argparse.SUPPRESS)  # This process is the one that trains: its options.
    add("--ask", nargs=2, help=argparse.SUPPRESS)  # The one that asks: model and users.
    return parser.parse_args()


def fit(options):
    """In a process of its own: the package's fit on a matrix that is there already."""
    import alsace
    import scipy.sparse

    options = json.loads(options)
    part = data.open_dataset("", Path(options.pop("folder"))).part("train")
    values = np.ones(len(part.items), np.float32) if part.values is None else np.array(part.values)
    shape = (len(part.offsets) - 1, int(part.items.max()) + 1)
    matrix = scipy.sparse.csr_matrix((values, np.array(part.items), np.array(part.offsets)), shape=shape)
    Path("/proc/self/clear_refs").write_text("5")  # The high-water mark begins anew.
    before = memory.resident_bytes()
    start = time.perf_counter()
    model = alsace.ImplicitALS(**options).fit(matrix)
    return {
        "seconds": time.perf_counter() - start,
        "added": memory.peak_bytes() - before,
        "objective": model.summary["final_objective"],
    }


def ask(path, users):
    """In a process of its own: microseconds per list for one user, by the package."""
    import alsace

    model = alsace.load(path)
    ids = model.user_ids
    asked = [int(user) for user in ids[:: max(1, len(ids) // int(users))][: int(users)]]
    for user in asked:
        model.recommend(user)
    start = time.perf_counter()
    for user in asked:
        model.recommend(user)
    return 1e6 * (time.perf_counter() - start) / len(asked)


class Sides:
    """The program and the package, each run in a new process."""

    def __init__(self, given, dataset, folder):
        self.given, self.dataset, self.folder = given, dataset, Path(folder)
        self.model = self.folder / "model.alsace"

    def run(self, *words):
        return memory.run([*shlex.split(self.given.prefix), *map(str, words)])

    def worker(self, *words):
        return json.loads(self.run(sys.executable, __file__, *words)[0])

    def program_fit(self):
        given = self.given
        words = ["--factors", given.factors, "--iterations", given.iterations, "--threads", given.threads]
        output, _ = self.run(
            ROOT / "build/release/alsace", "train", self.dataset.csv, "--model", self.model, "--json", *words
        )
        told = json.loads(output)
        return {
            "seconds": told["train_seconds"],
            "added": told["peak_memory_bytes"],
            "objective": told["final_objective"],
        }

    def package_fit(self):
        names = ("factors", "iterations", "threads")
        options = {name: getattr(self.given, name) for name in names}
        return self.worker("--fit", json.dumps({"folder": str(self.dataset.folder), **options}))

    def program_ask(self):
        return float(self.run(ROOT / "build/bench/bench/recommend_time", self.model, self.given.users)[0])

    def package_ask(self):
        return self.worker("--ask", self.model, self.given.users)


def row(name, program, package, unit):
    a, b = statistics.median(program), statistics.median(package)
    spread = " ".join(f"{x:.4g}" for x in sorted(program)), " ".join(f"{x:.4g}" for x in sorted(package))
    print(f"| {name}, {unit} | {a:.4g} | {b:.4g} | {b - a:+.3g} | {b / a:.3f} | {spread[0]} | {spread[1]} |")


def main():
    given = arguments()
    if given.fit or given.ask:
        print(json.dumps(fit(given.fit) if given.fit else ask(*given.ask)))
        return
    dataset = data.prepare(given.case, ROOT / "build/bench/data", ROOT / "build/bench/bench/power_law")
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        sides = Sides(given, dataset, folder)
        fits, asks = [], []
        for _ in range(given.repeats):
            fits.append((sides.program_fit(), sides.package_fit()))
            asks.append((sides.program_ask(), sides.package_ask()))
    # Not the hashes: scipy stores the values that a file without a column of them leaves out.
    objectives = {side["objective"] for pair in fits for side in pair}
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=ROOT)
    print(f"{given.case}, {given.factors} factors, {given.iterations} iterations, {commit.stdout.strip()}")
    same = "the same objective" if len(objectives) == 1 else f"DIFFERENT OBJECTIVES {objectives}"
    print(f"{same} on both sides; medians, then all runs\n")
    print("| what | program | package | difference | ratio | program's | package's |\n|---|---|---|---|---|---|---|")
    row("fit", *zip(*((a["seconds"], b["seconds"]) for a, b in fits)), "s")
    # The program's whole peak; of the package what fit adds to a process that holds the matrix.
    row("memory", *zip(*((a["added"] / 1e6, b["added"] / 1e6) for a, b in fits)), "MB")
    row("a list for one user", *zip(*asks), "us")


main()
