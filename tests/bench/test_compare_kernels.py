"""What kernels_bench says, and the page's part about it."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from compare import kernels


def repetition(name, each=None, level="", place=0, kind="iteration", **rates):
    fields = {"family_index": place, "per_family_instance_index": 0}
    fields |= {"name": name, "run_type": kind, "each": each, "label": level, **rates}
    return {key: value for key, value in fields.items() if value is not None}


def row(name, target="AVX2", level=None, ns=1.0, gflops=None, gbs=None):
    fields = {"name": name, "target": target, "ns": ns, "level": level}
    fields |= {"GFLOP/s": gflops, "GB/s": gbs}
    return {key: value for key, value in fields.items() if value is not None}


def made_up():
    steps = "conjugate_gradients/{}/64/150"
    return {
        "targets": ["AVX2", "SCALAR"],
        "rows": [
            row("machine/multiply_adds", gflops=80.0),
            row("machine/read/L1/16384", gbs=200.0),
            row("machine/read/memory/268435456", gbs=10.0),
            row(steps.format("float"), level="L1", ns=8.0, gflops=32.0, gbs=50.0),
            row(steps.format("half"), level="L1", ns=10.0, gflops=25.0, gbs=20.0),
            row("conjugate_gradients/half/64/524288", level="memory", ns=16.0, gflops=16.0, gbs=8.0),
            row("reference/conjugate_gradients/64/150", level="L1", ns=40.0, gflops=6.0, gbs=12.0),
            row("products/double/64", ns=99.0, gflops=30.0),
            row("products/double/128", ns=199.0, gflops=30.0),
            row("factorization/float/64", ns=999.0, gflops=3.0),
            row(steps.format("float"), target="SCALAR", level="L1", ns=36.0, gflops=7.0, gbs=11.0),
            row(steps.format("half"), target="SCALAR", level="L1", ns=72.0, gflops=3.5, gbs=2.8),
        ],
    }


def lines_of(text, start):
    return [line for line in text.splitlines() if line.startswith(start)]


def test_repetitions_become_a_median_with_target_and_level():
    benchmarks = [repetition("a/64", 1e-9 * ns, "L2", **{"GB/s": ns * 2}) for ns in (3, 1, 8)]
    benchmarks += [repetition("a/64_median", kind="aggregate"), repetition("b", place=1)]
    benchmarks.reverse()
    rows = kernels.medians({"context": {"target": "AVX2"}, "benchmarks": benchmarks})
    assert rows == [
        {"name": "a/64", "target": "AVX2", "level": "L2", "ns": pytest.approx(3), "GB/s": 6},
        {"name": "b", "target": "AVX2"},
    ]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("conjugate_gradients/half/64/150", ("conjugate_gradients", "half", 64, 150)),
        ("row_system/solve_factored/256", ("row_system/solve_factored", "float", 256, None)),
        ("products/double/64", ("products", "double", 64, None)),
        ("add_panel_products/float", ("add_panel_products", "float", None, None)),
    ],
)
def test_names_fall_into_parts(name, parts):
    assert kernels.parts_of(name) == parts


def test_shares_are_of_the_peak_and_of_the_level_that_holds_the_data():
    text = kernels.section(made_up())
    assert lines_of(text, "| conjugate_gradients | float |") == [
        "| conjugate_gradients | float | 64 | 150 | 8.00 | entry, pass | 32.0 | 40% | 50.0 | L1 | 25% |"
    ]
    assert lines_of(text, "| conjugate_gradients | half | 64 | 524,288 |") == [
        "| conjugate_gradients | half | 64 | 524,288 | 16.0 | entry, pass | 16.0 | 20% | 8.00 | memory | 80% |"
    ]
    assert "80.0 GFLOP/s" in text and "200 from L1, 10.0 from memory" in text


def test_doubles_are_held_to_half_of_the_peak_and_other_kernels_shown_in_short():
    text = kernels.section(made_up())
    assert lines_of(text, "| products |") == [
        "| products | double | 64 | - | 99.0 | row | 30.0 | 75% | - | - | - |"
    ]
    assert "factorization" not in text


def test_instruction_sets_stand_side_by_side():
    text = kernels.section(made_up())
    assert lines_of(text, "| AVX2 |") == ["| AVX2 | 8.00 | 32.0 | 10.0 | 25.0 | 1.0x |"]
    assert lines_of(text, "| SCALAR |") == ["| SCALAR | 36.0 | 7.00 | 72.0 | 3.50 | 4.5x |"]
    assert "take 5.0 times the best" in text


def test_no_kernels_no_section():
    assert kernels.section(None) == ""
