"""What every model of this tree has."""

from __future__ import annotations

import os
import warnings
from abc import ABCMeta, abstractmethod
from typing import Any

import numpy as np

from ..errors import Error, IncompatibleModel


class ModelFitError(Error, ValueError):
    """Training has no finite result: the data, alpha or regularization must change."""


class RecommenderBase(metaclass=ABCMeta):
    """Interface of a model; `alsace.implicit.cpu.als` documents what arguments mean."""

    @abstractmethod
    def fit(self, user_items: Any, show_progress: bool = True, callback: Any = None) -> None:
        """Trains the model on a matrix [users, items]."""

    @abstractmethod
    def recommend(
        self,
        userid: Any,
        user_items: Any,
        N: int = 10,
        filter_already_liked_items: bool = True,
        filter_items: Any = None,
        recalculate_user: bool = False,
        items: Any = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The best items of one user or many, as (ids, scores)."""

    @abstractmethod
    def similar_users(
        self, userid: Any, N: int = 10, filter_users: Any = None, users: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The nearest users of one user or many, as (ids, scores)."""

    @abstractmethod
    def similar_items(
        self,
        itemid: Any,
        N: int = 10,
        recalculate_item: bool = False,
        item_users: Any = None,
        filter_items: Any = None,
        items: Any = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The nearest items of one item or many, as (ids, scores)."""

    @abstractmethod
    def save(self, fileobj_or_path: Any) -> None:
        """Writes the model as an .npz file."""

    @classmethod
    def load(cls, fileobj_or_path: Any) -> Any:
        """A model of a file written by `save`, here or by the original package.

        Parameters
        ----------
        fileobj_or_path
            An open binary file or a path; ".npz" is added to a path without it.

        Raises
        ------
        IncompatibleModel
            For a file of another model; nothing in a file is ever executed. A random_state that the
            original wrote as a Python object is left out.
        """
        if isinstance(fileobj_or_path, (str, os.PathLike)):
            path = os.fspath(fileobj_or_path)
            fileobj_or_path = path if path.endswith(".npz") else path + ".npz"
        model = cls()
        with np.load(fileobj_or_path, allow_pickle=False) as data:
            for name in data.files:
                _set_field(model, name, data)
        return model

    def rank_items(
        self, userid: Any, user_items: Any, selected_items: Any, recalculate_user: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """`recommend` with ``items=selected_items`` and nothing filtered; deprecated in its favour."""
        warnings.warn(
            "rank_items is deprecated: call recommend with items= instead.",
            DeprecationWarning,
            stacklevel=2,
        )
        return self.recommend(
            userid,
            user_items,
            recalculate_user=recalculate_user,
            items=selected_items,
            filter_already_liked_items=False,
        )

    @staticmethod
    def _check_factors(user_factors: np.ndarray, item_factors: np.ndarray) -> None:
        for side, factors in (("user", user_factors), ("item", item_factors)):
            if not np.isfinite(factors).all():
                raise ModelFitError(f"{side}_factors are not finite. Raise regularization.")


def _set_field(model: Any, name: str, data: Any) -> None:
    if name not in vars(model):
        raise IncompatibleModel(
            f"the file has a field {name!r}, which {type(model).__name__} does not have. Was it saved "
            "by a model of another kind?"
        )
    try:
        value = data[name]
    except ValueError as error:
        if name == "random_state":
            return
        raise IncompatibleModel(
            f"the field {name!r} of the file cannot be read: {error}"
        ) from error
    if name == "dtype":
        value = np.dtype(str(value))
    elif value.shape == ():
        value = value.item()
    setattr(model, name, value)
