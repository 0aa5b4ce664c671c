"""What both models share: fitting, and scikit-learn's conventions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _data, _engine, _ids, _numbers
from ._answers import Answers, _history, _matrix, _one_row
from ._progress import Progress
from .errors import InvalidArgument

if TYPE_CHECKING:
    from typing_extensions import Self


class ALS(Answers):
    """Base of `ImplicitALS` and `ExplicitALS`, not made by itself."""

    _feedback: ClassVar[str]
    _duplicates: ClassVar[str]

    # -- scikit-learn's conventions -----------------------------------------------------------------

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments by name, as scikit-learn has it.

        Parameters
        ----------
        deep
            Has no effect: none of the arguments is a model.

        Examples
        --------
        >>> import alsace
        >>> alsace.ImplicitALS(factors=8).get_params()["factors"]
        8
        """
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **parameters: Any) -> Self:
        """Sets constructor arguments by name, and returns the model itself.

        Parameters
        ----------
        parameters
            Of the constructor, each by its name.

        Raises
        ------
        InvalidArgument
            For a name that the constructor does not have. Values are looked at by `fit`.

        Examples
        --------
        >>> import alsace
        >>> alsace.ImplicitALS().set_params(factors=8)
        ImplicitALS(factors=8)
        """
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

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may ask of the model; only it calls this, so it is there."""
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            input_tags=InputTags(sparse=True),
        )

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
    ) -> Self:
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
            returns False, training ends there. What it raises ends training too, and comes out.
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
        InvalidArgument
            For data of a kind or shape that cannot be taken, and options out of their range.
        InvalidData
            For values that cannot be understood, nulls among them.
        IoError
            When a file cannot be read.
        NumericalFailure
            When a row's system has no solution; the message says what to change.

        Examples
        --------
        >>> import alsace, numpy as np
        >>> model = alsace.ImplicitALS(factors=2, iterations=5, threads=1)
        >>> model = model.fit(np.array([[1, 2, 0], [0, 1, 1]]), item_ids=["x", "y", "z"])
        >>> model.user_factors.shape, list(model.item_ids), model.objective.shape
        ((2, 2), ['x', 'y', 'z'], (5,))
        """
        if callback is not None and not callable(callback):
            raise InvalidArgument(f"callback is {callback!r:.80}, it must be a function or None.")
        columns = {"user": user, "item": item, "value": value, "time": time}
        ids = {"user_ids": user_ids, "item_ids": item_ids}
        options = self._engine_options()
        given = self._training_data(data, columns, ids)
        control = self._start(warm_start)
        bar = Progress(options["iterations"]) if _numbers.flag(progress, "progress") else None
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

    def _training_data(self, data: Any, columns: dict[str, Any], ids: dict[str, Any]) -> _engine.Interactions | _engine.CsrInteractions:
        if isinstance(data, _engine.Interactions):
            return data
        if data is not None and _numbers.is_matrix(data):
            _data._refuse_columns(columns)
            sides = (_ids.given_ids(side) for side in ids.values())
            return _engine.CsrInteractions.copy_of(_numbers.csr(data), *sides)
        return _data.interactions(data, **columns, duplicates=self._duplicates, threads=self.threads)

    @staticmethod
    def _start(warm_start: ALS | tuple[Any, Any] | None) -> dict[str, Any]:
        if warm_start is None:
            return {}
        if isinstance(warm_start, ALS):
            return {"warm_start": warm_start._fitted()}
        try:
            users, items = (np.ascontiguousarray(side, dtype=np.float32) for side in warm_start)
        except (TypeError, ValueError) as error:
            raise InvalidArgument(
                "warm_start must be a trained model, or a pair of arrays (user_factors, "
                f"item_factors), it is {type(warm_start).__name__}."
            ) from error
        for name, side in (("user_factors", users), ("item_factors", items)):
            if side.ndim != 2:
                raise InvalidArgument(
                    f"warm_start: {name} have shape {side.shape}, expected (rows, factors)."
                )
        return {"start_users": users, "start_items": items}

    def partial_fit_users(self, users: Any, user_items: Any) -> Self:
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
            On an error the model stays as it was.

        Raises
        ------
        InvalidArgument
            For a matrix of the wrong shape, or an id that is given twice.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, threads=1)
        >>> model = model.fit(user=["ann", "ann", "bob"], item=["x", "y", "x"])
        >>> model = model.partial_fit_users("cat", {"y": 2})
        >>> list(model.user_ids), list(model.recommend("cat")[0])
        (['ann', 'bob', 'cat'], ['x'])
        """
        model, ids = self._fitted(), _ids.to_engine(users)
        if _ids.is_single(users) and not _numbers.is_matrix(user_items):
            rows = _one_row(*_history(user_items, model.item_rows), model.n_items)
        else:
            rows = _matrix(user_items, "user_items", (len(ids), model.n_items), "users, items")
        return self._adopt(model.partial_fit_users(ids, rows, self._thread_count()))

    def partial_fit_items(self, items: Any, item_users: Any) -> Self:
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
            On an error the model stays as it was.

        Raises
        ------
        InvalidArgument
            For a matrix of the wrong shape, or an id that is given twice.

        Examples
        --------
        >>> import alsace
        >>> model = alsace.ImplicitALS(factors=2, threads=1)
        >>> model = model.fit(user=["ann", "ann", "bob"], item=["x", "y", "x"])
        >>> model = model.partial_fit_items("z", ["ann"])
        >>> list(model.item_ids), list(model.recommend("bob", top_k=1)[0])
        (['x', 'y', 'z'], ['y'])
        """
        model, ids = self._fitted(), _ids.to_engine(items)
        if _ids.is_single(items) and not _numbers.is_matrix(item_users):
            rows = _one_row(*_history(item_users, model.user_rows), model.n_users)
        else:
            rows = _matrix(item_users, "item_users", (len(ids), model.n_users), "items, users")
        return self._adopt(model.partial_fit_items(ids, rows, self._thread_count()))

    def _adopt(self, model: _engine.Model) -> Self:
        self._model = model
        return self


def _both(bar: Progress | None, callback: Any) -> Any:
    if bar is None or callback is None:
        return bar or callback

    def call(iteration: int, seconds: float, objective: float) -> Any:
        bar(iteration, seconds, objective)
        return callback(iteration, seconds, objective)

    return call
