"""What a search of options found."""

from __future__ import annotations

import html
from typing import Any

from ._als import ALS
from ._tables import MetricValue

_STAGES = {-1: "not measured", 0: "quarter of factors", 1: "half of factors", 2: "all factors", 3: "final"}
_SHOWN = ("factors", "regularization", "regularization_exponent", "iterations")
_IMPLICIT = ("alpha", "confidence", "unobserved_weight", "regularization_count")


class Tuning:
    """Result of `alsace.tune`. Prints as a table of what was tried, best first.

    Attributes
    ----------
    options
        Those chosen, as the model takes them: ``alsace.ImplicitALS(**found.options)``.
    model
        Trained with them on training and validation part together; None with ``refit=False``.
    metric
        Its name; smaller is better for rmse and mae.
    validation
        Of the options chosen, a `MetricValue` averaged over seeds.
    notes
        Sentences: ranges that were widened, and the like.
    stopped
        ``"done"``, or ``"time"`` where the limit came first.
    seconds
        Of the search.
    """

    def __init__(self, found: dict[str, Any], options: dict[str, Any], model: ALS | None) -> None:
        self.options = options
        self.model = model
        self.metric: str = found["metric"]
        self.validation = MetricValue(*found["validation"])
        self.notes: list[str] = found["notes"]
        self.stopped: str = found["stopped"]
        self.seconds: float = found["seconds"]
        sign = -1 if found["smaller_is_better"] else 1
        self._trials = sorted(found["trials"], key=lambda trial: (-trial["stage"], -sign * trial["value"]))
        implicit = found["options"]["feedback"] == "implicit"
        self._names = _SHOWN + (_IMPLICIT if implicit else ("biases",))

    @property
    def trials(self) -> dict[str, list[Any]]:
        """Columns, a row for each trial, best first: trial, origin, the options, measured (with how much of
        the candidate's training), the metric, by_seed, failure, chosen.

        Examples
        --------
        >>> import alsace
        >>> found = alsace.tune(train, valid)  # doctest: +SKIP
        >>> found.trials["alpha"]  # doctest: +SKIP
        """
        columns: dict[str, list[Any]] = {
            "trial": [trial["trial"] for trial in self._trials],
            "origin": [trial["origin"] for trial in self._trials],
        }
        for name in self._names:
            columns[name] = [trial["options"][name] for trial in self._trials]
        columns["measured"] = [_stage(trial) for trial in self._trials]
        columns[self.metric] = [
            trial["value"] if trial["stage"] >= 0 else None for trial in self._trials
        ]
        for name in ("by_seed", "failure", "chosen"):
            columns[name] = [trial[name] for trial in self._trials]
        return columns

    def to_pandas(self) -> Any:
        """`trials` as a pandas data frame.

        Examples
        --------
        >>> import alsace
        >>> alsace.tune(train, valid).to_pandas()  # doctest: +SKIP
        """
        import pandas

        return pandas.DataFrame(self.trials).astype({self.metric: float})

    def __repr__(self) -> str:
        header, rows = self._cells()
        widths = [max(map(len, column)) for column in zip(header, *rows)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(header, widths))]
        lines += ["  ".join(cell.rjust(width) for cell, width in zip(cells, widths)) for cells in rows]
        return "\n".join([*lines, "", self._facts(), *self.notes])

    def _repr_html_(self) -> str:
        header, rows = self._cells()

        def row(cells: list[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(row(cells, "td") for cells in rows)
        return (
            f"<table><thead>{row(header, 'th')}</thead><tbody>{body}</tbody></table>"
            f"<p>{html.escape(self._facts())}</p>"
        )

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        header = ["", "trial", "origin", *self._names, "measured", self.metric]
        rows = []
        for trial in self._trials:
            values = [_text(trial["options"][name]) for name in self._names]
            value = f"{trial['value']:.4f}" if trial["stage"] >= 0 else "-"
            mark = "*" if trial["chosen"] else ""
            rows.append([mark, str(trial["trial"]), trial["origin"], *values, _stage(trial), value])
        return header, rows

    def _facts(self) -> str:
        low, high = self.validation.low, self.validation.high
        interval = "" if low is None or high is None else f" [{low:.4f}, {high:.4f}]"
        return f"chosen by {self.metric}: {self.validation.mean:.4f}{interval} on the validation part"


def _stage(trial: dict[str, Any]) -> str:
    return "failed" if trial["stage"] < 0 and trial["failure"] else _STAGES[trial["stage"]]


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
