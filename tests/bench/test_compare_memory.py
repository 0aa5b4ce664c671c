"""Peak memory is that of the program alone, not of who started it."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare import memory

MEGABYTE = 1 << 20


def test_memory_of_the_parent_does_not_count():
    held = bytearray(200 * MEGABYTE)
    output, peak = memory.run([sys.executable, "-c", "import time; time.sleep(0.2); print('done')"])
    assert output == "done\n"
    assert MEGABYTE < peak < len(held) / 2


def test_memory_that_was_given_back_counts():
    script = "import time; b = bytearray(150 << 20); time.sleep(0.1); del b; time.sleep(0.1)"
    assert memory.run([sys.executable, "-c", script])[1] > 150 * MEGABYTE


def test_failure_gives_the_last_words():
    with pytest.raises(RuntimeError, match="no such luck"):
        memory.run([sys.executable, "-c", "raise SystemExit('no such luck')"])
