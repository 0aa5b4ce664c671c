"""What every engine has: the objectives it is asked for, one fit as a job, and what comes of it."""

import importlib.metadata
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .quality import Objective

# The objectives that are compared. Their names are also those of the parts of the report.
TASKS = {
    "implicit": Objective(confidence=10.0, regularization=0.01),
    "als-wr": Objective(confidence=10.0, regularization=0.01, exponent=1.0),
    "explicit": Objective(explicit=True, regularization=0.05, exponent=1.0),
}

# The iterations after which the objective of an observed fit is computed.
LOOKS = (1, 2, 3, 5, 7, 10, 15, 20, 30)


@dataclass(frozen=True)
class Job:
    """One fit. observe(user_factors, item_factors) is called after each iteration of LOOKS, off the
    clock, where the engine lets us in; None keeps the fit undisturbed."""

    dataset: object
    task: str
    factors: int
    iterations: int
    threads: int
    seed: int = 42
    program: str = "build/release/alsace"
    observe: object = None

    @property
    def objective(self):
        return TASKS[self.task]

    def csr(self, value=1.0):
        """Training matrix of float32, value in every entry, or with explicit feedback its ratings."""
        import scipy.sparse

        train = self.dataset.part("train")
        values = np.full(len(train.items), value, np.float32) if value else np.array(train.values)
        shape = (self.dataset.facts["users"], self.dataset.facts["items"])
        return scipy.sparse.csr_matrix((values, np.array(train.items), train.offsets), shape)


@dataclass
class Fit:
    """What came out. seconds: the whole call. trajectory: (seconds so far, objective) pairs.
    whole: seconds really hold all of it."""

    user_factors: np.ndarray
    item_factors: np.ndarray
    seconds: float
    iteration_seconds: list
    peak_bytes: int
    trajectory: list = field(default_factory=list)
    reported_objective: float | None = None
    whole: bool = True


class Stopwatch:
    """Wall time from its making, without the pauses for observing."""

    def __init__(self, observe=None):
        self.observe = observe
        self.trajectory = []
        self.iterations = 0
        self.paused = 0.0
        self.begin = time.perf_counter()

    def seconds(self):
        return time.perf_counter() - self.begin - self.paused

    def look(self, user_factors, item_factors):
        self.iterations += 1
        if self.observe and self.iterations in LOOKS:
            now = self.seconds()
            start = time.perf_counter()
            self.trajectory.append((now, self.observe(user_factors, item_factors)))
            self.paused += time.perf_counter() - start


class Engine:
    name = ""  # As on the command line.
    label = ""  # As in tables.
    package = None  # Its Python package.
    tasks = ("implicit",)
    growth = 1.0  # Time grows as factors to this power; for estimates only.
    guess = 1.0  # Seconds per iteration of a million interactions, 64 factors, two cores.
    settings = ""  # For the report.

    def iterations_done(self, iterations, observe):
        """What a fit of so many iterations really does."""
        return iterations

    def missing(self):
        """Why it cannot run here, or None."""
        try:
            importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError:
            return f"{self.package} is not installed{self.last_words()}"
        return None

    def last_words(self):
        """Those of pip, which ./run bench keeps in the environment, when it failed."""
        log = Path(sys.prefix) / f"{self.package}.txt"
        lines = log.read_text().strip().splitlines() if log.exists() else []
        return f": {lines[-1]}" if lines else ""

    def version(self):
        return f"{self.package} {importlib.metadata.version(self.package)}"

    def environment(self, threads):
        """Environment variables its documentation asks for."""
        return {"OMP_NUM_THREADS": str(threads)}

    def fit(self, job):
        raise NotImplementedError


def difference(first, seconds, iterations):
    """Seconds per iteration from a fit of one iteration and one of several; where the clock is too
    coarse for that, an equal share of the whole."""
    if iterations > 1 and seconds > first:
        return (seconds - first) / (iterations - 1)
    return seconds / iterations
