"""Fixtures of the page's tests: the real program, Node, and the browser."""

import os
import pathlib
import shutil
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(
    os.environ.get("ALSACE_PROGRAM", REPOSITORY / "build" / "release" / "alsace")
).resolve()
DATA = pathlib.Path(os.environ.get("ALSACE_DATA", REPOSITORY.parent / "shared" / "data"))
BROWSER = pathlib.Path(os.environ.get("ALSACE_CHROMIUM", "/usr/bin/chromium"))


def node():
    """The Node of .venv, else the system's."""
    own = REPOSITORY / ".venv" / "bin" / "node"
    return str(own) if own.is_file() else shutil.which("node")


@pytest.fixture
def alsace(tmp_path):
    """Runs the program in a directory of the test's own; what it prints."""

    def run(*arguments):
        done = subprocess.run(
            [str(PROGRAM), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def walk(tmp_path):
    """Opens a report in the browser and goes over all of it (web/tests/walk.ts)."""
    if not BROWSER.is_file():
        pytest.skip(f"NO BROWSER: {BROWSER} is not there. Set ALSACE_CHROMIUM.")

    def run(report):
        done = subprocess.run(
            [node(), "tests/walk_report.ts", str(tmp_path / report)],
            capture_output=True,
            text=True,
            cwd=REPOSITORY / "web",
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run
