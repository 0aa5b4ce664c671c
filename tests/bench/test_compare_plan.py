"""What is run, in which order, and what is expected of it."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare import plan
from compare.engines import ENGINES
from compare.plan import Run, Wish

NAMES = ("alsace", "implicit-cg", "implicit-cholesky")


def wish(parts=("main",), cases=("power-law-1m",), names=NAMES, factors=(32, 64), repeats=3):
    engines = tuple(ENGINES[name] for name in names)
    return Wish(parts, cases, engines, factors, threads=2, iterations=10, repeats=repeats)


def test_engines_take_turns_and_each_round_begins_with_another():
    assert list(plan.interleaved(("a", "b", "c"), 3)) == [
        (0, "a"), (0, "b"), (0, "c"),
        (1, "b"), (1, "c"), (1, "a"),
        (2, "c"), (2, "a"), (2, "b"),
    ]  # fmt: skip


def test_main_part_has_every_setting_and_fewer_iterations_for_slow_engines():
    runs = plan.planned(wish())
    assert len(runs) == 2 * 3 * 3
    assert [run.engine for run in runs[:3]] == list(NAMES)
    assert {run.iterations for run in runs if run.engine == "implicit-cholesky"} == {3}
    assert {run.iterations for run in runs if run.engine != "implicit-cholesky"} == {10}


def test_parts_that_want_the_same_fit_share_it():
    runs = plan.planned(wish(("main", "cores"), factors=(64,)))
    assert len(runs) == len(set(runs)) == 2 * 3 * 3  # One core, and the two cores of main.
    assert {run.threads for run in runs} == {1, 2}


def test_engines_are_asked_only_for_what_they_know():
    runs = plan.planned(wish(plan.PARTS, names=("alsace", "cmfrec-cg", "implicit-cg", "spark")))
    tasks = {name: {run.task for run in runs if run.engine == name} for name in ENGINES}
    assert tasks["spark"] == {"als-wr", "explicit"}
    assert tasks["cmfrec-cg"] == {"implicit", "explicit"}
    assert tasks["implicit-cg"] == {"implicit"}
    assert {run.case for run in runs if run.task == "explicit"} == {"power-law-1m-ratings"}


def test_the_small_parts_use_the_largest_set_of_at_most_ten_millions():
    assert (
        plan.middle_of(["power-law-1m", "power-law-10m", "power-law-50m", "gowalla"])
        == "power-law-10m"
    )
    assert plan.middle_of(["gowalla"]) == "gowalla"


def test_expected_time_scales_from_the_nearest_measurement():
    engine = ENGINES["implicit-cg"]
    run = Run("implicit", "power-law-10m", 128, 2, "implicit-cg", iterations=10)
    measured = {("implicit", 1_000_000, 64, 2): 0.1, ("implicit", 10_000_000, 64, 2): 1.5}
    seconds, known = plan.expected_seconds(run, 10_000_000, engine, measured)
    assert known
    assert seconds == pytest.approx(1.5 * 2**engine.growth * 10)
    one_core = Run("implicit", "power-law-10m", 64, 1, "implicit-cg", iterations=10)
    assert plan.expected_seconds(one_core, 10_000_000, engine, measured) == (30.0, True)
    assert plan.expected_seconds(run, 10_000_000, engine, {})[1] is False


def test_median_is_over_all_iterations_of_all_runs():
    records = [{"iteration_seconds": [1.0, 9.0, 2.0]}, {"iteration_seconds": [3.0, 4.0]}]
    assert plan.seconds_per_iteration(records) == 3.0
