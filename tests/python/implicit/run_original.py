#!/usr/bin/env python3
"""Runs the original package's own tests of ALS and evaluation against alsace.implicit, unchanged.

    run_original.py CHECKOUT [--against implicit] [pytest options]

CHECKOUT is a copy of github.com/benfred/implicit at v0.7.3; nothing is fetched. In the tests' process
the name ``implicit`` stands for alsace.implicit; --against implicit runs them on the original.
"""

import argparse
import importlib
import pathlib
import pkgutil
import sys
import types

import pytest

# Downloads a data set.
LEFT_OUT = "test_evaluate_movielens_100k"
FILES = ["als_test.py", "evaluation_test.py"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=pathlib.Path, help="copy of the original's repository")
    parser.add_argument(
        "--against", choices=["alsace.implicit", "implicit"], default="alsace.implicit"
    )
    arguments, options = parser.parse_known_args()
    tests = arguments.checkout / "tests"
    for file in FILES:
        if not (tests / file).is_file():
            parser.error(f"{tests / file} is not there: give a checkout of implicit at v0.7.3.")
    if arguments.against == "alsace.implicit":
        name_it_implicit("alsace.implicit")
    allow_import_of_data_sets()
    return pytest.main(
        [
            *[str(tests / file) for file in FILES],
            f"--rootdir={tests}",
            *("-k", f"not {LEFT_OUT}", "-p", "no:cacheprovider", "-q"),
            *options,
        ]
    )


def name_it_implicit(package: str) -> None:
    """Every module of the package under the name that the tests import."""
    root = importlib.import_module(package)
    sys.modules["implicit"] = root
    for found in pkgutil.walk_packages(root.__path__, package + "."):
        module = importlib.import_module(found.name)
        sys.modules["implicit" + found.name.removeprefix(package)] = module


def allow_import_of_data_sets() -> None:
    """evaluation_test.py imports what only its downloading test uses, and is skipped whole without."""
    for name in ("h5py", "implicit.datasets", "implicit.datasets.movielens"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["implicit.datasets.movielens"].get_movielens = None


if __name__ == "__main__":
    sys.exit(main())
