"""What an evaluation found, as a table, a data frame or plain values."""

from __future__ import annotations

import html
import math
from typing import Any, NamedTuple

import numpy as np

from .errors import InvalidArgument


class MetricValue(NamedTuple):
    """A mean over users and its 95 % interval."""

    mean: float
    """NaN where the metric asks what the model cannot do: popularity predicts no rating."""
    low: float | None
    """None for metrics of all lists together, and with one user."""
    high: float | None


class Evaluation:
    """Result of `alsace.evaluate`. Prints as a table; `evaluation["als"]["recall@10"].mean` is a number.

    Attributes
    ----------
    data
        Facts of the split: users, items, train_interactions, test_interactions, test_users,
        users_left_out (with a test item but nothing to learn from), untrained_test_items (misses for
        every model).
    metrics
        Their names, in the order asked for.
    models
        By name, then by metric, a `MetricValue`.
    """

    def __init__(
        self,
        data: dict[str, int],
        metrics: list[str],
        models: dict[str, dict[str, MetricValue]],
        by_user: dict[str, dict[str, np.ndarray]] | None,
    ) -> None:
        self.data = data
        self.metrics = metrics
        self.models = models
        self._by_user = by_user

    def __getitem__(self, model: str) -> dict[str, MetricValue]:
        """The values of one model by metric. KeyError for a name that is not in the table."""
        if model not in self.models:
            raise KeyError(f"there is no {model!r} in the table. There are {', '.join(self.models)}.")
        return self.models[model]

    def by_user(self, metric: str) -> dict[str, np.ndarray]:
        """The values that a mean is of, one per test user, for whom asked with ``by_user=True``.

        Parameters
        ----------
        metric
            One of `metrics` that is a mean over users.

        Returns
        -------
        columns
            ``"user"``, the ids, and each model's name with float64 [users]; a data frame takes it as it
            is. For rmse the mean squared error of each user, for mae the mean absolute one.

        Raises
        ------
        InvalidArgument
            When values per user were not asked for, or the metric has none.

        Examples
        --------
        >>> import alsace
        >>> train = alsace.interactions(user=[1, 1, 2], item=["x", "y", "x"])
        >>> test = alsace.interactions(user=[2], item=["y"])
        >>> model = alsace.ImplicitALS(factors=2, threads=1).fit(train)
        >>> told = alsace.evaluate(model, train, test, metrics="recall@1", baselines=[], by_user=True)
        >>> told.by_user("recall@1")
        {'user': array([2]), 'als': array([1.])}
        """
        if self._by_user is None:
            raise InvalidArgument(
                "values per user were not kept. Ask for them with alsace.evaluate(..., by_user=True)."
            )
        if metric not in self._by_user:
            raise InvalidArgument(
                f"there are no values per user of {metric!r}. There are those of "
                f"{', '.join(self._by_user) or 'no metric'}."
            )
        return dict(self._by_user[metric])

    def to_dict(self) -> dict[str, Any]:
        """Plain values, in the form of `alsace evaluate --json`: None where there is no number.

        Examples
        --------
        >>> import alsace
        >>> train = alsace.interactions(user=[1, 1, 2], item=["x", "y", "x"])
        >>> test = alsace.interactions(user=[2], item=["y"])
        >>> model = alsace.ImplicitALS(factors=2, threads=1).fit(train)
        >>> told = alsace.evaluate(model, train, test, metrics="recall@1", baselines=[])
        >>> told.to_dict()["models"][0]["metrics"]["recall@1"]["mean"]
        1.0
        """
        models = []
        for name, values in self.models.items():
            of_metrics = {
                metric: {"mean": _number(value.mean), "low": value.low, "high": value.high}
                for metric, value in values.items()
            }
            models.append({"name": name, "metrics": of_metrics})
        return {"data": dict(self.data), "models": models}

    def to_columns(self) -> dict[str, list[Any]]:
        """Columns model, metric, mean, low, high; a row for each metric of each model.

        Examples
        --------
        >>> import alsace
        >>> train = alsace.interactions(user=[1, 1, 2], item=["x", "y", "x"])
        >>> test = alsace.interactions(user=[2], item=["y"])
        >>> model = alsace.ImplicitALS(factors=2, threads=1).fit(train)
        >>> told = alsace.evaluate(model, train, test, metrics="recall@1", baselines=[])
        >>> told.to_columns()["model"], told.to_columns()["mean"]
        (['als'], [1.0])
        """
        columns: dict[str, list[Any]] = {name: [] for name in ("model", "metric", "mean", "low", "high")}
        for name, values in self.models.items():
            for metric, value in values.items():
                cells = (name, metric, *(_number(number) for number in value))
                for column, cell in zip(columns.values(), cells):
                    column.append(cell)
        return columns

    def to_pandas(self) -> Any:
        """`to_columns` as a pandas data frame.

        Examples
        --------
        >>> import alsace
        >>> told = alsace.evaluate(model, train, test)  # doctest: +SKIP
        >>> told.to_pandas()  # doctest: +SKIP
        """
        import pandas

        numbers = dict.fromkeys(("mean", "low", "high"), float)
        return pandas.DataFrame(self.to_columns()).astype(numbers)

    def to_polars(self) -> Any:
        """`to_columns` as a polars data frame.

        Examples
        --------
        >>> import alsace
        >>> told = alsace.evaluate(model, train, test)  # doctest: +SKIP
        >>> told.to_polars()  # doctest: +SKIP
        """
        import polars

        numbers = dict.fromkeys(("mean", "low", "high"), polars.Float64)
        return polars.DataFrame(self.to_columns(), schema_overrides=numbers)

    def __repr__(self) -> str:
        header, rows = self._cells()
        widths = [max(map(len, column)) for column in zip(header, *rows)]
        lines = [self._facts(), ""]
        for cells in (header, *rows):
            lines.append("  ".join(_aligned(cells, widths)).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        header, rows = self._cells()
        parts = [f"<p>{html.escape(self._facts())}</p>".replace("\n", "<br>"), "<table><thead>"]
        for i, cells in enumerate((header, *rows)):
            tag = "td" if i else "th"
            marked = (
                f'<{tag} style="text-align:{"right" if place % 2 else "left"}">{html.escape(cell)}</{tag}>'
                for place, cell in enumerate(cells)
            )
            parts.append(f"<tr>{''.join(marked)}</tr>")
            if i == 0:
                parts.append("</thead><tbody>")
        return "".join(parts) + "</tbody></table>"

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        header = ["model"]
        for metric in self.metrics:
            header += [metric, "95 % interval"]
        rows = []
        for name, values in self.models.items():
            cells = [name]
            for value in values.values():
                cells += [_text(value.mean), _interval(value)]
            rows.append(cells)
        return header, rows

    def _facts(self) -> str:
        facts = self.data
        text = (
            f"{facts['users']:,} users, {facts['items']:,} items, {facts['train_interactions']:,} training "
            f"interactions; tested: {facts['test_interactions']:,} of {facts['test_users']:,} users"
        )
        if facts["users_left_out"]:
            text += f"\nleft out: {facts['users_left_out']:,} test users without a training interaction"
        if facts["untrained_test_items"]:
            text += (
                f"\nmissed by all: {facts['untrained_test_items']:,} test interactions of items that "
                "were never trained"
            )
        return text


def _aligned(cells: list[str], widths: list[int]) -> list[str]:
    """Means, in every second column, to the right; what is text to the left."""
    return [
        cell.rjust(width) if place % 2 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths))
    ]


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _text(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else "-"


def _interval(value: MetricValue) -> str:
    return "" if value.low is None or value.high is None else f"[{value.low:.4f}, {value.high:.4f}]"
