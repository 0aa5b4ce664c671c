"""Half-steps and the loss on a caller's own arrays, with the signatures of ``implicit.cpu.als``.

Everywhere `Cui` is a CSR matrix whose values are confidence, alpha included: |value| is c, and
preference is 1 for values above 0 and else 0. A stored 0 weighs nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _engine, _numbers
from ...errors import InvalidArgument, InvalidData, NumericalFailure
from .._checks import check_columns
from ..utils import check_csr


def engine_options(
    factors: int, regularization: float, num_threads: int = 0, exact: bool = False
) -> dict[str, Any]:
    """Options of the engine under which a value r of a matrix means c = |r|, p = 1 if r > 0."""
    return {
        "feedback": "implicit",
        "confidence": "scaled",
        "alpha": 1.0,
        "dislikes": True,
        "factors": factors,
        "regularization": float(regularization),
        "threads": num_threads,
        "solver": "exact" if exact else "auto",
    }


def check_dtype(dtype: Any) -> None:
    """Factors are stored as float32 or float64; the engine computes in float32 with double sums."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise InvalidArgument(f"Invalid dtype {np.dtype(dtype)}: factors are float32 or float64.")


def least_squares(
    Cui: Any, X: np.ndarray, Y: np.ndarray, regularization: float, num_threads: int = 0
) -> None:
    """Solves every row of X given Y, to the last digits, and writes it in place.

    Parameters
    ----------
    Cui
        [rows of X, rows of Y], confidence.
    X, Y
        Factors, float32 or float64; rows of X without a stored place become 0.
    regularization
        0 or more.
    num_threads
        0: all that this process may use.
    """
    _half_step(Cui, X, Y, engine_options(X.shape[1], regularization, num_threads, exact=True))


def least_squares_cg(
    Cui: Any,
    X: np.ndarray,
    Y: np.ndarray,
    regularization: float,
    num_threads: int = 0,
    cg_steps: int = 3,
) -> None:
    """Moves every row of X towards its solution given Y by conjugate gradients, in place.

    As `least_squares`, but starts from the rows of X. `cg_steps` is accepted and not used: the engine
    preconditions, and takes the steps that a row needs.
    """
    _half_step(Cui, X, Y, engine_options(X.shape[1], regularization, num_threads))


def _half_step(Cui: Any, X: np.ndarray, Y: np.ndarray, options: dict[str, Any]) -> None:
    check_dtype(X.dtype)
    check_dtype(Y.dtype)
    solved = np.array(X, dtype=np.float32, order="C")
    fixed = np.ascontiguousarray(Y, dtype=np.float32)
    _engine.half_step(_numbers.csr(check_csr(Cui), "Cui"), fixed, solved, options)
    X[:] = solved


def calculate_loss(
    Cui: Any, X: np.ndarray, Y: np.ndarray, regularization: float, num_threads: int = 0
) -> float:
    """The training loss: what least squares minimizes, over the sum of all confidence.

    ``(sum of c (p - x.y)^2 over all pairs + sum of c of disliked ones + regularization (|X|^2 +
    |Y|^2)) / (sum of c over all pairs)``, pairs without a stored place having c = 1. Disliked pairs
    are those with a value below 0: the original counts their c once more, so this does.

    Parameters
    ----------
    Cui
        [users, items], confidence.
    X, Y
        Factors of users and of items.
    """
    Cui = check_csr(Cui)
    users, items = (np.ascontiguousarray(side, dtype=np.float32) for side in (X, Y))
    options = engine_options(users.shape[1], 0.0, num_threads)
    value = _engine.objective(_numbers.csr(Cui, "Cui"), users, items, options)
    squares = sum(np.einsum("ij,ij->", side, side, dtype=np.float64) for side in (users, items))
    return normalized_loss(Cui, value + regularization * squares)


def normalized_loss(Cui: Any, objective: float) -> float:
    """`calculate_loss` of the engine's objective, its regularization included."""
    confidence = np.abs(Cui.data).sum(dtype=np.float64)
    disliked = -Cui.data[Cui.data < 0].sum(dtype=np.float64)
    return float((objective + disliked) / (confidence + Cui.shape[0] * Cui.shape[1] - Cui.nnz))


def user_linear_equation(
    Y: np.ndarray, YtY: np.ndarray, Cui: Any, u: int, regularization: float, n_factors: int
) -> tuple[np.ndarray, np.ndarray]:
    """The system A x = b of row u, in float64.

    A = YtY + regularization I + sum of (c - 1) y y', b = sum of c p y over the row's stored places.

    Returns
    -------
    (A, b)
        [factors, factors] and [factors].
    """
    places = slice(Cui.indptr[u], Cui.indptr[u + 1])
    value = Cui.data[places].astype(np.float64)
    rows = Y[Cui.indices[places]].astype(np.float64)
    A = YtY + regularization * np.eye(n_factors)
    A += (rows.T * (np.abs(value) - 1)) @ rows
    return A, np.maximum(value, 0) @ rows


def user_factor(
    Y: np.ndarray, YtY: np.ndarray, Cui: Any, u: int, regularization: float, n_factors: int
) -> np.ndarray:
    """The solution of `user_linear_equation`, float64 [factors]; 0 for a row without places."""
    A, b = user_linear_equation(Y, YtY, Cui, u, regularization, n_factors)
    if not (np.isfinite(A).all() and np.isfinite(b).all()):
        raise InvalidData(f"row {u} of the matrix, or a factor it meets, is not a finite number.")
    if not b.any():
        return np.zeros(n_factors)
    try:
        return np.linalg.solve(A, b)
    except np.linalg.LinAlgError as error:
        raise NumericalFailure(
            f"the system of row {u} has no single solution. Raise regularization."
        ) from error


def item_factor(
    X: np.ndarray, XtX: np.ndarray, Cui: Any, u: int, regularization: float, n_factors: int
) -> np.ndarray:
    """`user_factor` with the sides exchanged: X are users, Cui is [items, users]."""
    return user_factor(X, XtX, Cui, u, regularization, n_factors)


# The engine prepares the whole fixed side first, which is worth it for this many rows.
_ROWS_FOR_ENGINE = 64


def solve_rows(
    Cui: Any, Y: np.ndarray, YtY: np.ndarray, regularization: float, num_threads: int
) -> np.ndarray:
    """Factors of every row of Cui given Y, of the type of Y."""
    factors = Y.shape[1]
    check_columns(Cui, len(Y), "the matrix")
    solved = np.zeros((Cui.shape[0], factors), dtype=Y.dtype)
    if Cui.shape[0] >= _ROWS_FOR_ENGINE:
        least_squares(Cui, solved, Y, regularization, num_threads)
        return solved
    for row in range(Cui.shape[0]):
        solved[row] = user_factor(Y, YtY, Cui, row, regularization, factors)
    return solved
