"""What a trained model tells: its factors, lists, scores and reasons."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from . import _data, _engine, _ids, _numbers, _report
from ._types import Counts, Csr, Doubles, Floats, GivenIds, Ids, ListTuple, Rows
from .errors import InvalidArgument, NotFittedError


class Explanation(NamedTuple):
    """Why a user gets a score: score = mean + item_bias + user_bias + sum of contributions."""

    score: float
    mean: float
    item_bias: float
    user_bias: float
    items: Ids
    """Ids of the user's history, the largest contribution first."""
    contributions: Floats
    """What each of them adds to the score, float32."""


class Answers:
    """The half of a model that asks the engine; `ALS` is the half that trains it."""

    threads: int
    _model: _engine.Model | None = None
    # With the model they are of: another thread may exchange that at any moment.
    _user_column: tuple[_engine.Model, _ids.IdColumn] | None = None
    _item_column: tuple[_engine.Model, _ids.IdColumn] | None = None

    def _fitted(self) -> _engine.Model:
        if self._model is None:
            raise NotFittedError(f"this {type(self).__name__} has not been trained. Call fit first.")
        return self._model

    def _users_of(self, model: _engine.Model) -> _ids.IdColumn:
        known = self._user_column
        if known is None or known[0] is not model:
            known = self._user_column = model, _ids.IdColumn(model.user_ids())
        return known[1]

    def _items_of(self, model: _engine.Model) -> _ids.IdColumn:
        known = self._item_column
        if known is None or known[0] is not model:
            known = self._item_column = model, _ids.IdColumn(model.item_ids())
        return known[1]

    def _thread_count(self) -> int:
        return _numbers.whole(self.threads, "threads")

    # -- what was trained -----------------------------------------------------------------------------

    @property
    def user_factors(self) -> Floats:
        """float32 [users, factors], read only. Users without a training interaction have zeros."""
        return self._fitted().user_factors()

    @property
    def item_factors(self) -> Floats:
        """float32 [items, factors], read only."""
        return self._fitted().item_factors()

    @property
    def user_ids(self) -> Ids:
        """Id of each row of `user_factors`: int64, or str as objects."""
        return self._users_of(self._fitted()).ids

    @property
    def item_ids(self) -> Ids:
        """Id of each row of `item_factors`."""
        return self._items_of(self._fitted()).ids

    @property
    def item_counts(self) -> Counts:
        """Training interactions of each item: its popularity. int64 [items]"""
        return self._fitted().item_counts()

    @property
    def user_counts(self) -> Counts:
        """Training interactions of each user. int64 [users]"""
        return self._fitted().user_counts()

    @property
    def objective(self) -> Doubles:
        """What training made small, after each iteration. float64 [iterations]"""
        return np.array(self._fitted().summary()["objective"], dtype=np.float64)

    @property
    def summary(self) -> dict[str, Any]:
        """What training did and saw: seconds, warnings, why it stopped, and more."""
        return self._fitted().summary()

    @property
    def model_hash(self) -> str:
        """Of ids and factors: equal hashes mean the same model. 16 hex digits."""
        return self._fitted().hash()

    # -- questions ------------------------------------------------------------------------------------

    def recommend(
        self,
        user: Any = None,
        *,
        history: Any = None,
        top_k: int = 10,
        include_seen: bool = False,
        allow: Any = None,
        deny: Any = None,
    ) -> tuple[Ids, Floats]:
        """The best items for one user or many.

        Parameters
        ----------
        user
            An id, or many of them.
        history
            Instead of `user`: what an unknown user touched, as item ids, as a mapping of item ids to
            values, or as a pair (item ids, values); or a matrix [users, items] of many histories.
        top_k
            Length of a list, >= 1 (default 10).
        include_seen
            Also items of the user's own history (default: they are left out).
        allow, deny
            Item ids: only these, never these (default: all items).

        Returns
        -------
        ids, scores
            Best first. For one user [up to top_k]; for many [users, up to top_k], where places without
            an item have the score -inf and the id None (-1 among integers). Scores are float32 and for
            implicit feedback an order, not a probability.

        Raises
        ------
        UnknownId
            A KeyError that names the nearest ids.
        InvalidArgument
            For anything that is out of range, or of the wrong kind or shape.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, regularization=0.1, threads=1)
        >>> model = model.fit(user=["ann", "ann", "bob", "bob", "bob", "cat", "cat", "cat"],
        ...                   item=["x", "y", "x", "y", "z", "x", "y", "z"])
        >>> ids, scores = model.recommend("ann")
        >>> list(ids), scores.shape
        (['z'], (1,))
        >>> ids, scores = model.recommend(["ann", "bob"], top_k=2, include_seen=True)
        >>> ids.shape
        (2, 2)
        >>> list(model.recommend(history={"x": 1, "y": 3})[0])
        ['z']
        """
        model = self._fitted()
        if (user is None) == (history is None):
            raise InvalidArgument("recommend takes either a user or a history.")
        options = _list_options(model, top_k, include_seen, allow, deny)
        if history is None and _ids.is_single(user):
            rows, scores = model.recommend(user, options)
        elif history is None:
            users = model.user_rows(_ids.to_engine(user), False)
            rows, scores = model.recommend_many(users, options, self._thread_count())
        elif _is_many(history):
            matrix = _history_matrix(model, history)
            rows, scores = model.recommend_for_many(matrix, options, self._thread_count())
        else:
            rows, scores = model.recommend_for(*_history(history, model.item_rows), options)
        return self._items_of(model)[rows], scores

    def similar_items(self, item: Any, *, top_k: int = 10) -> tuple[Ids, Floats]:
        """Nearest items by cosine of their factors, the item itself left out.

        Parameters
        ----------
        item
            An id, or many of them.
        top_k
            Length of a list, >= 1 (default 10).

        Returns
        -------
        ids, scores
            Best first, as `recommend` gives them; scores are cosines, -1 to 1.

        Raises
        ------
        UnknownId
            A KeyError that names the nearest ids.
        InvalidArgument
            For a top_k out of range, or ids of the wrong kind.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, threads=1)
        >>> model = model.fit(user=[1, 1, 2, 2, 3, 3], item=["x", "y", "x", "y", "z", "w"])
        >>> list(model.similar_items("x", top_k=1)[0])
        ['y']
        """
        model = self._fitted()
        length = _numbers.whole(top_k, "top_k")
        rows, scores = model.similar_items(model.item_rows(_ids.to_engine(item), False), length)
        ids = self._items_of(model)[rows]
        return (ids[0], scores[0]) if _ids.is_single(item) else (ids, scores)

    def similar_users(self, user: Any, *, top_k: int = 10) -> tuple[Ids, Floats]:
        """Nearest users by cosine of their factors, the user left out; as `similar_items`.

        Parameters
        ----------
        user
            An id, or many of them.
        top_k
            Length of a list, >= 1 (default 10).

        Returns
        -------
        ids, scores
            Best first, as `recommend` gives them; scores are cosines, -1 to 1.

        Raises
        ------
        UnknownId
            A KeyError that names the nearest ids.
        InvalidArgument
            For a top_k out of range, or ids of the wrong kind.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, threads=1)
        >>> model = model.fit(user=[1, 1, 2, 2, 3, 3], item=["x", "y", "x", "y", "z", "w"])
        >>> int(model.similar_users(1, top_k=1)[0][0])
        2
        """
        model = self._fitted()
        length = _numbers.whole(top_k, "top_k")
        rows, scores = model.similar_users(model.user_rows(_ids.to_engine(user), False), length)
        ids = self._users_of(model)[rows]
        return (ids[0], scores[0]) if _ids.is_single(user) else (ids, scores)

    def explain(self, user: Any, item: Any) -> Explanation:
        """What each item of the user's history adds to the score of an item.

        Parameters
        ----------
        user, item
            One id each.

        Returns
        -------
        Explanation
            Its parts add up to the score.

        Raises
        ------
        UnknownId
            A KeyError that names the nearest ids.
        InvalidArgument
            For an id of the wrong kind.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, threads=1)
        >>> model = model.fit(user=[1, 1, 2, 2, 2], item=["x", "y", "x", "y", "z"])
        >>> told = model.explain(1, "z")
        >>> sorted(told.items), abs(round(float(told.contributions.sum() - told.score), 3))
        (['x', 'y'], 0.0)
        """
        model = self._fitted()
        score, mean, item_bias, user_bias, rows, parts = model.explain(
            model.user_row(user), model.item_row(item)
        )
        return Explanation(score, mean, item_bias, user_bias, self._items_of(model)[rows], parts)

    def fold_in(self, history: Any, *, return_bias: bool = False) -> Any:
        """Factors of a user the model has not seen, against the items as they are.

        Parameters
        ----------
        history
            As for `recommend`.
        return_bias
            Also the bias, for models with `biases` (default: not).

        Returns
        -------
        factors
            float32 [factors], or [users, factors] for a matrix; with `return_bias` a pair of factors
            and bias. The history of a trained user gives that user's row of `user_factors`.

        Raises
        ------
        UnknownId
            A KeyError that names the nearest ids.
        InvalidArgument
            For a matrix of the wrong shape, or values that are no numbers of 0 or more.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, threads=1)
        >>> model = model.fit(user=[1, 1, 2, 2, 2], item=["x", "y", "x", "y", "z"])
        >>> factors = model.fold_in(["x", "y"])
        >>> factors.shape, bool(abs(factors - model.user_factors[0]).max() < 1e-4)
        ((2,), True)
        """
        model = self._fitted()
        many = _is_many(history)
        if many:
            rows = _history_matrix(model, history)
        else:
            rows = _one_row(*_history(history, model.item_rows), model.n_items)
        factors, biases = model.fold_in(rows, self._thread_count())
        with_bias = _numbers.flag(return_bias, "return_bias")
        if many:
            return (factors, biases) if with_bias else factors
        return (factors[0], float(biases[0])) if with_bias else factors[0]

    def predict(self, users: Any, items: Any) -> Any:
        """Scores of pairs of users and items.

        Parameters
        ----------
        users, items
            One id each, or as many of the one as of the other.

        Returns
        -------
        scores
            A float, or float64 [pairs]. With explicit feedback a predicted rating, within the range of
            the training values; ids the model does not know give the mean and the bias that is known,
            with implicit feedback 0.

        Raises
        ------
        InvalidArgument
            When they are not as many of the one as of the other, or ids of the wrong kind.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ExplicitALS(factors=2, biases=True, threads=1)
        >>> model = model.fit(user=[1, 1, 2, 2], item=["x", "y", "x", "y"], value=[5, 1, 4, 1])
        >>> round(model.predict(1, "x"))
        5
        >>> model.predict([1, 2, 7], ["x", "y", "x"]).shape
        (3,)
        """
        model = self._fitted()
        user_ids, item_ids = _ids.to_engine(users), _ids.to_engine(items)
        if len(user_ids) != len(item_ids):
            raise InvalidArgument(
                f"predict: {len(user_ids)} users and {len(item_ids)} items. Give pairs."
            )
        scores = model.predict(model.user_rows(user_ids, True), model.item_rows(item_ids, True))
        return float(scores[0]) if _ids.is_single(users) and _ids.is_single(items) else scores

    # -- to look at ----------------------------------------------------------------------------------

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        items: str | os.PathLike[str] | None = None,
        title: str = "",
        evaluation: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        users: int = 300,
        named_users: Any = (),
        top_k: int = 10,
        components: tuple[int, int] = (1, 2),
        color: str = "popularity",
        format: str | None = None,
    ) -> None:
        """Writes a page to look at the model, or the map of its items alone.

        The HTML page is one file that needs no network: the items as a map, users and why they get
        what they get, training, evaluation. `docs/cli.md` says how every number is made.

        Parameters
        ----------
        path
            Of the file; one that is there is replaced, as a whole or not at all.
        items
            A file of items with id, title and any other columns, to colour and explain by.
        title
            Of the page or picture.
        evaluation
            For the page: what `alsace evaluate --json` printed, as a dict or the path of a file.
        users
            For the page: how many users of different activity to look into (default 300).
        named_users
            For the page: ids of users to look into besides.
        top_k
            For the page: length of their lists, 1 to 100 (default 10).
        components
            For a picture: principal components on the axes, from 1 (default 1 and 2).
        color
            For a picture: "popularity" (the default) or a column of `items`.
        format
            "html", "svg" or "png" (default: by the name of `path`, else html).

        Raises
        ------
        InvalidArgument
            For an option out of its range, a component or column that is not there.
        InvalidData
            For an items file that cannot be understood.
        UnknownId
            For a named user that is not in the model.
        IoError
            When a file cannot be read or written.

        Examples
        --------
        >>> import alsace, pathlib, tempfile
        >>> model = alsace.ImplicitALS(factors=2, threads=1).fit(user=[1, 1, 2], item=["x", "y", "x"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "report.html"
        ...     model.report(path, title="Plays")
        ...     "<!doctype html>" in path.read_text(encoding="utf-8").lower()
        True
        """
        model = self._fitted()
        kind = _report.format_of(path, format)
        items_path = None if items is None else _data.path_text(items)
        threads = self._thread_count()
        if kind == "html":
            rows = model.user_rows(_ids.to_engine(list(named_users)), False).tolist()
            page = (
                _report.text(title, "title"),
                _report.evaluation_text(evaluation),
                _numbers.whole(users, "users"),
                rows if len(rows) else [],
                _numbers.whole(top_k, "top_k"),
                42,
                threads,
            )
            data = model.html_report(items_path, page)
        else:
            x, y = (_numbers.whole(number, "components") for number in components)
            picture = (_report.text(title, "title"), x, y, _report.text(color, "color"), kind, threads)
            data = model.scatter(items_path, picture)
        _report.write(_data.path_text(path), data)

    # -- files and copies ----------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model to a file that `alsace.load` and the alsace program read.

        Parameters
        ----------
        path
            Of the file; one that is there is replaced, as a whole or not at all.

        Raises
        ------
        IoError
            When it cannot be written; a file that was there stays as it was.

        Examples
        --------
        >>> import alsace, pathlib, tempfile
        >>> model = alsace.ImplicitALS(factors=2, threads=1).fit(user=[1, 1, 2], item=["x", "y", "x"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "plays.alsace"
        ...     model.save(path)
        ...     alsace.load(path).model_hash == model.model_hash
        True
        """
        self._fitted().save(_data.path_text(path))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_user_column": None, "_item_column": None}


def _list_options(
    model: _engine.Model, top_k: int, include_seen: bool, allow: Any, deny: Any
) -> ListTuple:
    allowed, denied = (
        None if side is None else model.item_rows(_ids.to_engine(side), False)
        for side in (allow, deny)
    )
    if allowed is not None and allowed.size == 0:  # To the engine an empty list says nothing.
        allowed, denied = None, np.arange(model.n_items, dtype=np.int32)
    seen = _numbers.flag(include_seen, "include_seen")
    return _numbers.whole(top_k, "top_k"), seen, allowed, denied


def _is_many(history: Any) -> bool:
    """A matrix of many histories, rather than one of them?"""
    return _numbers.is_matrix(history) and np.ndim(history) != 1


def _history_matrix(model: _engine.Model, history: Any) -> Csr:
    return _matrix(history, "history", (None, model.n_items), "users, items")


def _matrix(matrix: Any, name: str, shape: tuple[int | None, int], what: str) -> Csr:
    """`matrix`, once its shape is found to be that; None is any number of rows."""
    rows = _numbers.csr(matrix, name)
    expected = rows[3] if shape[0] is None else shape[0], shape[1]
    if rows[3:] != expected:
        raise InvalidArgument(f"{name} has shape {rows[3:]}, expected ({what}), which is {expected}.")
    return rows


def _history(history: Any, rows_of: Callable[[GivenIds, bool], Rows]) -> tuple[Rows, Floats]:
    """Rows and values of one history: ids, a mapping of ids to values, or (ids, values)."""
    given: Any = None
    if isinstance(history, Mapping):
        history, given = list(history.keys()), list(history.values())
    elif isinstance(history, tuple) and len(history) == 2 and not _ids.is_single(history[0]):
        history, given = history
    rows = rows_of(_ids.to_engine(history), False)
    if given is None:
        return rows, np.ones(len(rows), dtype=np.float32)
    values = _numbers.numbers(given, "values of the history").astype(np.float32)
    if len(values) != len(rows):
        raise InvalidArgument(f"a history of {len(rows)} ids has {len(values)} values.")
    return rows, values


def _one_row(places: Rows, values: Floats, columns: int) -> Csr:
    return np.array([0, len(places)], dtype=np.int64), places, values, 1, columns
