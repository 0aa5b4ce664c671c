"""Rows of a trained model solved anew: for new users, changed users, and to explain a score."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...errors import InvalidArgument
from .._checks import RowOutOfRange, row_numbers
from ..utils import check_csr
from ._solve import solve_rows, user_linear_equation
from .matrix_factorization_base import MatrixFactorizationBase


class RowSolving(MatrixFactorizationBase):
    """The part of `AlternatingLeastSquares` that works on single rows."""

    factors: int
    regularization: float
    alpha: float
    _YtY: np.ndarray | None
    _XtX: np.ndarray | None

    def _weighted(self, matrix: Any) -> Any:
        """The matrix in CSR, float32, times alpha; a copy where that changes it."""
        matrix = check_csr(matrix)
        if self.alpha == 1.0 and matrix.dtype == np.float32:
            return matrix
        values = np.float32(self.alpha) * matrix.data.astype(np.float32)
        return type(matrix)((values, matrix.indices, matrix.indptr), shape=matrix.shape)

    def recalculate_user(self, userid: Any, user_items: Any) -> np.ndarray:
        """Factors of users from what they have met, with the items as they are; nothing is stored.

        Parameters
        ----------
        userid
            One or many; only their number counts.
        user_items
            CSR matrix [users, items], a row for each.

        Returns
        -------
        factors
            [factors] for one user, else [users, factors].
        """
        items = self._fitted(self.item_factors)
        return self._solved(userid, self._weighted(user_items), items, self.YtY, "user_items")

    def recalculate_item(self, itemid: Any, item_users: Any) -> np.ndarray:
        """Factors of items from who has met them, [items, users]; as `recalculate_user`."""
        users = self._fitted(self.user_factors)
        return self._solved(itemid, self._weighted(item_users), users, self.XtX, "item_users")

    def _solved(
        self, ids: Any, rows: Any, fixed: np.ndarray, gram: np.ndarray, name: str
    ) -> np.ndarray:
        count = 1 if np.ndim(ids) == 0 else len(ids)
        if rows.shape[0] != count:
            raise InvalidArgument(
                f"{name} has shape {rows.shape}, but {count} rows are to be solved: it should have one "
                "row for every id."
            )
        solved = solve_rows(rows, fixed, gram, self.regularization, self.num_threads)
        return solved[0] if np.ndim(ids) == 0 else solved

    def partial_fit_users(self, userids: Any, user_items: Any) -> None:
        """Solves users anew as `recalculate_user` and stores them; row numbers beyond the last add rows.

        Parameters
        ----------
        userids
            Row numbers.
        user_items
            CSR matrix [userids, items], all that each of them has met.
        """
        solved = self.recalculate_user(np.atleast_1d(userids), user_items)
        self.user_factors = _with_rows(self._fitted(self.user_factors), userids, solved, "userids")
        self._user_norms = None
        self._XtX = None

    def partial_fit_items(self, itemids: Any, item_users: Any) -> None:
        """Solves items anew from who has met them, [itemids, users]; as `partial_fit_users`."""
        solved = self.recalculate_item(np.atleast_1d(itemids), item_users)
        self.item_factors = _with_rows(self._fitted(self.item_factors), itemids, solved, "itemids")
        self._item_norms = None
        self._YtY = None

    def explain(
        self, userid: int, user_items: Any, itemid: int, user_weights: Any = None, N: int = 10
    ) -> tuple[float, list[tuple[int, float]], Any]:
        """What each item that a user has met adds to the score of an item.

        Parameters
        ----------
        userid
            A row of user_items.
        user_items
            CSR matrix [users, items], whole.
        itemid
            The item whose score is explained.
        user_weights
            The third result of an earlier call for the same user, which saves the time.
        N
            Most contributions given back.

        Returns
        -------
        (score, contributions, user_weights)
            The sum over all liked items; (item, part of the score) of the N largest parts, largest
            first; and scipy's `cho_factor` of the user's system.
        """
        items = self._fitted(self.item_factors)
        matrix = self._weighted(user_items)
        row_numbers(userid, matrix.shape[0], "userid")
        row_numbers(itemid, len(items), "itemid")
        if user_weights is None:
            A, _ = user_linear_equation(
                items, self.YtY, matrix, userid, self.regularization, self.factors
            )
            user_weights = scipy.linalg.cho_factor(A)
        weighted = scipy.linalg.cho_solve(user_weights, items[itemid])
        places = slice(matrix.indptr[userid], matrix.indptr[userid + 1])
        liked = matrix.data[places] >= 0
        met = matrix.indices[places][liked]
        parts = matrix.data[places][liked] * (items[met] @ weighted)
        best = np.argsort(-parts, kind="stable")[:N]
        return float(parts.sum()), [(int(met[i]), float(parts[i])) for i in best], user_weights

    @property
    def YtY(self) -> np.ndarray:
        """item_factors' times item_factors, float64 [factors, factors]; kept until they change."""
        if self._YtY is None:
            self._YtY = _gram(self._fitted(self.item_factors))
        return self._YtY

    @property
    def XtX(self) -> np.ndarray:
        """The same of user_factors."""
        if self._XtX is None:
            self._XtX = _gram(self._fitted(self.user_factors))
        return self._XtX


def _gram(factors: np.ndarray) -> np.ndarray:
    wide = factors.astype(np.float64)
    return wide.T @ wide


def _with_rows(factors: np.ndarray, ids: Any, solved: np.ndarray, name: str) -> np.ndarray:
    """The factors with rows `ids` replaced, as many rows added as that needs."""
    ids = np.atleast_1d(ids)
    if ids.dtype.kind not in "iu" or (ids < 0).any():
        raise RowOutOfRange(f"{name} must hold row numbers of 0 or more.")
    missing = int(ids.max(initial=-1)) + 1 - len(factors)
    if missing > 0:
        rows = np.zeros((missing, factors.shape[1]), dtype=factors.dtype)
        factors = np.concatenate([factors, rows])
    factors[ids] = solved
    return factors
