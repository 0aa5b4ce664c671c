"""The two models: of what happened, and of what was rated."""

from __future__ import annotations

import os
import secrets
from typing import Any

import numpy as np

from . import _data, _engine
from ._als import ALS
from ._types import Floats
from .errors import InvalidArgument

_RECOMMENDED = {
    "regularization": 0.3,
    "regularization_exponent": 1.0,
    "regularization_count": "observed",
    "confidence": "relative",
    "alpha": 10.0,
}


def _seed(random_state: Any) -> int:
    """A seed of 64 bits: the number itself, one drawn from a generator, or from the system for None."""
    if random_state is None:
        return secrets.randbits(63)
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**63))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    if isinstance(random_state, (int, np.integer)) and 0 <= random_state < 2**64:
        return int(random_state)
    raise InvalidArgument(
        f"random_state is {random_state!r}, it must be a number from 0 to below 2^64, a numpy "
        "generator, or None."
    )


class ImplicitALS(ALS):
    """Recommendations from counts, plays, clicks: what happened, and how often.

    Makes small, over users' factors x and items' factors y,

        sum of c_ui (p_ui - x_u . y_i)^2 over observed pairs
        + unobserved_weight * sum of (x_u . y_i)^2 over all others
        + sum of l_u |x_u|^2 + sum of l_i |y_i|^2,    l_u = regularization * n_u^regularization_exponent

    where p is 1 and c the confidence of the value r of a pair.

    Parameters
    ----------
    factors
        Latent dimensions, 1 to 65536.
    regularization
        Weight of the squared factors, >= 0. None: the preset's, else 0.001.
    iterations
        One is all users, then all items; >= 0.
    alpha
        Confidence scale, > 0. None: the preset's, else 10.
    confidence
        ``"linear"``: 1 + alpha r; ``"scaled"``: alpha r; ``"log"``: 1 + alpha log(1 + r / log_epsilon);
        ``"relative"``: 1 + alpha r / mean(r). None: the preset's, else linear.
    log_epsilon
        Of confidence log, > 0.
    unobserved_weight
        Confidence of a pair that was not observed, >= 0.
    dislikes
        Values of 0 or less are dislikes: preference 0 with the confidence of their size. Without it values
        of 0 are left out and negative ones refused.
    regularization_exponent
        0 to 4. None: the preset's, else 0.
    regularization_count
        What n_u counts: ``"observed"``, the user's own pairs, or ``"all"``, those plus the weighted rest.
        None: the preset's, else observed.
    preset
        ``"recommended"``: good without tuning on counts and on binary data: confidence relative, alpha 10,
        regularization 0.3, exponent 1. What is given beside it wins.
    solver
        ``"auto"``: whichever is cheaper per row; ``"exact"``: every row to float precision.
    tolerance
        Stop when the objective's relative fall is below, 0 to below 1; 0: never.
    threads
        0: all this process may use. Never changes the result.
    random_state
        Seed of the start values: a number from 0 to below 2^64, a numpy generator to draw it from, or None
        for another one every time.

    Examples
    --------
    >>> import alsace
    >>> model = alsace.ImplicitALS(factors=2, regularization=0.1, threads=1)
    >>> model = model.fit(user=["ann", "ann", "bob", "bob", "bob", "cat", "cat", "cat"],
    ...                   item=["x", "y", "x", "y", "z", "x", "y", "z"])
    >>> ids, scores = model.recommend("ann")
    >>> list(ids)
    ['z']
    """

    _feedback = "implicit"
    _duplicates = "sum"

    def __init__(
        self,
        factors: int = 64,
        *,
        regularization: float | None = None,
        iterations: int = 20,
        alpha: float | None = None,
        confidence: str | None = None,
        log_epsilon: float = 1.0,
        unobserved_weight: float = 1.0,
        dislikes: bool = False,
        regularization_exponent: float | None = None,
        regularization_count: str | None = None,
        preset: str | None = None,
        solver: str = "auto",
        tolerance: float = 0.0,
        threads: int = 0,
        random_state: Any = 42,
    ) -> None:
        self.factors = factors
        self.regularization = regularization
        self.iterations = iterations
        self.alpha = alpha
        self.confidence = confidence
        self.log_epsilon = log_epsilon
        self.unobserved_weight = unobserved_weight
        self.dislikes = dislikes
        self.regularization_exponent = regularization_exponent
        self.regularization_count = regularization_count
        self.preset = preset
        self.solver = solver
        self.tolerance = tolerance
        self.threads = threads
        self.random_state = random_state

    def _engine_options(self) -> dict[str, Any]:
        if self.preset is not None and not (isinstance(self.preset, str) and self.preset == "recommended"):
            raise InvalidArgument(f"preset {self.preset!r} is not known. There is one: recommended.")
        options = {**self.get_params(), "feedback": self._feedback, "seed": _seed(self.random_state)}
        if self.preset is not None:
            given = {name: options[name] for name in _RECOMMENDED if options[name] is not None}
            options.update({**_RECOMMENDED, **given})
        return options


class ExplicitALS(ALS):
    """Predicted ratings: each value itself is approximated, where it was observed.

    Makes small, over users' factors x and items' factors y,

        sum of (r_ui - mean - b_u - b_i - x_u . y_i)^2 over observed pairs
        + sum of l_u (|x_u|^2 + b_u^2) + sum of l_i (|y_i|^2 + b_i^2),
        l_u = regularization * n_u^regularization_exponent

    where mean and b are 0 without `biases`.

    Parameters
    ----------
    factors
        Latent dimensions, 1 to 65536.
    regularization
        Weight of the squared factors, >= 0.
    iterations
        One is all users, then all items; >= 0.
    biases
        Adds the mean, user biases and item biases.
    nonnegative
        All factors >= 0; biases are free.
    regularization_exponent
        0 to 4; 1 is ALS-WR.
    solver, tolerance, threads, random_state
        As in `ImplicitALS`.

    Examples
    --------
    >>> import alsace
    >>> model = alsace.ExplicitALS(factors=2, biases=True, threads=1)
    >>> model = model.fit(user=[1, 1, 2, 2], item=["x", "y", "x", "y"], value=[5, 1, 4, 1])
    >>> round(model.predict(1, "x"))
    5
    """

    _feedback = "explicit"
    _duplicates = "last"

    def __init__(
        self,
        factors: int = 64,
        *,
        regularization: float = 0.1,
        iterations: int = 20,
        biases: bool = False,
        nonnegative: bool = False,
        regularization_exponent: float = 1.0,
        solver: str = "auto",
        tolerance: float = 0.0,
        threads: int = 0,
        random_state: Any = 42,
    ) -> None:
        self.factors = factors
        self.regularization = regularization
        self.iterations = iterations
        self.biases = biases
        self.nonnegative = nonnegative
        self.regularization_exponent = regularization_exponent
        self.solver = solver
        self.tolerance = tolerance
        self.threads = threads
        self.random_state = random_state

    def _engine_options(self) -> dict[str, Any]:
        return {**self.get_params(), "feedback": self._feedback, "seed": _seed(self.random_state)}

    @property
    def user_biases(self) -> Floats:
        """float32 [users], or [0] without `biases`."""
        return self._fitted().user_biases()

    @property
    def item_biases(self) -> Floats:
        """float32 [items], or [0] without `biases`."""
        return self._fitted().item_biases()


def load(path: str | os.PathLike[str]) -> ImplicitALS | ExplicitALS:
    """The model in a file that `save` or the alsace program has written.

    Nothing in the file is executed. Ids come back as they were given; those of a file that the program
    has trained are integers when every one of them is written as an integer is.

    Parameters
    ----------
    path
        Of the file.

    Returns
    -------
    ImplicitALS or ExplicitALS
        As it was trained: it answers, and `fit` trains with the same options.

    Raises
    ------
    IoError
        When the file cannot be read.
    IncompatibleModel
        When it is not a model, damaged, or of a newer format.

    Examples
    --------
    >>> import alsace, pathlib, tempfile
    >>> model = alsace.ExplicitALS(factors=2, threads=1).fit(user=[1, 1], item=[7, 8], value=[5, 3])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "ratings.alsace"
    ...     model.save(path)
    ...     print(type(alsace.load(path)).__name__, alsace.load(path).item_ids)
    ExplicitALS [7 8]
    """
    model = _engine.Model.load(_data.path_text(path))
    options = model.options()
    kind = ImplicitALS if options["feedback"] == "implicit" else ExplicitALS
    known = {name: options[name] for name in kind._parameter_names() if name in options}
    known.update(random_state=options["seed"])
    fitted = kind(**known)
    fitted._adopt(model)
    return fitted
