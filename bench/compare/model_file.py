"""Reads the factors of a model file (docs/model_format.md) with numpy alone."""

import json

import numpy as np

TYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "u1"}


def tensors(path, names):
    """The named tensors of a safetensors file."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        found = {}
        for name in names:
            entry = header[name]
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            data = np.frombuffer(file.read(end - begin), TYPES[entry["dtype"]])
            found[name] = data.reshape(entry["shape"])
    return found


def factors(path, side):
    """Factors of the side user or item, row r for the id that is written r."""
    found = tensors(path, [f"{side}_factors", f"{side}_ids", f"{side}_id_offsets"])
    names, ends = found[f"{side}_ids"].tobytes(), found[f"{side}_id_offsets"]
    ids = np.array([int(names[a:b]) for a, b in zip(ends[:-1], ends[1:])])
    rows = np.zeros((ids.max() + 1, found[f"{side}_factors"].shape[1]), dtype=np.float32)
    rows[ids] = found[f"{side}_factors"]
    return rows
