"""Fixtures of the command-line tests: the real program, and small files to run it on."""

import json
import os
import pathlib
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(
    os.environ.get("ALSACE_PROGRAM", REPOSITORY / "build" / "release" / "alsace")
).resolve()
DATA = pathlib.Path(os.environ.get("ALSACE_DATA", REPOSITORY.parent / "shared" / "data"))


def pytest_sessionstart(session):
    if not PROGRAM.is_file():
        pytest.exit(f"There is no program {PROGRAM}. Build it, or set ALSACE_PROGRAM.", 2)


class Finished:
    """What a run of the program left: code, out, err, and out as JSON."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    @property
    def json(self):
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def alsace(tmp_path):
    """Runs the program in a directory of the test's own."""

    def run(*arguments, stdin=None, cwd=tmp_path, timeout=120, env=None):
        return Finished(
            subprocess.run(
                [str(PROGRAM), *map(str, arguments)],
                input=stdin,
                capture_output=True,
                text=True,
                cwd=cwd,
                timeout=timeout,
                env={**os.environ, **(env or {})},
            )
        )

    return run


# Two taste groups of four people and four films each; everyone has all films of the group but one.
# That one must come first in the list.
CATS = ["film1", "film2", "film3", "film4"]
DOGS = ["film5", "film6", "film7", "film8"]
PEOPLE = {
    **{user: CATS for user in ("alice", "amy", "anton", "ada")},
    **{user: DOGS for user in ("bob", "bea", "ben", "bo")},
}
MISSING = dict(zip(PEOPLE, CATS + DOGS))
TITLES = {
    "film1": "The Cat",
    "film2": "Two Cats, One House",
    "film3": 'A "Small" Cat',
    "film4": "Cat Again",
    "film5": "The Dog",
    "film6": "Dogs in the Rain",
    "film7": "Last Dog Home",
    "film8": "Dog Days",
}


def pairs():
    return [(u, i) for u, group in PEOPLE.items() for i in group if i != MISSING[u]]


@pytest.fixture
def sample(tmp_path):
    """plays.csv, ratings.csv, titles.csv and pairs.csv in the test's directory."""
    rows = pairs()
    plays = ["user,item,value,time"] + [f"{u},{i},1,{1000 + n}" for n, (u, i) in enumerate(rows)]
    (tmp_path / "plays.csv").write_text("\n".join(plays) + "\n")
    stars = ["user,item,rating"] + [
        f"{u},{i},{5 if (len(u) + int(i[-1])) % 2 else 3}" for u, i in rows
    ]
    (tmp_path / "ratings.csv").write_text("\n".join(stars) + "\n")
    quoted = {i: t.replace('"', '""') for i, t in TITLES.items()}
    titles = ["item,title"] + [f'{i},"{t}"' for i, t in quoted.items()]
    (tmp_path / "titles.csv").write_text("\n".join(titles) + "\n")
    (tmp_path / "pairs.csv").write_text("user,item\nalice,film1\nben,film1\nzoe,film9\n")
    return tmp_path


@pytest.fixture
def model(sample, alsace):
    """plays.alsace: a model of plays.csv."""
    done = alsace("train", "plays.csv", "--model", "plays.alsace", "--factors", 2, "--seed", 1)
    assert done.code == 0, done.err
    return sample / "plays.alsace"


@pytest.fixture
def films(tmp_path, alsace):
    """The made-up catalogue as files: films/plays.csv and films/titles.csv."""
    done = alsace("demo", "--save", "films", "--json")
    assert done.code == 0, done.err
    return tmp_path / "films"


def data_file(*parts):
    """A file of the public data sets, or a loud skip."""
    path = DATA.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"NO DATA: {path} is not there. Set ALSACE_DATA.")
    return path
