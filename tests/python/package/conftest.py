"""Fixtures of the package's tests: a small matrix everyone can follow, and the program beside it."""

import json
import os
import pathlib
import signal
import subprocess

import numpy as np
import pytest
import scipy.sparse as sp

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = pathlib.Path(os.environ.get("ALSACE_PROGRAM", REPOSITORY / "build" / "release" / "alsace"))


# A shell that runs the tests in the background has them ignore Ctrl-C, which some of them send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def taste_groups():
    """Users 0-2 like items 0-2, users 3-5 like items 3-5; user 0 has not met item 2 yet."""
    dense = np.kron(np.eye(2, dtype=np.float32), np.ones((3, 3), dtype=np.float32))
    dense[0, 2] = 0
    return sp.csr_matrix(dense)


@pytest.fixture
def plays():
    """Counts of 120 users and 50 items, numbered by first appearance when read row by row."""
    rng = np.random.default_rng(7)
    dense = (rng.random((120, 50)) < 0.15) * rng.integers(1, 6, (120, 50))
    dense[:, dense.sum(axis=0) == 0] = 1
    dense[dense.sum(axis=1) == 0, 0] = 1
    seen = list(dict.fromkeys(np.nonzero(dense)[1]))
    return sp.csr_matrix(dense[:, seen].astype(np.float32))


@pytest.fixture
def triplets(plays):
    """The same as (user, item, value) columns, row by row."""
    coo = plays.tocoo()
    return coo.row.astype(np.int64), coo.col.astype(np.int64), coo.data


@pytest.fixture
def csv_file(triplets, tmp_path):
    path = tmp_path / "plays.csv"
    lines = [f"{u},{i},{v:g}" for u, i, v in zip(*triplets)]
    path.write_text("user,item,value\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def program_hash(tmp_path):
    """The model hash of `alsace train FILE OPTIONS`."""

    def train(path, *options):
        command = [PROGRAM, "train", path, "--model", tmp_path / "program.alsace", "--json", *options]
        done = subprocess.run(map(str, command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["model_hash"]

    return train
