"""The modules of the package ``implicit`` for ALS, on Alsace's engine: change one import.

``from implicit.als import AlternatingLeastSquares`` becomes
``from alsace.implicit.als import AlternatingLeastSquares``; arguments, defaults, start values, what
methods return and the files of `save` and `load` stay as they were. The same confidence is behind
it, c = alpha |r| with preference 1 for r > 0 and else 0.

>>> import numpy as np
>>> import scipy.sparse as sp
>>> from alsace import implicit
>>> user_items = sp.csr_matrix([[1, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=np.float32)
>>> model = implicit.als.AlternatingLeastSquares(factors=2, random_state=0)
>>> model.fit(user_items, show_progress=False)
>>> ids, scores = model.recommend(0, user_items[0], N=1)
>>> ids
array([2], dtype=int32)
"""

from typing import Any

try:
    import scipy.sparse  # noqa: F401
except ImportError as error:
    raise ImportError(
        "alsace.implicit takes and gives matrices of scipy, which is not installed: pip install scipy."
    ) from error

from .. import __version__
from . import als, cpu, evaluation, gpu, nearest_neighbours, recommender_base, utils

__all__ = [
    "__version__",
    "als",
    "cpu",
    "evaluation",
    "gpu",
    "nearest_neighbours",
    "recommender_base",
    "utils",
]


def __getattr__(name: str) -> Any:
    if name in ("ann", "approximate_als", "bpr", "datasets", "lmf"):
        raise AttributeError(
            f"alsace.implicit has no {name}: it has {', '.join(__all__[1:])}. Use the package implicit "
            f"for {name}."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
