"""Alsace: recommenders by alternating least squares.

>>> import alsace
>>> alsace.ImplicitALS(factors=32)
ImplicitALS(factors=32)
"""

from ._answers import Explanation
from ._data import interactions
from ._engine import Interactions, __version__, available_threads
from ._evaluate import evaluate
from ._evaluation import Comparison, Evaluation, UserGroup
from ._split import split
from ._tables import MetricValue
from ._tune import tune
from ._tuning import Tuning
from .errors import (
    Error,
    IncompatibleModel,
    InvalidArgument,
    InvalidData,
    IoError,
    NotFittedError,
    NumericalFailure,
    UnknownId,
)
from .models import ExplicitALS, ImplicitALS, load
from .weights import bm25_weight, tfidf_weight

__all__ = [
    "Comparison",
    "Error",
    "Evaluation",
    "ExplicitALS",
    "Explanation",
    "ImplicitALS",
    "IncompatibleModel",
    "Interactions",
    "InvalidArgument",
    "InvalidData",
    "IoError",
    "MetricValue",
    "NotFittedError",
    "NumericalFailure",
    "Tuning",
    "UnknownId",
    "UserGroup",
    "__version__",
    "available_threads",
    "bm25_weight",
    "evaluate",
    "interactions",
    "load",
    "split",
    "tfidf_weight",
    "tune",
]
