"""The page says what was measured, and says so where nothing was."""

import pathlib
import sys
import xml.etree.ElementTree as xml

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare import plot, report, rows
from compare.session import Results


def record(engine, each, case="power-law-1m", **changes):
    fields = {
        "task": "implicit", "case": case, "factors": 64, "threads": 2, "engine": engine,
        "iterations": 10, "n": 2, "observe": False, "repeat": 0, "iteration_seconds": [each, each],
        "seconds": 3 * each, "peak_bytes": 100 << 20, "whole": True,
        "objective": 1234567.0, "recall": 0.1, "ndcg": 0.2,
    }  # fmt: skip
    return fields | changes


def results(runs, **changes):
    facts = {"users": 10, "items": 20, "interactions": 900_000, "test_interactions": 5}
    cases = {run["case"]: facts for run in runs}
    return {
        "format": 1,
        "machine": {"cpu": "A", "cores": 2, "memory_bytes": 1 << 30, "system": "S", "python": "3"},
        "engines": {"alsace": "alsace 0", "implicit-cg": "implicit 0.7.3"},
        "missing": {}, "datasets_missing": {}, "skipped": {}, "commands": [], "kernels": None,
        "sessions": [
            {"command": "./run bench compare", "started": "now", "budget": 20.0, "limit": 60.0}
        ],
        "datasets": cases, "runs": runs,
    } | changes  # fmt: skip


def line_of(page, start):
    return next(line for line in page.splitlines() if line.startswith(start))


def test_page_and_plot_show_what_was_measured(tmp_path):
    runs = [record("implicit-cg", 0.5), record("alsace", 0.1), record("alsace", 0.3, repeat=1)]
    report.write(results(runs), tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    assert line_of(page, "| implicit, CG |") == "| implicit, CG | 0.500 (2.5x) |"
    assert line_of(page, "| 64 | Alsace |") == (
        "| 64 | Alsace | 0.200 (0.100-0.300) | 0.600 | 2 | 1.23457e6 | 0.100 | 0.200 | 100 MB |"
    )
    assert "page.svg" in page
    assert "Not measured" not in page
    texts = [
        text.text
        for text in xml.parse(tmp_path / "page.svg").iter("{http://www.w3.org/2000/svg}text")
    ]
    assert {"Alsace", "implicit, CG", "64"} <= set(texts)


def test_page_names_what_is_missing(tmp_path):
    runs = [record("alsace", 0.1), record("implicit-cg", 1, error="it fell over")]
    said = results(
        runs,
        missing={"spark": "there is no java here"},
        datasets_missing={"gowalla": "not found"},
        skipped={"cmfrec-cg, power-law-1m": "expected 2 h"},
    )
    page = report.page(said, rows.rows_of(said), None)
    for part in [
        "Spark ALS: not there (there is no java",
        "gowalla: not found",
        "expected 2 h",
        "it fell over",
    ]:
        assert part in page
    assert "| implicit, CG |" not in page


def test_page_says_what_a_fit_may_take():
    said = results([record("alsace", 0.1)])
    said["sessions"].append({"command": "", "started": "", "budget": 5.0, "limit": 60.0})
    page = report.page(said, rows.rows_of(said), None)
    assert "as many as fit into 5 or 20 s" in page
    assert "over 60 s is not run" in page.replace("\n  ", " ")


def test_times_that_are_not_whole_are_owned_up_to():
    whole, part = ([record("alsace", 0.1, whole=flag)] for flag in (True, False))
    said = "Alsace told the time of iterations only"
    assert said in report.page(results(part), rows.rows_of(results(part)), None)
    assert said not in report.page(results(whole), rows.rows_of(results(whole)), None)


def test_growth_is_per_interaction_with_its_exponent():
    runs = [record("alsace", 0.1), record("alsace", 0.8, case="power-law-10m")]
    said = results(runs)
    said["datasets"]["power-law-10m"] = said["datasets"]["power-law-1m"] | {
        "interactions": 3_600_000
    }
    text = report.growth(said, rows.rows_of(said))
    assert line_of(text, "| Alsace |") == "| Alsace | 111 | 222 | 1.5 |"


def test_time_to_a_target_is_the_first_time_it_is_reached():
    runs = [
        record("alsace", 1, observe=True, trajectory=[[1, 120], [2, 104], [3, 100]]),
        record("implicit-cg", 1, observe=True, trajectory=[[1, 150], [2, 104.5], [9, 103]]),
    ]
    text = report.targets(rows.rows_of(results(runs)))
    assert line_of(text, "| Alsace |") == "| Alsace | 2.00 | 3.00 | 2 |"
    assert line_of(text, "| implicit, CG |") == "| implicit, CG | 2.00 | - | 2 |"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01234, "0.0123"),
        (1.5, "1.50"),
        (123.4, "123"),
        (12345.6, "12,346"),
        (None, "-"),
        (0, "0"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert report.number(value) == text


def test_labels_are_moved_apart_in_order():
    places = plot.spread([50, 52, 51, 300], 15, 0, 310)
    assert places[0] < places[2] < places[1]
    assert min(b - a for a, b in zip(sorted(places), sorted(places)[1:])) >= 15
    assert max(places) <= 310


def test_results_survive_a_kill_and_refuse_other_engines(tmp_path):
    head = {
        "machine": {"cpu": "A"},
        "engines": {"alsace": "alsace 1"},
        "missing": {},
        "sessions": [1],
    }
    first = Results(tmp_path / "all.json", False, head)
    first.add(record("alsace", 0.1))
    second = Results(tmp_path / "all.json", True, head)
    assert len(second.done()) == 1
    assert second.content["sessions"] == [1, 1]
    with pytest.raises(SystemExit, match="another engines"):
        Results(tmp_path / "all.json", True, head | {"engines": {"alsace": "alsace 2"}})
