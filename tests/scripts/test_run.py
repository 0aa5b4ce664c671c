"""The door answers wrong use with its table and exit status 2, and names each command in it."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def door(*arguments):
    return subprocess.run(
        [ROOT / "run", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_help_lists_every_command(arguments):
    run = door(*arguments)
    assert run.returncode == 0
    for command in ["help", "setup", "build", "test", "demo", "bench", "web", "lint", "format"]:
        assert f"\n  {command} " in run.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["tset"], "there is no command 'tset'"),
        (["build", "fastest"], "there is no preset 'fastest'"),
        (["build", "release", "debug"], "build takes at most one preset"),
        (["test", "quickly"], "test takes nothing or the word fast"),
        (["setup", "now"], "setup takes no arguments"),
        (["web", "site"], "web takes nothing or the word picture"),
        (["format", "src"], "format takes no arguments"),
        (["bench", "peers"], "bench takes one of kernels read train python tune compare quality sweeps before any options"),
        (["bench", "--", "--quick"], "bench takes one of kernels read train python tune compare quality sweeps"),
    ],
)
def test_wrong_use_is_explained(arguments, reason):
    run = door(*arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith(f"./run: {reason}")
    assert "Usage: ./run COMMAND" in run.stderr
