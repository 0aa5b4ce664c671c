"""What an evaluation found, as a table, a data frame or plain values."""

from __future__ import annotations

import html
import math
from typing import Any, NamedTuple

import numpy as np

from . import _engine, _tables
from ._ids import IdColumn
from ._tables import MetricValue, Values
from ._types import Measured
from .errors import InvalidArgument

_ERRORS = ("rmse", "mae")


class UserGroup(NamedTuple):
    """Test users of like activity."""

    name: str
    """cold, medium or heavy."""
    users: int
    """Test users in it."""
    from_: int
    """The fewest training (or folded-in) interactions of one of them."""
    to: int
    """The most."""


class Comparison:
    """Each model less a reference. Prints as a table; `comparison["popularity"]["ndcg@10"].low` is a number.

    Attributes
    ----------
    reference
        Name of what the others are compared with.
    metrics
        Their names.
    models
        By name, then by metric, the mean difference and its paired 95 % interval as a `MetricValue`.
    by_group
        By name of the group, then as `models`; empty without groups.
    """

    def __init__(
        self, reference: str, metrics: list[str], models: Values, by_group: dict[str, Values]
    ) -> None:
        self.reference = reference
        self.metrics = metrics
        self.models = models
        self.by_group = by_group

    def __getitem__(self, model: str) -> dict[str, MetricValue]:
        """The differences of one model by metric. KeyError for a name that is not compared."""
        return _of_model(self.models, model)

    def to_dict(self) -> list[dict[str, Any]]:
        """Plain values, as "differences" of `alsace evaluate --json`.

        Examples
        --------
        >>> import alsace
        >>> train = alsace.interactions(user=[1, 1, 2], item=["x", "y", "x"])
        >>> test = alsace.interactions(user=[2], item=["y"])
        >>> lists = {"good": {2: ["y"]}, "bad": {2: ["z"]}}
        >>> told = alsace.evaluate(lists, train, test, metrics="recall@1", baselines=[])
        >>> told.differences().to_dict()[0]["metrics"]["recall@1"]["mean"]
        -1.0
        """
        lines = []
        for name, values in self.models.items():
            line = {"name": name, "reference": self.reference, "metrics": _tables.plain(values)}
            if self.by_group:
                line["groups"] = {
                    group: _tables.plain(models[name]) for group, models in self.by_group.items()
                }
            lines.append(line)
        return lines

    def to_columns(self) -> dict[str, list[Any]]:
        """Columns model, metric, mean, low, high of the differences, with groups of users also group.

        Examples
        --------
        >>> import alsace
        >>> train = alsace.interactions(user=[1, 1, 2], item=["x", "y", "x"])
        >>> test = alsace.interactions(user=[2], item=["y"])
        >>> lists = {"good": {2: ["y"]}, "bad": {2: ["z"]}}
        >>> told = alsace.evaluate(lists, train, test, metrics="recall@1", baselines=[])
        >>> told.differences().to_columns()["model"], told.differences().to_columns()["mean"]
        (['bad'], [-1.0])
        """
        return _tables.columns_of({"all": self.models, **self.by_group})

    def to_pandas(self) -> Any:
        """`to_columns` as a pandas data frame.

        Examples
        --------
        >>> import alsace
        >>> told = alsace.evaluate(models, train, test)  # doctest: +SKIP
        >>> told.differences().to_pandas()  # doctest: +SKIP
        """
        return _tables.to_pandas(self.to_columns())

    def to_polars(self) -> Any:
        """`to_columns` as a polars data frame.

        Examples
        --------
        >>> import alsace
        >>> told = alsace.evaluate(models, train, test)  # doctest: +SKIP
        >>> told.differences().to_polars()  # doctest: +SKIP
        """
        return _tables.to_polars(self.to_columns())

    def __repr__(self) -> str:
        return "\n".join([*self._table().lines(), _MARK])

    def _repr_html_(self) -> str:
        return f"{self._table().html()}<p>{_MARK}</p>"

    def _table(self) -> _tables.Table:
        columns = {"all": self.models, **self.by_group} if self.by_group else {"difference": self.models}
        return _tables.by_metric(
            self.metrics, f"less {self.reference}", columns, _difference_text, _marked_interval
        )


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
    groups
        The groups of test users, `UserGroup`, for whom asked with ``by_group=True``; else empty.
    by_group
        By name of the group, then as `models`; empty without groups.
    """

    def __init__(
        self,
        data: dict[str, int],
        measured: dict[str, Measured],
        user_ids: Any,
        settings: dict[str, Any],
    ) -> None:
        first = next(iter(measured.values()), None)
        self.data = data
        self.metrics: list[str] = settings["metrics"]
        self.models: Values = {
            name: _tables.metric_values(self.metrics, one["values"]) for name, one in measured.items()
        }
        self.groups: list[UserGroup] = [
            UserGroup(name, len(places), least, most)
            for name, least, most, places, _ in (first["groups"] if first else [])
        ]
        self.by_group: dict[str, Values] = {
            group.name: {
                name: _tables.metric_values(self.metrics, one["by_group"][place])
                for name, one in measured.items()
            }
            for place, group in enumerate(self.groups)
        }
        self._measured = measured
        self._user_ids = user_ids
        self._settings = settings

    def __getitem__(self, model: str) -> dict[str, MetricValue]:
        """The values of one model by metric. KeyError for a name that is not in the table."""
        return _of_model(self.models, model)

    def differences(self, reference: str | None = None) -> Comparison:
        """Every model less one of them, on the same users, with paired intervals.

        An interval is from the 2.5 % to the 97.5 % point of the differences of 2000 resamples of the
        users, seeded by the `seed` of `alsace.evaluate`. One that leaves out 0 says that the two differ,
        also where the intervals of their means overlap.

        Parameters
        ----------
        reference
            Name of what the others are compared with. None: the first.

        Returns
        -------
        Comparison
            Of all but the reference, in their order.

        Raises
        ------
        InvalidArgument
            For a name that is not in the table.

        Examples
        --------
        >>> import alsace
        >>> train = alsace.interactions(user=[1, 1, 2, 3], item=["x", "y", "x", "x"])
        >>> test = alsace.interactions(user=[2, 3], item=["y", "y"])
        >>> lists = {"good": {2: ["y"], 3: ["y"]}, "bad": {2: ["z"]}}
        >>> told = alsace.evaluate(lists, train, test, metrics="recall@1", baselines=[])
        >>> told.differences()
        metric    less good  difference  95 % interval
        recall@1  bad           -1.0000  [-1.0000, -1.0000] *
        * the paired interval leaves out 0
        """
        names = list(self.models)
        if reference is None:
            reference = names[0] if names else ""
        if reference not in self.models:
            raise InvalidArgument(
                f"there is no {reference!r} to compare with. There are {', '.join(names) or 'none'}."
            )
        found = _engine.compare(
            list(self._measured.values()),
            names.index(reference),
            self._settings["seed"],
            self._settings["threads"],
        )
        others = [name for name in names if name != reference]
        models = {name: _tables.metric_values(self.metrics, one[0]) for name, one in zip(others, found)}
        by_group = {
            group.name: {
                name: _tables.metric_values(self.metrics, one[1][place])
                for name, one in zip(others, found)
            }
            for place, group in enumerate(self.groups)
        }
        return Comparison(reference, self.metrics, models, by_group)

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
        if not self._settings["by_user"]:
            raise InvalidArgument(
                "values per user were not kept. Ask for them with alsace.evaluate(..., by_user=True)."
            )
        place = self.metrics.index(metric) if metric in self.metrics else -1
        kept: dict[str, np.ndarray] = {}
        for name, one in self._measured.items():
            values = one["by_user"][place] if place >= 0 else None
            if values is not None:
                kept[name] = values
        if not kept:
            raise InvalidArgument(
                f"there are no values per user of {metric!r}. There are those of "
                f"{', '.join(self._metrics_by_user()) or 'no metric'}."
            )
        rows = next(iter(self._measured.values()))["rated_users" if metric in _ERRORS else "test_users"]
        return {"user": IdColumn(self._user_ids)[rows], **kept}

    def _metrics_by_user(self) -> list[str]:
        return [
            metric
            for place, metric in enumerate(self.metrics)
            if any(one["by_user"][place] is not None for one in self._measured.values())
        ]

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
            line: dict[str, Any] = {"name": name, "metrics": _tables.plain(values)}
            if self.groups:
                line["groups"] = {
                    group: _tables.plain(of_group[name]) for group, of_group in self.by_group.items()
                }
            models.append(line)
        out = {"data": dict(self.data), "models": models}
        out["differences"] = self.differences().to_dict() if self.models else []
        if self.groups:
            out["groups"] = [
                {"name": name, "users": users, "from": least, "to": most}
                for name, users, least, most in self.groups
            ]
        return out

    def to_columns(self) -> dict[str, list[Any]]:
        """Columns model, metric, mean, low, high; a row for each metric of each model. With groups of
        users a column group before them, "all" first.

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
        return _tables.columns_of({"all": self.models, **self.by_group})

    def to_pandas(self) -> Any:
        """`to_columns` as a pandas data frame.

        Examples
        --------
        >>> import alsace
        >>> told = alsace.evaluate(model, train, test)  # doctest: +SKIP
        >>> told.to_pandas()  # doctest: +SKIP
        """
        return _tables.to_pandas(self.to_columns())

    def to_polars(self) -> Any:
        """`to_columns` as a polars data frame.

        Examples
        --------
        >>> import alsace
        >>> told = alsace.evaluate(model, train, test)  # doctest: +SKIP
        >>> told.to_polars()  # doctest: +SKIP
        """
        return _tables.to_polars(self.to_columns())

    def __repr__(self) -> str:
        parts = [[self._facts()], _tables.by_model(self.metrics, self.models).lines()]
        if self.groups:
            parts += [[self._group_facts()], self._group_table().lines()]
        return "\n\n".join("\n".join(lines) for lines in parts)

    def _repr_html_(self) -> str:
        parts = [_paragraph(self._facts()), _tables.by_model(self.metrics, self.models).html()]
        if self.groups:
            parts += [_paragraph(self._group_facts()), self._group_table().html()]
        return "".join(parts)

    def _group_table(self) -> _tables.Table:
        return _tables.by_metric(
            self.metrics, "model", self.by_group, _tables.number_text, _tables.interval_text
        )

    def _group_facts(self) -> str:
        words = [
            f"{group.name} {group.from_ if group.from_ == group.to else f'{group.from_} to {group.to}'} "
            f"({group.users:,} user{'' if group.users == 1 else 's'})"
            for group in self.groups
        ]
        return "groups by training interactions: " + ", ".join(words)

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

_MARK = "* the paired interval leaves out 0"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>".replace("\n", "<br>")


def _of_model(models: Values, model: str) -> dict[str, MetricValue]:
    if model not in models:
        raise KeyError(f"there is no {model!r} in the table. There are {', '.join(models)}.")
    return models[model]


def _difference_text(value: float) -> str:
    return f"{value:+.4f}" if math.isfinite(value) else "-"


def _marked_interval(value: MetricValue) -> str:
    if value.low is None or value.high is None:
        return ""
    mark = " *" if value.low > 0 or value.high < 0 else ""
    return f"[{value.low:+.4f}, {value.high:+.4f}]{mark}"
