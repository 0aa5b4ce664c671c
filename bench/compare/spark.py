"""Spark's ALS, the only engine that brings Java."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from .engine import Engine, Fit, difference
from .memory import peak_bytes


class Spark(Engine):
    """In one Java process of its own, on this machine alone."""

    name = "spark"
    label = "Spark ALS"
    package = "pyspark"
    tasks = ("als-wr", "explicit")
    growth = 1.5
    guess = 3.0
    settings = (
        "`pyspark.ml` `ALS` with its 10 blocks, `local[threads]`, half of the memory, `alpha=9` "
        "(c = 1 + alpha), its regularization times the row's count; ratings cached, a fit of one "
        "iteration before the clock to warm up Java"
    )

    def iterations_done(self, iterations, observe):
        return 2 + iterations

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
                sides = [
                    self.rows(side, job.factors) for side in (model.userFactors, model.itemFactors)
                ]
        finally:
            session.stop()
        return Fit(*sides, seconds, [difference(first, seconds, job.iterations)], peak)

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
        return peak_bytes(session._jvm.java.lang.ProcessHandle.current().pid())

    def rows(self, table, factors):
        found = table.collect()
        rows = np.zeros((max(row["id"] for row in found) + 1, factors), dtype=np.float32)
        for row in found:
            rows[row["id"]] = row["features"]
        return rows
