"""One small class per engine: how it is asked for the common objective, and its recommended
settings. Each runs inside a worker process; imports of peers stay inside the methods."""

import importlib.metadata
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import model_file
from .quality import Objective

# The objectives that are compared. Their names are also those of the parts of the report.
TASKS = {
    "implicit": Objective(confidence=10.0, regularization=0.01),
    "als-wr": Objective(confidence=10.0, regularization=0.01, exponent=1.0),
    "explicit": Objective(explicit=True, regularization=0.05, exponent=1.0),
}


@dataclass(frozen=True)
class Job:
    """One fit. observe(user_factors, item_factors) is called after each iteration, off the clock,
    where the engine lets us in; None keeps the fit undisturbed."""

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
    """What came out. seconds: the whole call. trajectory: (seconds so far, objective) pairs."""

    user_factors: np.ndarray
    item_factors: np.ndarray
    seconds: float
    iteration_seconds: list
    peak_bytes: int
    trajectory: list = field(default_factory=list)
    reported_objective: float | None = None


class Stopwatch:
    """Wall time from its making, without the pauses for observing."""

    def __init__(self, observe=None):
        self.observe = observe
        self.trajectory = []
        self.paused = 0.0
        self.begin = time.perf_counter()

    def seconds(self):
        return time.perf_counter() - self.begin - self.paused

    def look(self, user_factors, item_factors):
        if self.observe:
            now = self.seconds()
            start = time.perf_counter()
            self.trajectory.append((now, self.observe(user_factors, item_factors)))
            self.paused += time.perf_counter() - start


class Engine:
    name = ""  # As on the command line.
    label = ""  # As in tables.
    package = None  # Its Python package.
    tasks = ("implicit",)
    slow = False  # Gets SLOW_ITERATIONS instead of all.
    growth = 1.0  # Time grows as factors to this power; for estimates only.
    guess = 1.0  # Seconds per iteration of a million interactions, 64 factors, two cores.
    settings = ""  # For the report.

    def missing(self):
        """Why it cannot run here, or None."""
        try:
            importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError:
            return f"the package {self.package} is not installed"
        return None

    def version(self):
        return f"{self.package} {importlib.metadata.version(self.package)}"

    def environment(self, threads):
        """Environment variables its documentation asks for."""
        return {"OMP_NUM_THREADS": str(threads)}

    def fit(self, job):
        raise NotImplementedError


def peak_bytes():
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Alsace(Engine):
    tasks = ("implicit", "als-wr", "explicit")
    guess = 0.03

    def __init__(self, solver):
        self.solver = solver
        self.name = "alsace" if solver == "auto" else "alsace-exact"
        self.label = "Alsace" if solver == "auto" else "Alsace, exact"
        self.slow = solver == "exact"
        self.growth = 2.0 if solver == "exact" else 1.2
        self.settings = f"`--solver {solver}`"

    def missing(self):
        return None

    def version(self):
        return "this tree"

    def options(self, job):
        """The command line's options for the job's objective."""
        common = {
            "--factors": job.factors,
            "--iterations": job.iterations,
            "--threads": job.threads,
            "--seed": job.seed,
            "--solver": self.solver,
            "--tolerance": 0,
            "--regularization": job.objective.regularization,
            "--regularization-exponent": job.objective.exponent,
        }
        feedback = {
            "implicit": ["--columns", "user,item", "--confidence", "scaled", "--alpha", 10],
            "als-wr": ["--columns", "user,item", "--confidence", "linear", "--alpha", 9],
            "explicit": ["--columns", "user,item,value", "--explicit"],
        }
        words = feedback[job.task] + [word for pair in common.items() for word in pair]
        return [str(word) for word in words]

    def fit(self, job):
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.alsace"
            command = [job.program, "train", str(job.dataset.csv), "--model", str(model)]
            command += ["--no-interactions", "--json", "--quiet", *self.options(job)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                raise RuntimeError(run.stderr.strip())
            report = json.loads(run.stdout)
            sides = [model_file.factors(model, side) for side in ("user", "item")]
        iterations = report["seconds"]
        seconds = report.get("train_seconds", sum(iterations))
        # What is not in iterations (preparation, the closing half-step) counts from the start.
        so_far = seconds - sum(iterations) + np.cumsum(iterations)
        return Fit(
            *sides,
            seconds,
            iterations,
            report["peak_memory_bytes"],
            list(zip(so_far.tolist(), report["objective"])),
            report["final_objective"],
        )


class Implicit(Engine):
    package = "implicit"

    def __init__(self, use_cg):
        self.use_cg = use_cg
        self.name = "implicit-cg" if use_cg else "implicit-cholesky"
        self.label = "implicit, CG" if use_cg else "implicit, Cholesky"
        self.slow = not use_cg
        self.growth = 1.2 if use_cg else 1.8
        self.guess = 0.2 if use_cg else 0.9
        self.settings = (
            f"`AlternatingLeastSquares(alpha=10, regularization=0.01, use_cg={use_cg})` on values 1, "
            "float32, BLAS threads 1 (it warns otherwise)" + (", 3 CG steps (its own)" if use_cg else "")
        )

    def environment(self, threads):
        return {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

    def fit(self, job):
        from implicit.cpu.als import AlternatingLeastSquares

        matrix = job.csr()
        watch = Stopwatch(job.observe)
        model = AlternatingLeastSquares(
            factors=job.factors,
            regularization=job.objective.regularization,
            alpha=job.objective.confidence,
            use_cg=self.use_cg,
            iterations=job.iterations,
            num_threads=job.threads,
            random_state=job.seed,
        )
        iterations = []

        def after(_, seconds, __):
            iterations.append(seconds)
            watch.look(model.user_factors, model.item_factors)

        model.fit(matrix, show_progress=False, callback=after)
        seconds = watch.seconds()
        return Fit(
            model.user_factors, model.item_factors, seconds, iterations, peak_bytes(), watch.trajectory
        )


class Irspack(Engine):
    package = "irspack"

    def __init__(self, solver):
        self.solver = solver
        self.name = {"CG": "irspack-cg", "IALSPP": "irspack-ialspp", "CHOLESKY": "irspack-cholesky"}[solver]
        self.label = {"CG": "irspack, CG", "IALSPP": "irspack, iALS++", "CHOLESKY": "irspack, Cholesky"}[solver]
        self.slow = solver != "CG"
        self.growth = {"CG": 1.2, "IALSPP": 1.2, "CHOLESKY": 1.8}[solver]
        self.guess = 0.1 if solver == "CG" else 0.3
        self.settings = (
            f'`IALSRecommender(solver_type="{solver}", loss_type="ORIGINAL", alpha0=1, nu=0, reg=0.01)` '
            "on values 9 (its ORIGINAL loss adds alpha0 to them: c = 10), start 0.1 / sqrt(factors) as ours"
            + {"CG": ", 3 CG steps", "IALSPP": ", subspaces of 64", "CHOLESKY": ""}[solver]
        )

    def fit(self, job):
        from irspack import IALSRecommender

        matrix = job.csr(job.objective.confidence - 1)
        watch = Stopwatch(job.observe)
        model = IALSRecommender(
            matrix,
            n_components=job.factors,
            alpha0=1.0,
            reg=job.objective.regularization,
            nu=0.0,
            loss_type="ORIGINAL",
            solver_type=self.solver,
            init_std=0.1,
            max_cg_steps=3,
            train_epochs=job.iterations,
            n_threads=job.threads,
            random_seed=job.seed,
        )
        model.start_learning()
        iterations = []
        for _ in range(job.iterations):
            begin = time.perf_counter()
            model.run_epoch()
            iterations.append(time.perf_counter() - begin)
            if job.observe:
                watch.look(model.get_user_embedding(), model.get_item_embedding())
        seconds, peak = watch.seconds(), peak_bytes()
        sides = model.get_user_embedding(), model.get_item_embedding()
        return Fit(*sides, seconds, iterations, peak, watch.trajectory)


class Cmfrec(Engine):
    """Has no callback: the time of an iteration is the difference of two fits, and what happens
    between them is seen by fits of other lengths."""

    package = "cmfrec"
    tasks = ("implicit", "explicit")
    lengths = (1, 2, 3, 5, 7, 10, 15, 20, 30)  # Of the fits that are observed.

    def __init__(self, use_cg):
        self.use_cg = use_cg
        self.name = "cmfrec-cg" if use_cg else "cmfrec-cholesky"
        self.label = "cmfrec, CG" if use_cg else "cmfrec, Cholesky"
        self.slow = not use_cg
        self.growth = 1.3 if use_cg else 1.8
        self.guess = 0.4 if use_cg else 1.0
        self.settings = (
            f"`CMF_implicit(alpha=9, lambda_=0.01, use_cg={use_cg})` on values 1 (c = 1 + alpha), "
            f"explicit `CMF(lambda_=0.05, scale_lam=True, use_cg={use_cg})` without biases and centering; "
            "float32, `finalize_chol=False`, `precompute_for_predictions=False`, COO input (what its notes "
            "advise for speed), compiled with -march=native by its setup, BLAS of scipy with 1 thread"
        )

    def environment(self, threads):
        return {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

    def model(self, job, iterations):
        from cmfrec import CMF, CMF_implicit

        common = {
            "k": job.factors,
            "lambda_": job.objective.regularization,
            "use_cg": self.use_cg,
            "max_cg_steps": 3,
            "finalize_chol": False,
            "niter": iterations,
            "use_float": True,
            "precompute_for_predictions": False,
            "produce_dicts": False,
            "verbose": False,
            "random_state": job.seed,
            "nthreads": job.threads,
        }
        if job.objective.explicit:
            plain = {"user_bias": False, "item_bias": False, "center": False}
            return CMF(method="als", scale_lam=True, **plain, **common)
        if self.use_cg:
            common["lambda_"] *= self.preference(job)
            return CMF_implicit(alpha=job.objective.confidence - 2, **common)
        return CMF_implicit(alpha=job.objective.confidence - 1, **common)

    def preference(self, job):
        """What its CG of 3.5.1 takes for the preference of an observed pair, alpha / (alpha + 2), whose
        confidence is alpha + 2: its first residual (factors_implicit_cg in its common.c) subtracts
        the prediction where the right-hand side should be added, and its fixed point is that of
        this other objective. Factors over the root of this number are those of ours."""
        odd = self.use_cg and not job.objective.explicit
        return (job.objective.confidence - 2) / job.objective.confidence if odd else 1.0

    def sides(self, job, model):
        scale = np.float32(self.preference(job) ** -0.5)
        return model.A_ * scale, model.B_ * scale

    def timed(self, job, matrix, iterations):
        begin = time.perf_counter()
        model = self.model(job, iterations).fit(matrix)
        return model, time.perf_counter() - begin

    def fit(self, job):
        matrix = job.csr(0 if job.objective.explicit else 1.0).tocoo()
        self.model(job, 1)  # The import of the package is not on the clock.
        trajectory = []
        for iterations in self.lengths if job.observe else ():
            if iterations < job.iterations:
                model, seconds = self.timed(job, matrix, iterations)
                trajectory.append((seconds, job.observe(*self.sides(job, model))))
        _, first = self.timed(job, matrix, 1)
        model, seconds = self.timed(job, matrix, job.iterations)
        peak = peak_bytes()
        if job.observe:
            trajectory.append((seconds, job.observe(*self.sides(job, model))))
        each = [(seconds - first) / (job.iterations - 1)] if job.iterations > 1 else [seconds]
        return Fit(*self.sides(job, model), seconds, each, peak, trajectory)


class Spark(Engine):
    """In one Java process of its own, on this machine alone."""

    name = "spark"
    label = "Spark ALS"
    package = "pyspark"
    tasks = ("als-wr", "explicit")
    slow = True
    growth = 1.5
    guess = 10.0
    settings = (
        "`pyspark.ml` `ALS` with its 10 blocks, `local[threads]`, half of the memory, `alpha=9` "
        "(c = 1 + alpha), its regularization times the row's count; ratings cached, a fit of one "
        "iteration before the clock to warm up Java"
    )

    def missing(self):
        return super().missing() or (None if shutil.which("java") else "there is no java here")

    def fit(self, job):
        import polars
        from pyspark.ml.recommendation import ALS

        session = self.session(job.threads)
        try:
            with tempfile.TemporaryDirectory() as folder:
                table = polars.read_csv(job.dataset.csv)
                if not job.objective.explicit:
                    table = table.with_columns(value=polars.lit(1.0))
                table.write_parquet(Path(folder) / "train.parquet")
                ratings = session.read.parquet(f"{folder}/train.parquet").cache()
                ratings.count()

                def fitted(iterations):
                    begin = time.perf_counter()
                    model = ALS(**self.parameters(job), maxIter=iterations).fit(ratings)
                    return model, time.perf_counter() - begin

                fitted(1)
                _, first = fitted(1)
                model, seconds = fitted(job.iterations)
                peak = peak_bytes() + self.java_peak(session)
                sides = [self.rows(side, job.factors) for side in (model.userFactors, model.itemFactors)]
        finally:
            session.stop()
        each = (seconds - first) / max(1, job.iterations - 1)
        return Fit(*sides, seconds, [each], peak)

    def session(self, threads):
        from pyspark.sql import SparkSession

        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // 2**20
        session = (
            SparkSession.builder.master(f"local[{threads}]")
            .config("spark.driver.memory", f"{memory}m")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", str(2 * threads))
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        return session

    def parameters(self, job):
        return {
            "rank": job.factors,
            "regParam": job.objective.regularization,
            "implicitPrefs": not job.objective.explicit,
            "alpha": job.objective.confidence - 1,
            "userCol": "user",
            "itemCol": "item",
            "ratingCol": "value",
            "seed": job.seed,
        }

    def java_peak(self, session):
        """The most memory of the Java process, whose id Java itself knows."""
        process = session._jvm.java.lang.ProcessHandle.current().pid()
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def rows(self, table, factors):
        found = table.collect()
        rows = np.zeros((max(row["id"] for row in found) + 1, factors), dtype=np.float32)
        for row in found:
            rows[row["id"]] = row["features"]
        return rows


ENGINES = {
    engine.name: engine
    for engine in (
        Alsace("auto"),
        Alsace("exact"),
        Implicit(use_cg=True),
        Implicit(use_cg=False),
        Irspack("CG"),
        Irspack("IALSPP"),
        Irspack("CHOLESKY"),
        Cmfrec(use_cg=True),
        Cmfrec(use_cg=False),
        Spark(),
    )
}
