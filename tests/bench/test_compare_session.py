"""Budget and limit: how many iterations a fit gets, and which is not run at all."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare.data import Dataset
from compare.plan import Run
from compare.session import Results, Session


@pytest.fixture
def session(tmp_path):
    """One whose fits take a second per iteration with 64 factors, whatever the engine."""
    facts = {"interactions": 1_000_000}
    results = Results(tmp_path / "all.json", False, {"missing": {}, "sessions": []})
    results.content["datasets"]["power-law-1m"] = facts
    data = {"power-law-1m": Dataset("power-law-1m", tmp_path, facts)}
    session = Session(results, data, "alsace", budget=5, limit=15)

    def work(run):
        each = run.factors / 64
        return {
            "iteration_seconds": [each] * run.iterations,
            "seconds": each * run.iterations,
            "peak_bytes": 1,
        }

    session.work = work
    return session


def fit(factors, repeat=0):
    return Run("implicit", "power-law-1m", factors, 2, "implicit-cg", 10, repeat=repeat)


def counts(session):
    return [record["n"] for record in session.results.content["runs"]]


def test_iterations_are_cut_by_what_was_measured(session):
    session.measure([fit(64), fit(128), fit(256)])
    assert counts(session) == [10, 2, 2]  # Nothing was known of the first.


def test_all_runs_of_a_setting_get_the_same_iterations(session):
    session.measure([fit(64), fit(64, repeat=1)])
    assert counts(session) == [10, 10]


def test_what_takes_too_long_even_so_is_not_run_and_says_so(session):
    session.measure([fit(64), fit(1024), fit(1024, repeat=1)])
    assert counts(session) == [10]
    (reason,) = session.results.content["skipped"].values()
    assert reason.startswith("over 15 s: 2 iterations would take")


def test_what_is_expected_counts_neither_what_is_done_nor_what_is_not_run(session):
    session.measure([fit(64)])
    short, with_long = (session.time_of(runs) for runs in ([fit(64, 1)], [fit(64, 1), fit(1024)]))
    assert short == with_long
    assert 5 < short < 15
