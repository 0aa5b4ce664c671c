"""What `report` needs besides the engine: its arguments, and a file that appears whole."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from typing import Any

from . import _data
from .errors import InvalidArgument, IoError

FORMATS = ("html", "svg", "png")


def format_of(path: str | os.PathLike[str], given: str | None) -> str:
    """The format asked for, or that of the file's name, or html."""
    if given is None:
        ending = os.path.splitext(_data.path_text(path))[1].removeprefix(".")
        return ending if ending in FORMATS else "html"
    if given not in FORMATS:
        raise InvalidArgument(f"report: format {given!r:.80} is not known. Choose html, svg or png.")
    return given


def text(value: Any, name: str) -> str:
    """The argument, which must be a str."""
    if not isinstance(value, str):
        raise TypeError(f"report: {name} must be a str, not {type(value).__name__}.")
    return value.encode("utf-8", "replace").decode("utf-8")  # No halves of characters.


def evaluation_text(given: Mapping[str, Any] | str | os.PathLike[str] | None) -> str:
    """The evaluation's document as JSON, or nothing."""
    if given is None:
        return ""
    if isinstance(given, Mapping):
        try:
            return json.dumps(dict(given))
        except (TypeError, ValueError) as error:
            raise InvalidArgument(f"report: the evaluation is no JSON document: {error}.") from error
    path = _data.path_text(given)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise IoError(f"report: the evaluation cannot be read: {error}. Check the path.") from error


def write(path: str, data: bytes) -> None:
    """Writes beside the file and renames, so that a reader sees the old file or the new one."""
    temporary = f"{path}.tmp{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.remove(temporary)
        raise IoError(
            f"report: {path} cannot be written: {error.strerror}. Check the folder, or choose "
            "another path."
        ) from error
