"""The search for the options that rank best."""

from __future__ import annotations

import numbers
import os
import sys
from collections.abc import Iterable
from typing import Any

from . import _engine
from ._als import ALS
from ._evaluate import _part
from ._split import seed_of, split
from ._tuning import Tuning
from .errors import InvalidArgument
from .models import ExplicitALS, ImplicitALS

_EXPLICIT_ONLY = ("biases", "nonnegative")
_IMPLICIT_ONLY = (
    "alpha",
    "confidence",
    "unobserved_weight",
    "regularization_count",
    "log_epsilon",
    "dislikes",
)


def tune(
    train: Any,
    valid: Any = None,
    *,
    feedback: str = "implicit",
    metric: str | None = None,
    trials: int = 30,
    method: str = "halving",
    seeds: int = 3,
    factors: Any = None,
    regularization: Any = None,
    regularization_exponent: Any = None,
    iterations: Any = None,
    alpha: Any = None,
    unobserved_weight: Any = None,
    confidence: str | Iterable[str] | None = None,
    regularization_count: str | Iterable[str] | None = None,
    biases: bool | Iterable[bool] | None = None,
    nonnegative: bool = False,
    solver: str = "auto",
    tolerance: float = 0.0,
    log_epsilon: float = 1.0,
    fold_in: Any = None,
    hide_low: bool = False,
    time_limit: float | None = None,
    journal: str | os.PathLike[str] | None = None,
    restart: bool = False,
    refit: bool = True,
    threads: int = 0,
    random_state: int = 42,
    progress: bool = False,
) -> Tuning:
    """Searches the options that are best by a metric on a validation part, as `alsace tune` does.

    Each option that is searched takes a pair ``(low, high)`` for a range, a list of values, or one value;
    None leaves it to ranges of the search, which are widened where the best lies on an edge.

    Parameters
    ----------
    train, valid
        What candidates are trained on and measured on: of `alsace.split`, or anything that
        `alsace.interactions` takes. Without `valid` a part of `train` is held out, each user's last entry
        where there are times, else a fifth. A test part has no place here.
    feedback
        ``"implicit"`` or ``"explicit"``.
    metric
        A mean over users; rmse or mae for explicit feedback. None: ndcg@10, explicit rmse.
    trials
        Candidates of method halving.
    method
        ``"halving"``: random candidates, of which the better third goes on with twice the factors, then
        others near the best. ``"grid"``: every combination of the lists given, at full length.
    seeds
        Starts over which finalists are averaged.
    factors, regularization, regularization_exponent, iterations, alpha, unobserved_weight
        What is searched.
    confidence, regularization_count, biases
        A word or several.
    nonnegative, solver, tolerance, log_epsilon
        Not searched; as in the model.
    fold_in
        For a validation part of new users: what is shown of them.
    hide_low
        Also items below `min_value` of `train` are hidden from the user's ranking.
    time_limit
        Seconds after which no more candidates are begun.
    journal
        A file in which each measurement is kept, so that the same call goes on after a crash; `restart`
        lets that of another call be overwritten.
    refit
        Train a model with the options chosen on both parts.
    threads
        0: all this process may use. Never changes the result.
    random_state
        Of candidates and starts: a number from 0 to below 2^64.
    progress
        Shows the time left and the best so far on stderr.

    Returns
    -------
    Tuning
        With the options chosen, the trials and the model.

    Raises
    ------
    InvalidArgument
        For a range or metric that makes no sense, or the journal of another call.
    InvalidData
        When there is nothing to train on or nobody to measure on.

    Examples
    --------
    >>> import alsace
    >>> plays = alsace.interactions(
    ...     user=["ann"] * 3 + ["bob"] * 3 + ["cat"] * 3, item=["x", "y", "z"] * 3,
    ...     time=[1, 2, 3, 3, 1, 2, 2, 3, 1])
    >>> found = alsace.tune(plays, trials=2, seeds=1, factors=[1, 2], metric="recall@1", threads=1)
    >>> len(found.trials["factors"]), found.model.factors == found.options["factors"]
    (2, True)
    """
    model_type = _model_type(feedback)
    if method not in ("halving", "grid"):
        raise InvalidArgument(f"method is {method!r}, it must be 'halving' or 'grid'.")
    data = _part(train)
    if valid is None:
        if fold_in is not None:
            raise InvalidArgument("fold_in goes with valid: both are of the split new_users.")
        how = "leave_last_one" if data.has_times else "random"
        data, _, held_out = split(data, how, seed=random_state)
    else:
        held_out = _part(valid, of_test=True)
    base = {
        "feedback": feedback,
        "nonnegative": nonnegative,
        "solver": solver,
        "tolerance": tolerance,
        "log_epsilon": log_epsilon,
        "seed": seed_of(random_state),
        "threads": threads,
    }
    space = {
        "factors": _values("factors", factors),
        "regularization": _values("regularization", regularization),
        "regularization_exponent": _values("regularization_exponent", regularization_exponent),
        "iterations": _values("iterations", iterations),
        "alpha": _values("alpha", alpha),
        "unobserved_weight": _values("unobserved_weight", unobserved_weight),
        "confidence": _words(confidence),
        "regularization_count": _words(regularization_count),
        "biases": [bool(biases)] if isinstance(biases, bool) else None if biases is None else list(biases),
    }
    options = {
        "base": base,
        "space": {name: given for name, given in space.items() if given is not None},
        "metric": metric,
        "method": method,
        "trials": trials,
        "seeds": seeds,
        "hide_low": hide_low,
        "time_limit": float(time_limit or 0),
    }
    control = {
        "progress": _show if progress else None,
        "note": _note if progress else None,
        "journal": os.fspath(journal) if journal is not None else "",
        "restart": restart,
    }
    shown = None if fold_in is None else _part(fold_in)
    trial = _engine.Trial(data, None, held_out, shown, None)
    found, raised = trial.tune(options, control)
    if progress:
        print(file=sys.stderr)
    if raised is not None:
        raise raised
    chosen = _parameters(found["options"], model_type)
    model = model_type(**chosen).fit(trial.all()) if refit else None
    return Tuning(found, chosen, model)


def _model_type(feedback: str) -> type[ALS]:
    if feedback == "implicit":
        return ImplicitALS
    if feedback == "explicit":
        return ExplicitALS
    raise InvalidArgument(f"feedback is {feedback!r}, it must be 'implicit' or 'explicit'.")


def _values(name: str, given: Any) -> tuple[list[float], bool] | None:
    """Numbers, and whether they are the ends of a range."""
    if given is None:
        return None
    if isinstance(given, numbers.Real):
        return [float(given)], False
    try:
        values = [float(value) for value in given]
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"{name} is {given!r:.80}, it must be a pair (low, high), a list of numbers, or one."
        ) from None
    if isinstance(given, tuple):
        if len(values) != 2 or values[0] > values[1]:
            raise InvalidArgument(
                f"{name} is {given!r:.80}, a tuple must be (low, high). Give a list for single values."
            )
        return values, True
    if not values:
        raise InvalidArgument(f"{name} is empty. Leave it out, or give a number.")
    return values, False


def _words(given: str | Iterable[str] | None) -> list[str] | None:
    return given.split(",") if isinstance(given, str) else None if given is None else list(given)


def _parameters(options: dict[str, Any], model_type: type[ALS]) -> dict[str, Any]:
    """Options of the engine as the model's own parameters."""
    unused = _IMPLICIT_ONLY if model_type is ExplicitALS else _EXPLICIT_ONLY
    chosen = {name: value for name, value in options.items() if name not in ("feedback", "seed", *unused)}
    return {**chosen, "random_state": options["seed"]}


def _show(share: float, seconds_left: float, best: float) -> None:
    so_far = f", best so far {best:.4f}" if best >= 0 else ""
    print(f"\rtuning: {100 * share:.0f} %, {seconds_left:.0f} s left{so_far}   ", end="", file=sys.stderr)


def _note(sentence: str) -> None:
    print(f"\r{sentence}", file=sys.stderr)
