"""The program's leave-last-two protocol on MovieLens 100K, against protocol_check.py."""

import json
import os
import pathlib
import subprocess

import protocol_check
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("ALSACE_PROGRAM", ROOT / "build/release/alsace"))
DATA = pathlib.Path(os.environ.get("ALSACE_DATA", ROOT.parent / "shared/data"))
U_DATA = DATA / "movielens-100k/u.data"

needs_data = pytest.mark.skipif(
    not U_DATA.exists(), reason=f"no {U_DATA}: set ALSACE_DATA to the folder of data sets"
)
needs_program = pytest.mark.skipif(
    not PROGRAM.exists(), reason=f"no {PROGRAM}: build it, or set ALSACE_PROGRAM"
)


def write(path, lines):
    path.write_text("".join("\t".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
    return path


def test_the_check_agrees_with_a_case_done_by_hand(tmp_path):
    # Kept rows number items b 0, c 1, d 2, a 3. Both users' times tie at the end, so the last line
    # is the test: x has test a and training b d, y has test a and training c.
    lines = [
        ("x", "a", 3, 1),
        ("x", "b", 4, 1),
        ("y", "c", 5, 1),
        ("y", "b", 4, 2),
        ("x", "d", 4, 2),
        ("x", "c", 4, 9),
        ("x", "a", 5, 9),
        ("y", "a", 4, 2),
        ("z", "a", 4, 1),
        ("z", "b", 4, 1),
    ]
    found = protocol_check.check(write(tmp_path / "u.data", lines), k=2)
    # z has two entries: trained on, not tested. Training: x b, x d, y c, z a, z b.
    assert found["data"] == {"users": 3, "items": 4, "train_interactions": 5, "test_users": 2}
    # Counts b 2, c 1, d 1, a 1. x ranks c a: a second. y ranks b d: a third, not in the list.
    assert found["popularity"]["recall@2"] == pytest.approx(0.5)
    assert found["popularity"]["ndcg@2"] == pytest.approx(0.5 / 1.584962500721156)


@needs_data
def test_the_check_finds_the_published_counts():
    found = protocol_check.check(U_DATA)
    assert found["data"] == {
        "users": 942,
        "items": 1447,
        "train_interactions": 53491,
        "test_users": 942,
    }
    assert 0.080 <= found["popularity"]["recall@10"] <= 0.086
    assert 0.040 <= found["popularity"]["ndcg@10"] <= 0.041


@needs_data
@needs_program
def test_the_program_agrees_with_the_check():
    command = [PROGRAM, "evaluate", U_DATA, "--min-value", "4", "--binary"]
    command += ["--split", "leave-last-two", "--baselines", "popularity"]
    command += ["--metrics", "recall@10,ndcg@10", "--factors", "8", "--iterations", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    expected = protocol_check.check(U_DATA)
    for name, value in expected["data"].items():
        assert found["data"][name] == value, name
    models = {model["name"]: model["metrics"] for model in found["models"]}
    for name, value in expected["popularity"].items():
        assert models["popularity"][name]["mean"] == pytest.approx(value, abs=5e-5), name
