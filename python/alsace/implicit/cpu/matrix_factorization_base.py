"""Lists of a model that has factors of users and items."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...errors import InvalidArgument, NotFittedError
from .._checks import check_count, is_given, row_numbers
from ..recommender_base import RecommenderBase
from ._lists import lengths, listed, one_or_many, only_columns
from .topk import best, topk


class MatrixFactorizationBase(RecommenderBase):
    """Base of models with factors.

    Parameters
    ----------
    num_threads
        Of fits and lists; 0: all that this process may use. Never changes a result.

    Attributes
    ----------
    user_factors, item_factors
        [users, factors] and [items, factors], None before a fit.
    """

    def __init__(self, num_threads: int = 0) -> None:
        self.item_factors: np.ndarray | None = None
        self.user_factors: np.ndarray | None = None
        self._user_norms: np.ndarray | None = None
        self._item_norms: np.ndarray | None = None
        self.num_threads = num_threads

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
        """The best items of one user or many.

        Parameters
        ----------
        userid
            A row number, or an array of them.
        user_items
            CSR matrix [users asked for, items], a row for each of them: what they have met. None will
            do where nothing is filtered or recalculated.
        N
            Length of the lists.
        filter_already_liked_items
            Leaves out the stored places of user_items, stored zeros too.
        filter_items
            Row numbers of items that are never listed; not together with `items`.
        recalculate_user
            Solves the users anew from user_items, for users unknown or changed.
        items
            Row numbers: only these are ranked, all of them, those liked already last (with the lowest
            number of the type as score). N is cut to their number.

        Returns
        -------
        (ids, scores)
            int32 (with `items` int64) and the type of the factors, best first, ties by lower row. One
            user: at most N. Many: [users, N]; where fewer are left rows end with id -1 and the lowest
            number of the type.

        Raises
        ------
        InvalidArgument
            A ValueError: for a matrix of another format or number of rows, or N below 1.
        RowOutOfRange
            An IndexError and a ValueError: for users or items that are not in the model.
        NotFittedError
            Before a fit.
        """
        factors = self._fitted(self.item_factors)
        N = check_count(N)
        if filter_already_liked_items or recalculate_user:
            user_items = self._histories(userid, user_items)
        if items is not None and is_given(filter_items):
            raise InvalidArgument("give items or filter_items to recommend, not both.")
        user = self._user_factor(userid, user_items, recalculate_user)
        liked = user_items if filter_already_liked_items else None
        if items is None:
            ids, scores = best(factors, user, N, None, liked, filter_items, self.num_threads)
        else:
            items = np.unique(listed(items, len(factors), "items"))
            if liked is not None:
                liked = only_columns(items, liked)
            ids, scores = topk(
                factors[items], user, min(N, len(items)), None, liked, None, self.num_threads
            )
            ids = items[ids]
        return one_or_many(userid, ids, scores)

    @staticmethod
    def _histories(userid: Any, user_items: Any) -> Any:
        if hasattr(user_items, "tocsr") and len(user_items.shape) == 1:  # A row of a csr_array.
            user_items = user_items.reshape(1, -1).tocsr()
        if getattr(user_items, "format", None) != "csr":
            raise InvalidArgument(
                f"user_items is {type(user_items).__name__}, it needs to be a CSR sparse matrix "
                "[users asked for, items]. Convert it with .tocsr()."
            )
        count = 1 if np.ndim(userid) == 0 else len(userid)
        if user_items.shape[0] != count:
            raise InvalidArgument(
                f"user_items has shape {user_items.shape}, but {count} users are asked for: it must "
                "contain 1 row for every user in userids. Give user_items[userid]."
            )
        return user_items

    def recommend_all(
        self,
        user_items: Any,
        N: int = 10,
        recalculate_user: bool = False,
        filter_already_liked_items: bool = True,
        filter_items: Any = None,
        users_items_offset: int = 0,
    ) -> np.ndarray:
        """Ids that `recommend` gives for users_items_offset and the users after it, a row of
        user_items each; deprecated in its favour."""
        warnings.warn(
            "recommend_all is deprecated: call recommend with an array of user ids.",
            DeprecationWarning,
            stacklevel=2,
        )
        userids = np.arange(user_items.shape[0]) + users_items_offset
        ids, _ = self.recommend(
            userids,
            user_items,
            N=N,
            filter_already_liked_items=filter_already_liked_items,
            filter_items=filter_items,
            recalculate_user=recalculate_user,
        )
        return ids

    def similar_users(
        self, userid: Any, N: int = 10, filter_users: Any = None, users: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Users nearest by the cosine of their factors, the user itself first.

        Parameters
        ----------
        userid
            A row number, or an array of them.
        N
            Length of the lists.
        filter_users
            Row numbers that are never listed; not together with `users`.
        users
            Row numbers: only these are listed.

        Returns
        -------
        (ids, scores)
            As `recommend` gives them.
        """
        factors = self._fitted(self.user_factors)
        rows = row_numbers(userid, len(factors), "userid")
        return self._similar(
            (factors[rows], self.user_norms[rows]),
            (factors, self.user_norms),
            N,
            ("users", users),
            ("filter_users", filter_users),
        )

    def similar_items(
        self,
        itemid: Any,
        N: int = 10,
        recalculate_item: bool = False,
        item_users: Any = None,
        filter_items: Any = None,
        items: Any = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Items nearest by the cosine of their factors, the item itself first.

        Parameters
        ----------
        itemid
            A row number, or an array of them.
        N
            Length of the lists.
        recalculate_item
            Solves the items anew from item_users.
        item_users
            CSR matrix [items asked for, users]; without recalculate_item it is not used.
        filter_items
            Row numbers that are never listed; not together with `items`.
        items
            Row numbers: only these are listed.

        Returns
        -------
        (ids, scores)
            As `recommend` gives them.
        """
        factors = self._fitted(self.item_factors)
        asked = self._item_factor(itemid, item_users, recalculate_item)
        return self._similar(
            (asked, lengths(asked) if recalculate_item else self.item_norms[itemid]),
            (factors, self.item_norms),
            N,
            ("items", items),
            ("filter_items", filter_items),
        )

    def _similar(
        self,
        asked: tuple[np.ndarray, Any],
        table: tuple[np.ndarray, np.ndarray],
        N: int,
        only: tuple[str, Any],
        without: tuple[str, Any],
    ) -> tuple[np.ndarray, np.ndarray]:
        factors, norms = table
        if only[1] is None:
            return self._get_similarity_score(*asked, factors, norms, N, without[1])
        if is_given(without[1]):
            raise InvalidArgument(f"give {only[0]} or {without[0]}, not both.")
        rows = listed(only[1], len(factors), only[0])
        ids, scores = self._get_similarity_score(
            *asked, factors[rows], norms[rows], min(N, len(rows))
        )
        return rows[ids], scores

    def _get_similarity_score(
        self,
        factor: np.ndarray,
        norm: Any,
        factors: np.ndarray,
        norms: np.ndarray,
        N: int,
        filter_items: Any = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cosine of rows of length `norm` with the rows of a table of lengths `norms`."""
        ids, scores = best(factors, factor, N, norms, None, filter_items, self.num_threads)
        np.divide(scores, np.reshape(norm, (-1, 1)), out=scores, where=ids >= 0)
        return one_or_many(norm, ids, scores)

    def _user_factor(
        self, userid: Any, user_items: Any, recalculate_user: bool = False
    ) -> np.ndarray:
        if recalculate_user:
            return self.recalculate_user(userid, user_items)
        factors = self._fitted(self.user_factors)
        return np.asarray(factors[row_numbers(userid, len(factors), "userid")])

    def _item_factor(
        self, itemid: Any, item_users: Any, recalculate_item: bool = False
    ) -> np.ndarray:
        if recalculate_item:
            return self.recalculate_item(itemid, item_users)
        factors = self._fitted(self.item_factors)
        return np.asarray(factors[row_numbers(itemid, len(factors), "itemid")])

    def recalculate_user(self, userid: Any, user_items: Any) -> np.ndarray:
        """Factors of users from their rows of user_items; models that can override this."""
        raise NotImplementedError(f"{type(self).__name__} cannot solve users anew.")

    def recalculate_item(self, itemid: Any, item_users: Any) -> np.ndarray:
        """Factors of items from their rows of item_users; models that can override this."""
        raise NotImplementedError(f"{type(self).__name__} cannot solve items anew.")

    @property
    def user_norms(self) -> np.ndarray:
        """Lengths of user_factors, [users], those of 0 as 1e-10; kept until the factors change."""
        if self._user_norms is None:
            self._user_norms = lengths(self._fitted(self.user_factors))
        return self._user_norms

    @property
    def item_norms(self) -> np.ndarray:
        """Lengths of item_factors, [items], as `user_norms`."""
        if self._item_norms is None:
            self._item_norms = lengths(self._fitted(self.item_factors))
        return self._item_norms

    def _check_fit_errors(self) -> None:
        self._check_factors(self._fitted(self.user_factors), self._fitted(self.item_factors))

    def _fitted(self, factors: np.ndarray | None) -> np.ndarray:
        if factors is None:
            raise NotFittedError(
                f"{type(self).__name__} has no factors yet: call fit first, or load."
            )
        return factors
