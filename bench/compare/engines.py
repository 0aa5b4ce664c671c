"""One small class per engine: how it is asked for the common objective, and its recommended
settings. Each runs inside a worker process; imports of peers stay inside the methods."""

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from . import memory, model_file
from .engine import LOOKS, Engine, Fit, Stopwatch, difference
from .memory import peak_bytes
from .spark import Spark


class Alsace(Engine):
    tasks = ("implicit", "als-wr", "explicit")
    guess = 0.03

    def __init__(self, solver):
        self.solver = solver
        self.name = "alsace" if solver == "auto" else "alsace-exact"
        self.label = "Alsace" if solver == "auto" else "Alsace, exact"
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
            output, peak = memory.run(command)
            report = json.loads(output)
            sides = [model_file.factors(model, side) for side in ("user", "item")]
        iterations = report["seconds"]
        seconds = report.get("train_seconds", sum(iterations))
        # What is not in iterations (preparation, the closing half-step) counts from the start.
        so_far = (seconds - sum(iterations) + np.cumsum(iterations)).tolist()
        return Fit(
            *sides,
            seconds,
            iterations,
            peak,
            [
                (so_far[look - 1], report["objective"][look - 1])
                for look in LOOKS
                if look <= len(iterations)
            ],
            report["final_objective"],
            whole="train_seconds" in report,
        )


class Implicit(Engine):
    package = "implicit"

    def __init__(self, use_cg):
        self.use_cg = use_cg
        self.name = "implicit-cg" if use_cg else "implicit-cholesky"
        self.label = "implicit, CG" if use_cg else "implicit, Cholesky"
        self.growth = 1.2 if use_cg else 1.8
        self.guess = 0.2 if use_cg else 0.9
        self.settings = (
            f"`AlternatingLeastSquares(alpha=10, regularization=0.01, use_cg={use_cg})` on values 1, "
            "float32, BLAS threads 1 (it warns otherwise)"
            + (", 3 CG steps (its own)" if use_cg else "")
        )

    def environment(self, threads):
        return {
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }

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
            model.user_factors,
            model.item_factors,
            seconds,
            iterations,
            peak_bytes(),
            watch.trajectory,
        )


class Irspack(Engine):
    package = "irspack"

    def __init__(self, solver):
        self.solver = solver
        self.name = {
            "CG": "irspack-cg",
            "IALSPP": "irspack-ialspp",
            "CHOLESKY": "irspack-cholesky",
        }[solver]
        self.label = {
            "CG": "irspack, CG",
            "IALSPP": "irspack, iALS++",
            "CHOLESKY": "irspack, Cholesky",
        }[solver]
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

    def __init__(self, use_cg):
        self.use_cg = use_cg
        self.name = "cmfrec-cg" if use_cg else "cmfrec-cholesky"
        self.label = "cmfrec, CG" if use_cg else "cmfrec, Cholesky"
        self.growth = 1.3 if use_cg else 1.8
        self.guess = 0.4 if use_cg else 1.0
        asked = "alpha=8, lambda_=0.008" if use_cg else "alpha=9, lambda_=0.01"
        why = "see below" if use_cg else "c = 1 + alpha"
        self.settings = (
            f"`CMF_implicit({asked}, use_cg={use_cg})` on values 1 ({why}), "
            f"explicit `CMF(lambda_=0.05, scale_lam=True, use_cg={use_cg})` without biases and centering; "
            "float32, `finalize_chol=False`, `precompute_for_predictions=False`, COO input (what its notes "
            "advise for speed), compiled with -march=native by its setup, BLAS of scipy with 1 thread"
        )

    def looks_before(self, iterations, observe):
        """Lengths of the fits that are made beside the first and the last."""
        return [look for look in LOOKS if observe and look < iterations]

    def iterations_done(self, iterations, observe):
        return sum(self.looks_before(iterations, observe)) + 1 + iterations

    def environment(self, threads):
        return {
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }

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
        for iterations in self.looks_before(job.iterations, job.observe):
            model, seconds = self.timed(job, matrix, iterations)
            trajectory.append((seconds, job.observe(*self.sides(job, model))))
        _, first = self.timed(job, matrix, 1)
        model, seconds = self.timed(job, matrix, job.iterations)
        peak = peak_bytes()
        if job.observe:
            trajectory.append((seconds, job.observe(*self.sides(job, model))))
        each = [difference(first, seconds, job.iterations)]
        return Fit(*self.sides(job, model), seconds, each, peak, trajectory)


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
