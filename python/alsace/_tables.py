"""Values of metrics as tables, data frames and plain values."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class MetricValue(NamedTuple):
    """A mean over users and its 95 % interval."""

    mean: float
    """NaN where the metric asks what the model cannot do: popularity predicts no rating."""
    low: float | None
    """None for metrics of all lists together, and with one user."""
    high: float | None


Values = dict[str, dict[str, MetricValue]]
"""By model, then by metric."""


class Table(NamedTuple):
    """Cells of text. The first columns are text, then numbers and intervals take turns."""

    header: list[str]
    rows: list[list[str]]
    leading: int

    def is_number(self, column: int) -> bool:
        return column >= self.leading and (column - self.leading) % 2 == 0

    def lines(self) -> list[str]:
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows)]
        return [
            "  ".join(
                cell.rjust(width) if self.is_number(place) else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(cells, widths))
            ).rstrip()
            for cells in (self.header, *self.rows)
        ]

    def html(self) -> str:
        parts = ["<table><thead>"]
        for i, cells in enumerate((self.header, *self.rows)):
            tag = "td" if i else "th"
            marked = (
                f'<{tag} style="text-align:{"right" if self.is_number(place) else "left"}">'
                f"{html.escape(cell)}</{tag}>"
                for place, cell in enumerate(cells)
            )
            parts.append(f"<tr>{''.join(marked)}</tr>")
            if i == 0:
                parts.append("</thead><tbody>")
        return "".join(parts) + "</tbody></table>"


def by_model(metrics: list[str], models: Values) -> Table:
    """A line per model, columns are metrics."""
    header = ["model"]
    for metric in metrics:
        header += [metric, "95 % interval"]
    rows = []
    for name, values in models.items():
        cells = [name]
        for value in values.values():
            cells += [number_text(value.mean), interval_text(value)]
        rows.append(cells)
    return Table(header, rows, 1)


def by_metric(
    metrics: list[str],
    of: str,
    columns: dict[str, Values],
    mean: Callable[[float], str],
    interval: Callable[[MetricValue], str],
) -> Table:
    """Metric by metric a line for each model; columns are groups of users."""
    header = ["metric", of]
    for name in columns:
        header += [name, "95 % interval"]
    rows = []
    for metric in metrics:
        for place, model in enumerate(next(iter(columns.values()), {})):
            cells = ["" if place else metric, model]
            for values in columns.values():
                value = values[model][metric]
                cells += [mean(value.mean), interval(value)]
            rows.append(cells)
    return Table(header, rows, 2)


def columns_of(groups: dict[str, Values]) -> dict[str, list[Any]]:
    """Columns (group,) model, metric, mean, low, high; without groups of users no such column."""
    names = ["group", "model", "metric", "mean", "low", "high"]
    columns: dict[str, list[Any]] = {name: [] for name in names[0 if len(groups) > 1 else 1 :]}
    for group, models in groups.items():
        for model, values in models.items():
            for metric, value in values.items():
                cells = dict(zip(names, (group, model, metric, *map(number, value))))
                for name, column in columns.items():
                    column.append(cells[name])
    return columns


def to_pandas(columns: dict[str, list[Any]]) -> Any:
    import pandas

    return pandas.DataFrame(columns).astype(dict.fromkeys(("mean", "low", "high"), float))


def to_polars(columns: dict[str, list[Any]]) -> Any:
    import polars

    numbers = dict.fromkeys(("mean", "low", "high"), polars.Float64)
    return polars.DataFrame(columns, schema_overrides=numbers)


def plain(values: dict[str, MetricValue]) -> dict[str, dict[str, float | None]]:
    """{metric: {mean, low, high}}"""
    return {
        metric: {"mean": number(value.mean), "low": value.low, "high": value.high}
        for metric, value in values.items()
    }


def number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def number_text(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else "-"


def interval_text(value: MetricValue) -> str:
    return "" if value.low is None or value.high is None else f"[{value.low:.4f}, {value.high:.4f}]"


def metric_values(names: Iterable[str], values: Iterable[Any]) -> dict[str, MetricValue]:
    """What the engine says of each metric, by name."""
    return {name: MetricValue(*value) for name, value in zip(names, values)}
