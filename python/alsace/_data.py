"""Whatever a caller has, to the interactions of the engine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _engine, _ids, _numbers
from ._types import Doubles
from .errors import InvalidArgument, InvalidData, IoError

ROLES = ("user", "item", "value", "time")


def interactions(
    data: Any = None,
    *,
    user: Any = None,
    item: Any = None,
    value: Any = None,
    time: Any = None,
    user_ids: Any = None,
    item_ids: Any = None,
    min_value: float | None = None,
    binary: bool = False,
    duplicates: str = "sum",
    min_per_user: int = 0,
    min_per_item: int = 0,
    delimiter: str | None = None,
    skip_bad_lines: bool = False,
    threads: int = 0,
) -> _engine.Interactions:
    """Interactions of users and items, merged and filtered, as `fit` and the splits take them.

    Parameters
    ----------
    data
        One of: a path, or a list of paths, of text files (CSV, TSV, gzip, Matrix Market) or Parquet; a
        matrix [users, items] of scipy or numpy; a data frame of pandas, polars, pyarrow or DuckDB, or
        anything else with ``__arrow_c_stream__``; a mapping of columns; None with `user` and `item`.
    user, item, value, time
        Names of the columns of `data` (default: those named user, item, value or rating, time or
        timestamp, and the like), or the columns themselves where `data` is None. Without `value` every
        value is 1.
    user_ids, item_ids
        Ids of the rows and columns of a matrix (default: their numbers from 0).
    min_value
        Smaller values are not trained on, but stay seen: they are never recommended.
    binary
        Every kept value is 1.
    duplicates
        What a repeated pair becomes: ``"sum"``, ``"last"`` (by time), ``"max"`` or ``"error"``.
    min_per_user, min_per_item
        Users and items with fewer interactions are left out, until both hold.
    delimiter, skip_bad_lines
        Of text files: what is between columns (default: found), and whether bad lines are left out.
    threads
        Of text files: 0 is all this process may use.

    Raises
    ------
    InvalidArgument
        For a column that is not there, or data of a kind that cannot be read.
    InvalidData
        For values that cannot be understood, nulls among them.
    IoError
        When a file cannot be read.

    Examples
    --------
    >>> import alsace
    >>> plays = alsace.interactions(user=["ann", "ann", "bob"], item=["x", "y", "x"], value=[1, 2, 3])
    >>> plays.size, plays.n_users, plays.n_items
    (3, 2, 2)
    """
    filters = {
        "min_value": min_value,
        "binary": binary,
        "duplicates": duplicates,
        "min_per_user": min_per_user,
        "min_per_item": min_per_item,
    }
    columns = dict(zip(ROLES, (user, item, value, time)))
    if data is None:
        return _from_columns(columns, filters)
    if paths := _paths(data):
        if all(path.endswith((".parquet", ".pq")) for path in paths):
            return _from_frame(_read_parquet(paths), columns, filters)
        names = _reader_columns(columns)
        if delimiter is not None and not isinstance(delimiter, str):
            raise InvalidArgument(f"delimiter is {delimiter!r:.80}, it must be text or None.")
        skip = _numbers.flag(skip_bad_lines, "skip_bad_lines")
        count = _numbers.whole(threads, "threads")
        return _engine.Interactions.read(paths, names, delimiter, True, skip, count, filters)
    if _numbers.is_matrix(data):
        _refuse_columns(columns)
        return _engine.Interactions.from_csr(
            _numbers.csr(data), _ids.given_ids(user_ids), _ids.given_ids(item_ids), filters
        )
    return _from_frame(data, columns, filters)


def _paths(data: Any) -> list[str]:
    """Paths of files, or nothing when `data` is something else."""
    given = data if isinstance(data, (list, tuple)) else [data]
    if given and all(isinstance(path, (str, os.PathLike)) for path in given):
        return [path_text(path) for path in given]
    return []


def path_text(path: str | os.PathLike[str]) -> str:
    """The path as the engine takes it."""
    text = os.fspath(path)
    if not isinstance(text, str):
        raise TypeError(f"a path must be a str or os.PathLike of one, not {type(text).__name__}.")
    if "\0" in text:  # The system would stop reading the name there, and take another file.
        raise InvalidArgument(f"the path {text!r:.80} has a NUL character, which no file has.")
    return text


def _reader_columns(columns: dict[str, Any]) -> list[str]:
    """The names as the reader takes them: none, or user and item at least."""
    if all(name is None for name in columns.values()):
        return []
    if columns["user"] is None or columns["item"] is None:
        raise InvalidArgument("of a file, name the columns of both user and item, or none at all.")
    return ["-" if name is None else str(name) for name in columns.values()]


def _refuse_columns(columns: dict[str, Any]) -> None:
    for role, column in columns.items():
        if column is not None:
            raise InvalidArgument(f"a matrix has no columns by name: leave out {role}=.")


def _read_parquet(paths: list[str]) -> Any:
    try:
        from pyarrow import ArrowException, concat_tables, parquet
    except ImportError as error:
        raise InvalidArgument(
            "Parquet files are read by pyarrow, which is not installed: pip install pyarrow."
        ) from error
    try:
        return concat_tables([parquet.read_table(path) for path in paths])
    except OSError as error:
        raise IoError(f"{', '.join(paths):.200} cannot be read: {error}") from error
    except ArrowException as error:
        raise InvalidData(f"{', '.join(paths):.200} cannot be read as Parquet: {error}") from error


def _from_frame(data: Any, columns: dict[str, Any], filters: dict[str, Any]) -> _engine.Interactions:
    if (stream := _arrow_stream(data)) is not None:
        names = _column_names(_engine.arrow_columns(stream), columns)
        return _engine.Interactions.from_arrow(stream, names, filters)
    if isinstance(data, np.ndarray) and data.dtype.names:
        available = list(data.dtype.names)
    elif isinstance(data, Mapping):
        available = list(data)
    elif hasattr(data, "columns") and hasattr(data, "__getitem__"):
        available = list(data.columns)
    else:
        raise InvalidArgument(
            f"interactions cannot be read from {type(data).__name__}. Give a path, a sparse matrix, a "
            "data frame, a mapping of columns, or user= and item=."
        )
    names = _column_names([str(name) for name in available], columns)
    by_text = {str(name): name for name in available}
    found = {role: data[by_text[name]] if name else None for role, name in zip(ROLES, names)}
    return _from_columns(found, filters)


def _arrow_stream(data: Any) -> Any:
    """The capsule of its Arrow stream, or None where it has none (pandas needs pyarrow for it)."""
    if not hasattr(data, "__arrow_c_stream__"):
        return None
    try:
        return data.__arrow_c_stream__()
    except ImportError:
        return None


def _column_names(available: list[str], columns: dict[str, Any]) -> list[str]:
    """The names of user, item, value and time among those available; "" for none."""
    chosen = []
    found = dict(zip(ROLES, _engine.find_columns(available)))
    for role, name in columns.items():
        if name is not None:
            if not isinstance(name, str):
                raise InvalidArgument(f"{role}= must name a column of the data, it is {name!r:.80}.")
            if name not in available:
                raise InvalidArgument(
                    f"there is no column {name!r}. There are {', '.join(available)}."
                )
            chosen.append(name)
        elif found[role] >= 0:
            chosen.append(available[found[role]])
        elif role in ("user", "item"):
            raise InvalidArgument(
                f"which column holds the {role}s? There are {', '.join(available)}: name it with "
                f"{role}=."
            )
        else:
            chosen.append("")
    return chosen


def _from_columns(columns: dict[str, Any], filters: dict[str, Any]) -> _engine.Interactions:
    for role in ("user", "item"):
        if columns[role] is None or isinstance(columns[role], str):
            raise InvalidArgument(f"without data, {role}= must be the column of {role} ids.")
    users, items = _ids.to_engine(columns["user"]), _ids.to_engine(columns["item"])
    value, time = columns["value"], columns["time"]
    return _engine.Interactions.from_columns(
        users,
        items,
        None if value is None else _numbers.numbers(value, "value"),
        None if time is None else _seconds(time),
        filters,
    )


def _seconds(time: Any) -> Doubles:
    """Times as float64; what has a unit in seconds."""
    array = _numbers.array_of(time, "time")
    if array.dtype.kind == "M":
        return array.astype("datetime64[ns]").astype(np.float64) * 1e-9
    return _numbers.numbers(array, "time").astype(np.float64)
