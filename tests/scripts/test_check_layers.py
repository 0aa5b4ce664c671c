"""Planted violations are found, and what is allowed is not."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "check_layers.py"


def check(tree, files):
    """Exit status and output of the check over a tree of the given files."""
    (tree / "src").mkdir()
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, SCRIPT, tree], capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/train/train.cpp", '#include "matrix/csr.h"'),
        ("src/train/train.cpp", '#include "train/start.h"'),
        ("src/train/train.cpp", '#include "alsace/model.h"'),
        ("src/evaluate/als.cpp", '#include "alsace/train.h"'),
        ("src/solve/gram.cpp", '#include "kernels/dense.h"'),
        ("src/kernels/dense.cpp", "#include <hwy/highway.h>"),
        ("include/alsace/train.h", '#include "alsace/model.h"'),
        ("cli/main.cpp", '#include "alsace/train.h"'),
        ("bench/kernels/dense_bench.cpp", '#include "kernels/dense.h"'),
        ("tests/solve/gram_test.cpp", '#include "solve/gram.h"'),
        ("src/base/text.cpp", 'std::snprintf(buffer, size, "%g", x);  // not printf("")'),
    ],
)
def test_what_the_table_allows_passes(tmp_path, path, line):
    assert check(tmp_path, {path: line}) == (0, "every include follows the table\n")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/base/hash.cpp", '#include "matrix/csr.h"'),
        ("src/matrix/csr.cpp", '#include "solve/gram.h"'),
        ("src/kernels/dense.cpp", '#include "base/aligned.h"'),
        ("src/kernels/dense.cpp", '#include "alsace/error.h"'),
        ("src/read/read.cpp", '#include "alsace/model.h"'),
        ("src/train/train.cpp", '#include "kernels/dense.h"'),
        ("src/train/train.cpp", '#include <alsace/recommend.h>'),
        ("src/train/train.cpp", '#include "start.h"'),
        ("src/evaluate/als.cpp", '#include "train/start.h"'),
        ("src/novelty/novelty.cpp", '#include "base/hash.h"'),
        ("include/alsace/factors.h", '#include "alsace/train.h"'),
        ("include/alsace/train.h", '#include "solve/half_step.h"'),
        ("cli/main.cpp", '#include "base/hash.h"'),
        ("bench/read_bench.cpp", '#include "read/scan.h"'),
        ("src/base/hash.cpp", "std::cout << 1;"),
        ("src/base/hash.cpp", "std::printf(text);"),
        ("src/base/hash.cpp", "std::exit(1);"),
        ("src/base/hash.cpp", "abort();"),
        ("src/base/hash.cpp", 'std::getenv("HOME");'),
        ("tests/base/hash_test.cpp", "// caf\u00e9"),
        ("cli/main.cpp", "// TO" "DO: the rest"),
        ("web/src/main.ts", "// TO" "DO: the rest"),
    ],
)
def test_planted_violations_are_named(tmp_path, path, line):
    status, output = check(tmp_path, {path: line})
    assert status == 1
    assert output.startswith(f"{path}:1: ")


def test_the_line_is_counted(tmp_path):
    text = '#pragma once\n\n#include "train/start.h"'
    status, output = check(tmp_path, {"src/matrix/csr.h": text})
    assert status == 1
    assert output == "src/matrix/csr.h:3: matrix may not include train (train/start.h)\n"
