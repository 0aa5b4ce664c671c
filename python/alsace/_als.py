"""What both models share: fitting, asking, saving."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from . import _data, _engine, _ids, _numbers
from ._progress import Progress
from .errors import InvalidArgument, NotFittedError


class Explanation(NamedTuple):
    """Why a user gets a score: score = mean + item_bias + user_bias + sum of contributions."""

    score: float
    mean: float
    item_bias: float
    user_bias: float
    items: np.ndarray
    """Ids of the user's history, the largest contribution first."""
    contributions: np.ndarray
    """What each of them adds to the score, float32."""


class ALS:
    """Base of `ImplicitALS` and `ExplicitALS`, not made by itself."""

    _feedback: ClassVar[str]
    _duplicates: ClassVar[str]
    _model: _engine.Model | None = None
    _columns: tuple[_ids.IdColumn, _ids.IdColumn] | None = None

    # -- scikit-learn's conventions -----------------------------------------------------------------

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments by name. `deep` has no effect: none of them is a model."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **parameters: Any) -> ALS:
        """Sets constructor arguments by name, and returns the model itself."""
        known = self._parameter_names()
        for name, value in parameters.items():
            if name not in known:
                raise InvalidArgument(
                    f"{type(self).__name__} has no parameter {name!r}. It has {', '.join(known)}."
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name].default)  # What it is: an array has no one `!=`.
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_is_fitted__(self) -> bool:
        return self._model is not None

    # -- training -----------------------------------------------------------------------------------

    def fit(
        self,
        data: Any = None,
        y: Any = None,
        *,
        user: Any = None,
        item: Any = None,
        value: Any = None,
        time: Any = None,
        user_ids: Any = None,
        item_ids: Any = None,
        progress: bool = False,
        callback: Callable[[int, float, float], Any] | None = None,
        warm_start: ALS | tuple[Any, Any] | None = None,
    ) -> ALS:
        """Trains the model.

        Parameters
        ----------
        data
            Interactions in any form that `alsace.interactions` takes: a scipy matrix [users, items],
            a data frame, a path, columns; or its result. scipy's CSR is read where it lies.
        y
            Ignored; scikit-learn's pipelines give one.
        user, item, value, time
            Columns, by name or as they are; see `alsace.interactions`.
        user_ids, item_ids
            Ids of the rows and columns of a matrix (default: their numbers from 0).
        progress
            Shows a bar by tqdm where that is installed, else a line per iteration on stderr.
        callback
            Called after each iteration with its number from 1, its seconds and the objective; when it
            returns False, training ends there.
        warm_start
            A model to start from, whose rows are matched by id, or a pair of arrays
            (user_factors, item_factors) by row.

        Returns
        -------
        self
            Ctrl-C ends training within a half-step; the model is then whole and usable, and
            KeyboardInterrupt is raised.

        Raises
        ------
        InvalidArgument, InvalidData, NumericalFailure
        """
        columns = {"user": user, "item": item, "value": value, "time": time}
        ids = {"user_ids": user_ids, "item_ids": item_ids}
        options = self._engine_options()
        given = self._training_data(data, columns, ids)
        control = self._start(warm_start)
        bar = Progress(options["iterations"]) if progress else None
        control["after_iteration"] = _both(bar, callback)
        try:
            if isinstance(given, _engine.CsrInteractions):
                model, raised = _engine.train(given, options, control)
            else:
                model, raised = _engine.train(given, options, control, given is not data)
        finally:
            if bar is not None:
                bar.close()
        self._adopt(model)
        if raised is not None:
            raise raised
        return self

    def _engine_options(self) -> dict[str, Any]:
        """The constructor's arguments under the engine's names."""
        raise NotImplementedError

    def _training_data(self, data: Any, columns: dict[str, Any], ids: dict[str, Any]) -> Any:
        if isinstance(data, _engine.Interactions):
            return data
        if data is not None and _numbers.is_matrix(data):
            _data._refuse_columns(columns)
            return _engine.CsrInteractions.copy_of(
                _numbers.csr(data), *(_ids.to_engine(side) for side in ids.values())
            )
        return _data.interactions(data, **columns, duplicates=self._duplicates, threads=self.threads)

    @staticmethod
    def _start(warm_start: ALS | tuple[Any, Any] | None) -> dict[str, Any]:
        if warm_start is None:
            return {}
        if isinstance(warm_start, ALS):
            return {"warm_start": warm_start._fitted()}
        users, items = (np.ascontiguousarray(side, dtype=np.float32) for side in warm_start)
        return {"start_users": users, "start_items": items}

    def partial_fit_users(self, users: Any, user_items: Any) -> ALS:
        """Solves `users` anew from their whole histories, with the items as they are.

        Parameters
        ----------
        users
            One id or many; ids the model does not know are added.
        user_items
            Their histories: a matrix [users, items] with a column for each item of the model, or for
            one user whatever `recommend(history=...)` takes.

        Returns
        -------
        self
        """
        rows = self._histories(users, user_items)
        ids = [users] if _ids.is_single(users) else users
        model = self._fitted().partial_fit_users(_ids.to_engine(ids), rows, self.threads)
        return self._adopt(model)

    def partial_fit_items(self, items: Any, item_users: Any) -> ALS:
        """Solves `items` anew from the users that touched them, with the users as they are.

        Parameters
        ----------
        items
            One id or many; ids the model does not know are added.
        item_users
            A matrix [items, users] with a column for each user of the model, or for one item the ids
            of its users, or a mapping of their values.

        Returns
        -------
        self
        """
        model = self._fitted()
        if _ids.is_single(items):
            items = [items]
            places, values = _history(item_users, model.user_rows)
            rows = _one_row(places, values, model.n_users)
        else:
            rows = self._matrix(item_users, "item_users", (len(items), model.n_users), "items, users")
        return self._adopt(model.partial_fit_items(_ids.to_engine(items), rows, self.threads))

    def _histories(self, users: Any, user_items: Any) -> _numbers.CsrTuple:
        model = self._fitted()
        if _ids.is_single(users) and not _numbers.is_matrix(user_items):
            return _one_row(*_history(user_items, model.item_rows), model.n_items)
        count = 1 if _ids.is_single(users) else len(users)
        return self._matrix(user_items, "user_items", (count, model.n_items), "users, items")

    def _many(self, history: Any) -> _numbers.CsrTuple:
        return self._matrix(history, "history", (None, self._fitted().n_items), "users, items")

    @staticmethod
    def _matrix(matrix: Any, name: str, shape: tuple[int | None, int], what: str) -> _numbers.CsrTuple:
        rows = _numbers.csr(matrix, name)
        shape = rows[3] if shape[0] is None else shape[0], shape[1]
        if rows[3:] != shape:
            raise InvalidArgument(
                f"{name} has shape {rows[3:]}, expected ({what}), which is {shape}."
            )
        return rows

    # -- what was trained -----------------------------------------------------------------------------

    def _adopt(self, model: _engine.Model) -> ALS:
        self._model, self._columns = model, None
        return self

    def _fitted(self) -> _engine.Model:
        if self._model is None:
            raise NotFittedError(f"this {type(self).__name__} has not been trained. Call fit first.")
        return self._model

    def _id_columns(self) -> tuple[_ids.IdColumn, _ids.IdColumn]:
        if self._columns is None:
            model = self._fitted()
            self._columns = _ids.IdColumn(model.user_ids()), _ids.IdColumn(model.item_ids())
        return self._columns

    @property
    def user_factors(self) -> np.ndarray:
        """float32 [users, factors], read only. Users without a training interaction have zeros."""
        return self._fitted().user_factors()

    @property
    def item_factors(self) -> np.ndarray:
        """float32 [items, factors], read only."""
        return self._fitted().item_factors()

    @property
    def user_ids(self) -> np.ndarray:
        """Id of each row of `user_factors`: int64, or str as objects."""
        return self._id_columns()[0].ids

    @property
    def item_ids(self) -> np.ndarray:
        """Id of each row of `item_factors`."""
        return self._id_columns()[1].ids

    @property
    def item_counts(self) -> np.ndarray:
        """Training interactions of each item: its popularity. int64 [items]"""
        return self._fitted().item_counts()

    @property
    def user_counts(self) -> np.ndarray:
        """Training interactions of each user. int64 [users]"""
        return self._fitted().user_counts()

    @property
    def objective(self) -> np.ndarray:
        """What training made small, after each iteration. float64 [iterations]"""
        return np.array(self._fitted().summary()["objective"])

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
    ) -> tuple[np.ndarray, np.ndarray]:
        """The best items for one user or many.

        Parameters
        ----------
        user
            An id, or many of them.
        history
            Instead of `user`: what an unknown user touched, as item ids, as a mapping of item ids to
            values, or as pairs (item ids, values); or a matrix [users, items] of many histories.
        top_k
            Length of a list.
        include_seen
            Also items of the user's own history.
        allow, deny
            Item ids: only these, never these.

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
        """
        model, items = self._fitted(), self._id_columns()[1]
        if (user is None) == (history is None):
            raise InvalidArgument("recommend takes either a user or a history.")
        options = self._list_options(top_k, include_seen, allow, deny)
        if history is None and _ids.is_single(user):
            rows, scores = model.recommend(user, options)
        elif history is None:
            users = model.user_rows(_ids.to_engine(user), False)
            rows, scores = model.recommend_many(users, options, self.threads)
        elif _is_many(history):
            rows, scores = model.recommend_for_many(self._many(history), options, self.threads)
        else:
            rows, scores = model.recommend_for(*_history(history, model.item_rows), options)
        return items[rows], scores

    def _list_options(self, top_k: int, include_seen: bool, allow: Any, deny: Any) -> tuple[Any, ...]:
        allowed, denied = (
            None if side is None else self._fitted().item_rows(_ids.to_engine(side), False)
            for side in (allow, deny)
        )
        if allowed is not None and allowed.size == 0:  # To the engine an empty list says nothing.
            allowed, denied = None, np.arange(self._fitted().n_items, dtype=np.int32)
        return top_k, include_seen, allowed, denied

    def similar_items(self, item: Any, *, top_k: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Nearest items by cosine of their factors, the item itself left out.

        Returns (ids, scores) as `recommend` does, for one item or many.
        """
        model = self._fitted()
        return self._similar(item, model.item_rows, model.similar_items, 1, top_k)

    def similar_users(self, user: Any, *, top_k: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Nearest users by cosine of their factors, the user left out; as `similar_items`."""
        model = self._fitted()
        return self._similar(user, model.user_rows, model.similar_users, 0, top_k)

    def _similar(
        self, ids: Any, rows_of: Any, similar: Any, side: int, top_k: int
    ) -> tuple[np.ndarray, np.ndarray]:
        single = _ids.is_single(ids)
        rows, scores = similar(rows_of(_ids.to_engine([ids] if single else ids), False), top_k)
        found = self._id_columns()[side][rows]
        return (found[0], scores[0]) if single else (found, scores)

    def explain(self, user: Any, item: Any) -> Explanation:
        """What each item of the user's history adds to the score of an item."""
        model = self._fitted()
        score, mean, item_bias, user_bias, rows, parts = model.explain(
            model.user_row(user), model.item_row(item)
        )
        return Explanation(score, mean, item_bias, user_bias, self._id_columns()[1][rows], parts)

    def fold_in(self, history: Any, *, return_bias: bool = False) -> Any:
        """Factors of a user the model has not seen, against the items as they are.

        Parameters
        ----------
        history
            As for `recommend`.
        return_bias
            Also the bias, for models with `biases`.

        Returns
        -------
        factors
            float32 [factors], or [users, factors] for a matrix; with `return_bias` a pair of factors
            and bias. The history of a trained user gives that user's row of `user_factors`.
        """
        model = self._fitted()
        many = _is_many(history)
        if many:
            rows = self._many(history)
        else:
            rows = _one_row(*_history(history, model.item_rows), model.n_items)
        factors, biases = model.fold_in(rows, self.threads)
        if not many:
            factors, biases = factors[0], float(biases[0])
        return (factors, biases) if return_bias else factors

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
        """
        model = self._fitted()
        single = _ids.is_single(users) and _ids.is_single(items)
        sides = [[users], [items]] if single else [users, items]
        if len(sides[0]) != len(sides[1]):
            raise InvalidArgument(
                f"predict: {len(sides[0])} users and {len(sides[1])} items. Give pairs."
            )
        scores = model.predict(
            model.user_rows(_ids.to_engine(sides[0]), True),
            model.item_rows(_ids.to_engine(sides[1]), True),
        )
        return float(scores[0]) if single else scores

    # -- files and copies -------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model to a file that `alsace.load` and the alsace program read.

        Raises
        ------
        IoError
            When it cannot be written; a file that was there stays as it was.
        """
        self._fitted().save(_data.path_text(path))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_columns": None}


def _both(bar: Progress | None, callback: Any) -> Any:
    if bar is None or callback is None:
        return bar or callback

    def call(iteration: int, seconds: float, objective: float) -> Any:
        bar(iteration, seconds, objective)
        return callback(iteration, seconds, objective)

    return call


def _is_many(history: Any) -> bool:
    """A matrix of many histories, rather than one of them?"""
    return _numbers.is_matrix(history) and np.ndim(history) != 1


def _history(history: Any, rows_of: Any) -> tuple[np.ndarray, np.ndarray]:
    """Rows and values of one history: ids, a mapping of ids to values, or (ids, values)."""
    values = None
    if isinstance(history, Mapping):
        history, values = list(history.keys()), list(history.values())
    elif isinstance(history, tuple) and len(history) == 2 and not _ids.is_single(history[0]):
        history, values = history
    rows = rows_of(_ids.to_engine(history), False)
    if values is None:
        return rows, np.ones(len(rows), dtype=np.float32)
    values = _numbers.numbers(values, "values of the history").astype(np.float32)
    if len(values) != len(rows):
        raise InvalidArgument(f"a history of {len(rows)} ids has {len(values)} values.")
    return rows, values


def _one_row(places: np.ndarray, values: np.ndarray, columns: int) -> _numbers.CsrTuple:
    return np.array([0, len(places)], dtype=np.int64), places, values, 1, columns
