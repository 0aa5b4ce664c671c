"""A model file as other programs see it: read with the safetensors package, checked with numpy."""

import json
import os
import subprocess
from pathlib import Path

import numpy
import pytest
from safetensors import safe_open

try:
    import xxhash
except ImportError:  # Only checksums need it.
    xxhash = None

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "data" / "model_v1.alsace"
PROGRAM = Path(os.environ.get("ALSACE_PROGRAM", ROOT / "build" / "release" / "alsace"))


def read(path):
    with safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        return tensors, file.metadata()


def names(tensors, side):
    data = tensors[f"{side}_ids"].tobytes()
    ends = tensors[f"{side}_id_offsets"]
    return [data[a:b].decode() for a, b in zip(ends, ends[1:])]


def raw_header(path):
    """The header as it lies in the file, without the safetensors package."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data, 8 + length


@pytest.fixture(scope="module")
def golden():
    return read(GOLDEN)


def test_tensors_have_their_types_and_values(golden):
    tensors, _ = golden
    expected = {
        "user_factors": ("float32", [[0.5, 0], [1.5, -1], [2.5, -2]]),
        "item_factors": ("float32", [[1, 0], [0, 0.25]]),
        "user_biases": ("float32", [0.5, -0.5, 0]),
        "item_biases": ("float32", [1.5, -1.5]),
        "user_counts": ("int64", [2, 1, 0]),
        "item_counts": ("int64", [1, 2]),
        "spectrum": ("float64", [1, 0.0625]),
        "interaction_offsets": ("int64", [0, 2, 3, 3]),
        "interaction_items": ("int32", [0, 1, 1]),
        "interaction_values": ("float32", [4, 1, 5]),
        "low_offsets": ("int64", [0, 0, 1, 1]),
        "low_items": ("int32", [0]),
        "objective": ("float64", [3.5, 2.25, 0.1]),
        "seconds": ("float64", [0.01, 0.02, 0.03]),
    }
    for name, (dtype, values) in expected.items():
        assert tensors[name].dtype == dtype, name
        assert tensors[name].tolist() == numpy.array(values, dtype).tolist(), name
    ids = {"user_ids", "user_id_offsets", "item_ids", "item_id_offsets"}
    padding = {name for name in tensors if name.startswith("padding_")}
    assert set(tensors) == set(expected) | ids | padding
    assert all(not tensors[name].any() and tensors[name].dtype == "uint8" for name in padding)


def test_ids_are_texts(golden):
    tensors, _ = golden
    assert names(tensors, "user") == ["ann", "bob", "z\u00f6e"]
    assert names(tensors, "item") == ["10", 'a "quoted" film']


def test_metadata_reads_back_exactly(golden):
    _, metadata = golden
    assert metadata["format"] == "alsace model"
    assert metadata["version"] == "1"
    assert metadata["complete"] == "true"
    assert metadata["data_hash"] == "00000123456789ab"
    assert json.loads(metadata["options"]) == {
        "feedback": "explicit",
        "factors": 2,
        "regularization": 0.1,
        "regularization_exponent": 1.0,
        "regularization_count": "observed",
        "iterations": 3,
        "tolerance": 0.001,
        "solver": "exact",
        "seed": 2**64 - 1,
        "threads": 2,
        "confidence": "linear",
        "alpha": 10.0,
        "log_epsilon": 1.0,
        "unobserved_weight": 1.0,
        "biases": True,
        "nonnegative": False,
    }
    assert json.loads(metadata["values"]) == {"mean": 10 / 3, "min": 1, "max": 5}
    summary = json.loads(metadata["summary"])
    assert summary["final_objective"] == 1 / 3
    assert summary["stopped"] == "iterations"
    assert summary["warnings"] == ['One "warning".']


def check_layout(path):
    header, data, begin = raw_header(path)
    assert begin % 64 == 0
    tensors = {name: tensor for name, tensor in header.items() if name != "__metadata__"}
    end = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1]["data_offsets"]):
        assert tensor["data_offsets"][0] == end, name
        assert name.startswith("padding_") or end % 64 == 0, name
        end = tensor["data_offsets"][1]
    assert begin + end == len(data)


def test_tensors_lie_on_64_bytes_without_gaps():
    check_layout(GOLDEN)


def check_checksums(path):
    header, data, begin = raw_header(path)
    metadata = header["__metadata__"]
    zeroed = data[:begin].replace(metadata["checksum"].encode(), b"0" * 16, 1)
    assert xxhash.xxh3_64_hexdigest(zeroed) == metadata["checksum"]
    checksums = json.loads(metadata["checksums"])
    for name, tensor in header.items():
        if name != "__metadata__" and not name.startswith("padding_"):
            first, last = tensor["data_offsets"]
            digest = xxhash.xxh3_64_hexdigest(data[begin + first : begin + last])
            assert checksums.pop(name) == digest, name
    assert not checksums


@pytest.mark.skipif(xxhash is None, reason="needs the package xxhash")
def test_checksums_are_those_of_the_documentation():
    check_checksums(GOLDEN)


@pytest.mark.skipif(not PROGRAM.exists(), reason=f"{PROGRAM} is not built")
@pytest.mark.parametrize("factors", [5, 16])
def test_a_trained_model_is_read(tmp_path, factors):
    plays = tmp_path / "plays.csv"
    lines = [f"u{(7 * n) % 11},i{(5 * n) % 13},{1 + n % 4}\n" for n in range(100)]
    plays.write_text("user,item,value\n" + "".join(lines))
    model = tmp_path / "plays.alsace"
    command = [PROGRAM, "train", plays, "--model", model, "--factors", str(factors), "--json"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

    tensors, metadata = read(model)

    assert tensors["user_factors"].shape == (report["users"], factors)
    assert tensors["item_factors"].shape == (report["items"], factors)
    assert tensors["objective"].tolist() == report["objective"]
    assert json.loads(metadata["summary"])["final_objective"] == report["final_objective"]
    assert len(tensors["interaction_items"]) == report["interactions"]
    assert names(tensors, "user") == list(dict.fromkeys(line.split(",")[0] for line in lines))
    check_layout(model)
    if xxhash is not None:
        check_checksums(model)
