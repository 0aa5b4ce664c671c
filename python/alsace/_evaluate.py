"""Models, lists made elsewhere and baselines, measured on held-out data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import _data, _engine, _ids
from ._als import ALS
from ._evaluation import Evaluation
from ._split import seed_of
from ._types import Measured
from .errors import InvalidArgument

_ERRORS = ("rmse", "mae")


def evaluate(
    models: Any,
    train: Any,
    test: Any,
    *,
    metrics: str | Iterable[str] | None = None,
    baselines: str | Iterable[str] | None = None,
    valid: Any = None,
    fold_in: Any = None,
    candidates: Any = None,
    neighbors: int = 100,
    ease_regularization: float = 500.0,
    hide_low: bool = False,
    by_group: bool = False,
    by_user: bool = False,
    threads: int = 0,
    seed: int = 0,
) -> Evaluation:
    """Measures models on held-out interactions, beside baselines, as `alsace evaluate` does.

    For every test user the whole catalogue is ranked, less what the user has in `train`.
    ``docs/evaluation.md`` has every formula.

    Parameters
    ----------
    models
        A fitted model; several in a list; or a mapping of names to models. In a mapping also lists made
        elsewhere: a mapping of user ids to item ids, best first, or `Interactions` whose values are the
        scores (where all values are 1, their order counts). Rows are matched by id.
    train, test
        What the models were trained on, and what is to be found: of `alsace.split`, or anything that
        `alsace.interactions` takes. Stored zeros of a test matrix are nothing to be found.
    metrics
        Names such as ``"recall@10"``, in a list or with commas between: recall, recall_capped, precision,
        hit_rate, ndcg, map, mrr, novelty, popularity_bias, coverage, personalization, each @K; auc; rmse
        and mae. With ``sampled_`` before the first seven or auc the test items are ranked among
        `candidates`. None: recall@10 and ndcg@10, or where the first model is an `ExplicitALS` rmse and
        mae.
    baselines
        Of random, popularity, knn_cosine, knn_bm25, ease, mean and item_mean, in a list or with commas
        between; an empty list for none. None: random and popularity, or for rmse and mae mean and
        item_mean.
    valid
        Part of the catalogue, but neither trained on nor hidden. Of no use where the parts come from
        `alsace.split`, which all know the catalogue.
    fold_in
        For the split new_users: the shown part of the histories of users that are not in `train`.
    candidates
        Pairs of users and items: what ``sampled_`` metrics rank each user's test items among. Every test
        user needs some.
    neighbors
        Most similar items kept of each item by knn_cosine and knn_bm25, 1 or more.
    ease_regularization
        Of ease, above 0. ease takes at most 20,000 items.
    hide_low
        Also items below `min_value` of `train` are hidden from the user's ranking.
    by_group
        Also measure cold, medium and heavy users apart: thirds of the test users by their training
        interactions.
    by_user
        Give the values of every user by `Evaluation.by_user`.
    threads
        0: all this process may use. Never changes the result.
    seed
        Of the random baseline, the interval of rmse and those of differences.

    Returns
    -------
    Evaluation
        Models in the given order, named ``"als"`` where there is one, then baselines.

    Raises
    ------
    InvalidArgument
        For a metric or baseline that is not known, or what is no model.
    InvalidData
        When there is nobody to test, or a test user has no candidates where some are needed.
    NotFittedError
        For a model that has not been trained.

    Examples
    --------
    >>> import alsace
    >>> plays = alsace.interactions(
    ...     user=["ann"] * 3 + ["bob"] * 3, item=["x", "y", "z"] * 2, time=[1, 2, 3, 1, 2, 3])
    >>> train, valid, test = alsace.split(plays, "leave_last_one")
    >>> model = alsace.ImplicitALS(factors=2, threads=1).fit(train)
    >>> alsace.evaluate(model, train, test, metrics="recall@2", baselines=[])
    2 users, 3 items, 4 training interactions; tested: 2 of 2 users
    missed by all: 2 test interactions of items that were never trained
    <BLANKLINE>
    model  recall@2  95 % interval
    als      0.0000  [0.0000, 0.6576]

    Two models on the same users are compared by their differences, not by whether intervals overlap:

    >>> told = alsace.evaluate(model, train, test, metrics="ndcg@2", baselines="popularity,knn_bm25")
    >>> told.differences("popularity")["als"]["ndcg@2"]
    MetricValue(mean=0.0, low=0.0, high=0.0)
    """
    named = _named(models)
    wanted = _engine.metric_names(",".join(_words(metrics, "metrics", _default_metrics(named))))
    lines = _words(baselines, "baselines", _default_baselines(wanted))
    if repeated := set(named) & set(lines):
        raise InvalidArgument(
            f"{min(repeated)!r} is the name of a model and of a baseline. Rename the model."
        )
    beside = [None if part is None else _part(part) for part in (valid, fold_in, candidates)]
    trial = _engine.Trial(_part(train), beside[0], _part(test, of_test=True), *beside[1:])
    options = {
        "metrics": ",".join(wanted),
        "hide_low": hide_low,
        "by_group": by_group,
        "threads": threads,
        "seed": seed_of(seed),
        "neighbors": neighbors,
        "ease_regularization": ease_regularization,
    }
    found = _measured(trial, named, lines, options)
    settings = {"metrics": wanted, "by_user": by_user, "threads": threads, "seed": options["seed"]}
    return Evaluation(trial.facts(), found, trial.user_ids(), settings)


def _measured(
    trial: _engine.Trial, named: dict[str, Any], baselines: list[str], options: dict[str, Any]
) -> dict[str, Measured]:
    """What the engine found, by name, baselines last."""
    # Lists join before anything is measured: what only they name is part of the catalogue.
    places = {name: trial.add_lists(lists) for name, lists in named.items() if not isinstance(lists, ALS)}
    # Baselines first name mistakes before the long work.
    of_baselines = {name: trial.of_baseline(name, options) for name in baselines}
    found = {}
    for name, model in named.items():
        if name in places:
            found[name] = trial.of_lists(places[name], options)
        else:
            found[name] = trial.of_model(model._fitted(), options)
    return {**found, **of_baselines}


def _named(models: Any) -> dict[str, Any]:
    """Models and lists by name."""
    if isinstance(models, ALS):
        models = {"als": models}
    elif isinstance(models, (list, tuple)):
        models = _by_what_they_are(models)
    elif not isinstance(models, Mapping):
        raise InvalidArgument(
            f"models must be a model, a list of them or a mapping of names, not {type(models).__name__}."
        )
    return {_name(name): _model_or_lists(name, model) for name, model in models.items()}


def _by_what_they_are(models: Iterable[Any]) -> dict[str, Any]:
    """Names such as ImplicitALS(factors=32), numbered where two are alike."""
    named: dict[str, Any] = {}
    for model in models:
        if not isinstance(model, ALS):
            raise InvalidArgument(
                f"a list holds models, not {type(model).__name__}. Give lists made elsewhere a name: "
                "{name: lists}."
            )
        text, count = repr(model), 2
        name = text
        while name in named:
            name, count = f"{text} ({count})", count + 1
        named[name] = model
    return named


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise InvalidArgument(f"the name of a model must be a str, it is {name!r:.80}.")
    return name


def _model_or_lists(name: str, given: Any) -> Any:
    if isinstance(given, ALS):
        given._fitted()
        return given
    if isinstance(given, _engine.Interactions):
        return given
    if isinstance(given, Mapping):
        return _lists(given)
    raise InvalidArgument(
        f"{name!r} is a {type(given).__name__}. Give a fitted model, a mapping of user ids to item ids "
        "best first, or Interactions whose values are scores."
    )


def _lists(lists: Mapping[Any, Any]) -> _engine.Interactions:
    """Best first, so that of a repeated item the first place counts."""
    columns = {user: list(dict.fromkeys(_flat(items))) for user, items in lists.items()}
    users = [user for user, items in columns.items() for _ in items]
    items = [item for items in columns.values() for item in items]
    scores = [-float(rank) for items in columns.values() for rank in range(len(items))]
    return _data.interactions(user=users, item=items, value=scores, duplicates="max")


def _flat(items: Any) -> Any:
    if _ids.is_single(items):
        raise InvalidArgument(f"a list of items is needed, {items!r:.80} is one item.")
    return list(_ids.to_engine(items)) if not isinstance(items, np.ndarray) else items.tolist()


def _words(given: str | Iterable[str] | None, what: str, default: list[str]) -> list[str]:
    """Names, from a list or from text with commas; repeated ones once."""
    if given is None:
        return default
    words = given.split(",") if isinstance(given, str) else list(given)
    if not all(isinstance(word, str) for word in words):
        raise InvalidArgument(f"{what} must be names, they are {words!r:.80}.")
    words = [word.strip() for word in words]
    if what == "baselines":
        words = [word.replace("-", "_") for word in words if word and word != "none"]
    return list(dict.fromkeys(words))


def _default_metrics(named: dict[str, Any]) -> list[str]:
    first = next(iter(named.values()), None)
    explicit = isinstance(first, ALS) and first._feedback == "explicit"
    return list(_ERRORS) if explicit else ["recall@10", "ndcg@10"]


def _default_baselines(metrics: list[str]) -> list[str]:
    errors = any(metric in _ERRORS for metric in metrics)
    return ["mean", "item_mean"] if errors else ["random", "popularity"]


def _part(data: Any, of_test: bool = False) -> _engine.Interactions:
    if isinstance(data, _engine.Interactions):
        return data
    found = _data.interactions(data)  # First, because scipy trusts what it is given.
    if of_test and hasattr(data, "eliminate_zeros") and (found.values == 0).any():
        data = data.copy()
        data.eliminate_zeros()
        found = _data.interactions(data)
    return found
