"""The whole command: read a CSV file, train, write the model; Alsace's program against a script
of polars and implicit. Time and memory are those of the whole process."""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from . import data, memory, model_file
from .engine import TASKS
from .plan import interleaved

FACTORS = 64
ITERATIONS = 10


def implicit_script(csv, model, factors, iterations, threads):
    """What a user of the peer writes. Ids are row numbers already, which spares it a lookup."""
    import polars
    import scipy.sparse
    from implicit.cpu.als import AlternatingLeastSquares

    table = polars.read_csv(csv)
    rows, columns = table["user"].to_numpy(), table["item"].to_numpy()
    matrix = scipy.sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)))
    options = {"alpha": 10.0, "regularization": 0.01, "random_state": 42}
    trained = AlternatingLeastSquares(
        factors, iterations=iterations, num_threads=threads, **options
    )
    trained.fit(matrix, show_progress=False)
    trained.save(model)


def commands(csv, folder, program, threads):
    """{label: (words, the model it writes)}."""
    alsace, peer = Path(folder) / "alsace.alsace", Path(folder) / "implicit.npz"
    alsace_words = [
        program,
        "train",
        csv,
        "--model",
        alsace,
        "--confidence",
        "scaled",
        "--alpha",
        10,
    ]
    alsace_words += ["--regularization", 0.01, "--factors", FACTORS, "--iterations", ITERATIONS]
    alsace_words += ["--threads", threads, "--quiet"]
    peer_words = [
        sys.executable,
        "-m",
        f"{__package__}.command",
        csv,
        peer,
        FACTORS,
        ITERATIONS,
        threads,
    ]
    both = {"alsace train": (alsace_words, alsace), "polars + implicit": (peer_words, peer)}
    return {label: ([str(word) for word in words], model) for label, (words, model) in both.items()}


def measured(words, threads):
    """(seconds, peak bytes) of a process from its start to its end."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": str(threads),
    }
    begin = time.perf_counter()
    _, peak = memory.run(words, env=environment)
    return time.perf_counter() - begin, peak


def factors_of(model):
    if model.suffix == ".npz":
        with np.load(model) as arrays:
            return arrays["user_factors"], arrays["item_factors"]
    return model_file.factors(model, "user"), model_file.factors(model, "item")


def compare(case, root, generator, program, threads, repeats):
    """Yields a record per run. case: a power-law set, all of whose lines are used."""
    name = f"whole-{case}"
    csv = Path(root) / f"{name}.csv"
    if not csv.exists():
        csv.parent.mkdir(parents=True, exist_ok=True)
        data.generate(case, csv, generator)
    table = data.read_csv(csv)  # Also brings the file into memory, for both alike.
    train = data.compressed(table, int(table["user"].max()) + 1)
    lines = len(table["user"])
    del table
    with tempfile.TemporaryDirectory(dir=root) as folder:
        both = commands(csv, folder, program, threads)
        for repeat, label in interleaved(tuple(both), repeats):
            words, model = both[label]
            seconds, peak = measured(words, threads)
            record = {
                "label": label,
                "lines": lines,
                "seconds": seconds,
                "peak_bytes": peak,
                "repeat": repeat,
            }
            if repeat == 0:
                record["objective"] = TASKS["implicit"](train, *factors_of(model))
                record["model_bytes"] = model.stat().st_size
            yield record


if __name__ == "__main__":
    implicit_script(*sys.argv[1:3], *map(int, sys.argv[3:]))
