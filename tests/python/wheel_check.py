"""Alsace as it comes out of a wheel, in an environment with nothing else: run by `./run wheel` and
the test run as `python wheel_check.py PLAYS`, with no folder of the repository to import from."""

import doctest
import importlib.metadata
import importlib.util
import json
import pathlib
import pkgutil
import subprocess
import sys
import sysconfig
import tempfile

import alsace


NEED_SCIPY = ("alsace.implicit", "alsace.weights")


def program(*arguments):
    """What the installed program says; the one of this environment, whatever else is on the path."""
    command = [pathlib.Path(sysconfig.get_path("scripts")) / "alsace", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def check_surroundings():
    installed = {found.metadata["Name"].lower() for found in importlib.metadata.distributions()}
    assert installed <= {"alsace", "numpy", "pip", "setuptools"}, f"not a clean environment: {installed}"
    home = pathlib.Path(sysconfig.get_path("platlib"))
    assert home in pathlib.Path(alsace.__file__).parents, f"not from the wheel: {alsace.__file__}"
    for name in ("py.typed", "_engine.pyi"):
        assert pathlib.Path(alsace.__file__).with_name(name).exists(), f"the wheel lacks {name}"
    maps = pathlib.Path("/proc/self/maps").read_text().splitlines()
    ours = {line.split()[-1] for line in maps if "libhwy" in line or "libfmt" in line}
    assert all(str(home) in path for path in ours), f"loaded from the system: {ours}"


def check_quickstart(plays):
    columns = {"user": "user", "item": "item", "value": "plays"}
    model = alsace.ImplicitALS(factors=8, regularization=1.0).fit(plays, **columns)
    ids, scores = model.recommend("anna", top_k=3)
    told = model.explain("anna", ids[0])
    assert len(ids) == 3 and scores[0] >= scores[1] >= scores[2]
    assert abs(told.score - told.contributions.sum()) < 1e-3
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "plays.alsace"
        model.save(path)
        lists = json.loads(program("recommend", path, "--user", "anna", "--top-k", "3", "--json"))
        assert [entry["item"] for entry in lists[0]["items"]] == list(ids)
        assert alsace.load(path).model_hash == model.model_hash
    print(f"the quickstart recommends {', '.join(ids)}")


def check_examples():
    """The docstrings' examples, as far as nothing but numpy is there."""
    attempted = 0
    for module in pkgutil.iter_modules(alsace.__path__, "alsace."):
        if module.name in ("alsace._engine", *NEED_SCIPY):
            continue
        done = doctest.testmod(importlib.import_module(module.name))
        assert done.failed == 0, module.name
        attempted += done.attempted
    assert attempted > 0
    print(f"{attempted} lines of the docstrings' examples run")


def main():
    check_surroundings()
    assert alsace.__version__ in program("--version")
    check_quickstart(sys.argv[1])
    check_examples()
    print(f"alsace {alsace.__version__} works, installed on Python {sys.version.split()[0]}")


main()
