"""The examples run as they are, on made-up ratings and on MovieLens where it is."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import REPOSITORY

DATA = pathlib.Path(os.environ.get("ALSACE_DATA", REPOSITORY.parent / "shared" / "data"))


def run(name, *arguments):
    command = [sys.executable, REPOSITORY / "examples" / name, *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=["made up", "movielens-100k/u.data", "movielens-latest-small/ratings.csv"])
def ratings(request):
    if request.param == "made up":
        return []
    if not (DATA / request.param).exists():
        pytest.skip(f"{DATA / request.param} is not there; set ALSACE_DATA")
    return [DATA / request.param]


@pytest.fixture
def plot(tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("sklearn")
    return tmp_path / "items.png"


def check_plot(path):
    from matplotlib import image

    picture = image.imread(path)
    assert picture.shape[0] > 600 and picture.shape[1] > 800
    assert picture[0, 0, :3].min() == 1  # White paper.
    assert picture[..., :3].std() > 0.02  # Something on it.


def test_in_its_own_words(ratings, plot):
    out = run("movielens.py", *ratings, "--plot", plot)

    recall = {row[0]: float(row[1]) for row in re.findall(r"^(als|popularity) +(\S+)", out, re.MULTILINE)}
    assert recall["als"] > recall["popularity"]
    check_plot(plot)


@pytest.mark.skipif(
    importlib.util.find_spec("alsace.implicit") is None, reason="alsace.implicit is not installed"
)
def test_with_one_import_changed(ratings, plot):
    out = run("movielens_implicit.py", *ratings, "--plot", plot)

    assert float(re.search(r"Recall@10: (\S+)", out)[1]) > 0.05
    check_plot(plot)
