"""What is run, in which order, and what is expected of it."""

import pathlib
import sys
from dataclasses import replace

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


def test_main_part_asks_every_engine_for_the_same():
    runs = plan.planned(wish())
    assert len(runs) == 2 * 3 * 3
    assert [run.engine for run in runs[:3]] == list(NAMES)
    assert {run.iterations for run in runs} == {10}


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
    measured = {
        ("implicit", "power-law-1m", 1_000_000, 64, 2): 0.1,
        ("implicit", "power-law-10m", 10_000_000, 64, 2): 1.5,
    }
    seconds, known = plan.expected_seconds(run, 10_000_000, engine, measured)
    assert known
    assert seconds == pytest.approx(1.5 * 2**engine.growth * 10)
    one_core = Run("implicit", "power-law-10m", 64, 1, "implicit-cg", iterations=10)
    assert plan.expected_seconds(one_core, 10_000_000, engine, measured) == (30.0, True)
    assert plan.expected_seconds(run, 10_000_000, engine, {})[1] is False


def test_the_same_data_is_nearer_than_other_data_of_that_size():
    run = Run("implicit", "gowalla", 512, 2, "implicit-cholesky", iterations=10)
    measured = {
        ("implicit", "gowalla", 1_000_000, 256, 2): 3.0,
        ("implicit", "power-law-1m", 1_000_000, 512, 2): 4.0,
    }
    engine = ENGINES["implicit-cholesky"]
    seconds, _ = plan.expected_seconds(run, 1_000_000, engine, measured)
    assert seconds == pytest.approx(3.0 * 2**engine.growth * 10)


def test_engines_without_a_clock_for_iterations_need_more_of_them():
    run = Run("implicit", "power-law-1m", 64, 2, "cmfrec-cg", iterations=10)
    measured = {("implicit", "power-law-1m", 1_000_000, 64, 2): 1.0}
    for observe, done in ((False, 11), (True, 1 + 2 + 3 + 5 + 7 + 11)):
        observed = replace(run, observe=observe)
        expected = plan.expected_seconds(observed, 1_000_000, ENGINES["cmfrec-cg"], measured)
        assert expected == (done, True)


@pytest.mark.parametrize(
    ("each", "observe", "iterations"),
    [(1.9, False, 10), (2.1, False, 9), (3, False, 6), (3, True, 5), (19, False, 2)],
)
def test_budget_allows_as_many_iterations_as_fit_but_two(each, observe, iterations):
    run = Run("implicit", "power-law-1m", 64, 2, "alsace", iterations=10, observe=observe)
    count = plan.iterations_within(20, run, lambda fewer: each * fewer.iterations)
    assert count == iterations


def test_a_single_iteration_stays_one():
    run = Run("implicit", "power-law-1m", 64, 2, "alsace", iterations=1)
    assert plan.iterations_within(20, run, lambda _: 100) == 1


def test_median_is_over_all_iterations_of_all_runs():
    records = [{"iteration_seconds": [1.0, 9.0, 2.0]}, {"iteration_seconds": [3.0, 4.0]}]
    assert plan.seconds_per_iteration(records) == 3.0
