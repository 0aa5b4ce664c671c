"""Alternating least squares with the surface of ``implicit.cpu.als``, on Alsace's engine."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _engine, _numbers
from ..._progress import Progress
from ...errors import InvalidArgument, InvalidData, NumericalFailure
from ..gpu import als as gpu_als
from ..recommender_base import ModelFitError
from ..utils import check_random_state
from ._rows import RowSolving
from ._solve import (
    calculate_loss,
    check_dtype,
    engine_options,
    item_factor,
    least_squares,
    least_squares_cg,
    normalized_loss,
    user_factor,
    user_linear_equation,
)

__all__ = [
    "AlternatingLeastSquares",
    "calculate_loss",
    "item_factor",
    "least_squares",
    "least_squares_cg",
    "user_factor",
    "user_linear_equation",
]

log = logging.getLogger("implicit")


class AlternatingLeastSquares(RowSolving):
    """Factors of users and items for implicit feedback (Hu, Koren, Volinsky 2008).

    Parameters
    ----------
    factors
        Latent dimensions, 1 or more.
    regularization
        0 or more, the same for every row.
    alpha
        What values of the matrix are multiplied by: confidence is alpha |r|.
    dtype
        float32 or float64, the type of stored factors and scores; the engine computes in float32
        with sums in double.
    use_native
        Accepted; the engine is always native.
    use_cg
        True: rows by a few conjugate gradients; False: to the last digits.
    iterations
        Of users from items and then items from users; 0 leaves the start factors.
    calculate_training_loss
        Hands the loss to callbacks and the log; the engine knows it anyway.
    num_threads
        0: all that this process may use. Never changes the factors.
    random_state
        Seed, Generator, RandomState or None: start factors are drawn from it as the original does,
        those of users first.

    Attributes
    ----------
    user_factors, item_factors
        [users, factors] and [items, factors]. A fit starts from them where they are there.
    cg_steps
        Kept for callers; the engine takes the steps that a row needs.
    fit_callback
        Called by fits that are given no callback.
    """

    def __init__(
        self,
        factors: int = 100,
        regularization: float = 0.01,
        alpha: float = 1.0,
        dtype: Any = np.float32,
        use_native: bool = True,
        use_cg: bool = True,
        iterations: int = 15,
        calculate_training_loss: bool = False,
        num_threads: int = 0,
        random_state: Any = None,
    ) -> None:
        super().__init__(num_threads=num_threads)
        self.factors = factors
        self.regularization = regularization
        self.alpha = alpha
        self.dtype = np.dtype(dtype)
        self.use_native = use_native
        self.use_cg = use_cg
        self.iterations = iterations
        self.calculate_training_loss = calculate_training_loss
        self.fit_callback: Callable[..., Any] | None = None
        self.cg_steps = 3
        self.random_state = random_state
        self._YtY = None
        self._XtX = None

    def fit(
        self,
        user_items: Any,
        show_progress: bool = True,
        callback: Callable[..., Any] | None = None,
    ) -> None:
        """Trains on a matrix of confidence, starting from the factors that are there.

        At the end users are solved once more from the items, so that `recalculate_user` of what a
        user has met gives the stored factors.

        Parameters
        ----------
        user_items
            CSR matrix [users, items]; other formats are converted with a ParameterWarning. Values
            above 0 are liked, those below disliked, both with confidence alpha |r|; a stored 0 weighs
            nothing. Places stored more than once are summed.
        show_progress
            A bar, or a line per iteration.
        callback
            Called as ``callback(iteration from 0, seconds, loss or None)`` after each iteration.

        Raises
        ------
        ModelFitError
            For values that are not finite, or a system without a solution. Ctrl-C and what a callback
            raises end training within a half-step and leave a model that is whole.
        InvalidArgument
            For an option out of its range, or factors that do not fit the matrix.
        """
        check_dtype(self.dtype)
        Cui = self._weighted(user_items)
        start = self._start_factors(Cui.shape)
        if self.iterations != 0 and Cui.nnz > 0:
            raised = self._train(Cui, start, show_progress, callback or self.fit_callback)
        else:
            # Rows without a stored place are 0 after an iteration.
            self._set_factors(*(side * (self.iterations == 0) for side in start))
            raised = None
        if raised is not None:
            raise raised
        self._check_fit_errors()

    def _start_factors(self, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Factors to start from: those that are there, others drawn, users first."""
        if int(self.factors) != self.factors or self.factors < 1:
            raise InvalidArgument(
                f"factors is {self.factors!r}, it must be a whole number of 1 or more."
            )
        random_state = check_random_state(self.random_state)
        start = []
        for name, rows in zip(("user_factors", "item_factors"), shape):
            side = getattr(self, name)
            if side is None:
                side = random_state.random((rows, self.factors), dtype=self.dtype) * 0.01
            elif side.shape != (rows, self.factors):
                raise InvalidArgument(
                    f"user_items has shape {shape}, so {name} must be [{rows}, {self.factors}] to start "
                    f"from, but has shape {side.shape}. Set user_factors and item_factors to None to "
                    "start anew, or add rows with partial_fit_users and partial_fit_items."
                )
            start.append(side.astype(self.dtype, copy=False))
        return start[0], start[1]

    def _train(
        self,
        Cui: Any,
        start: tuple[np.ndarray, np.ndarray],
        show_progress: bool,
        callback: Callable[..., Any] | None,
    ) -> BaseException | None:
        """Sets the trained factors; gives what a callback or Ctrl-C raised."""
        bar = Progress(self.iterations) if show_progress else None

        def after_iteration(iteration: int, seconds: float, objective: float) -> None:
            loss = normalized_loss(Cui, objective) if self.calculate_training_loss else None
            if bar is not None:
                bar(iteration, seconds, objective)
            elif loss is not None:
                log.info("loss %.4f", loss)
            if callback is not None:
                callback(iteration - 1, seconds, loss)

        try:
            factors, raised = self._run(Cui, start, after_iteration)
        except (InvalidData, NumericalFailure) as error:
            raise ModelFitError(str(error)) from error
        finally:
            if bar is not None:
                bar.close()
        self._set_factors(*factors)
        if self.calculate_training_loss:
            loss = calculate_loss(Cui, *factors, self.regularization, self.num_threads)
            log.info("Final training loss %.4f", loss)
        return raised

    def _run(
        self,
        Cui: Any,
        start: tuple[np.ndarray, np.ndarray],
        after_iteration: Callable[..., None],
    ) -> tuple[tuple[np.ndarray, np.ndarray], BaseException | None]:
        """Factors after the engine's iterations, and what ended them early."""
        users, items = (np.ascontiguousarray(side, dtype=np.float32) for side in start)
        control = {"start_users": users, "start_items": items, "after_iteration": after_iteration}
        options = engine_options(
            self.factors, self.regularization, self.num_threads, exact=not self.use_cg
        )
        data = _engine.CsrInteractions.copy_of(_numbers.csr(Cui), None, None)
        model, raised = _engine.train(data, {**options, "iterations": self.iterations}, control)
        return (model.user_factors(), model.item_factors()), raised

    def _set_factors(self, users: np.ndarray, items: np.ndarray) -> None:
        self.user_factors = np.array(users, dtype=self.dtype, order="C")
        self.item_factors = np.array(items, dtype=self.dtype, order="C")
        self._user_norms = self._item_norms = None
        self._YtY = self._XtX = None

    @property
    def solver(self) -> Callable[..., None]:
        """The half-step of `use_cg`, as ``solver(Cui, X, Y, regularization, num_threads)``."""
        if self.use_cg:
            return functools.partial(least_squares_cg, cg_steps=self.cg_steps)
        return least_squares

    def to_gpu(self) -> Any:
        """Raises ValueError: there is no GPU."""
        return gpu_als.AlternatingLeastSquares()

    def save(self, fileobj_or_path: Any) -> None:
        """Writes an .npz file that `load`, and the original package, read.

        A random_state that is no seed cannot be kept in a file: the loaded model then has None.

        Parameters
        ----------
        fileobj_or_path
            An open binary file or a path; ".npz" is added to a path without it.
        """
        seed = self.random_state
        if seed is not None and np.asarray(seed).dtype.kind not in "iu":
            seed = None
        fields = {
            "user_factors": self.user_factors,
            "item_factors": self.item_factors,
            "regularization": self.regularization,
            "factors": self.factors,
            "num_threads": self.num_threads,
            "iterations": self.iterations,
            "use_native": self.use_native,
            "use_cg": self.use_cg,
            "cg_steps": self.cg_steps,
            "calculate_training_loss": self.calculate_training_loss,
            "dtype": self.dtype.name,
            "random_state": seed,
            "alpha": self.alpha,
        }
        np.savez(
            fileobj_or_path, **{name: value for name, value in fields.items() if value is not None}
        )
