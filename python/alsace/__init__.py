"""Alsace: recommenders by alternating least squares.

>>> import alsace
>>> alsace.ImplicitALS(factors=32)
ImplicitALS(factors=32)
"""

from ._answers import Explanation
from ._data import interactions
from ._engine import Interactions, __version__, available_threads
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

__all__ = [
    "Error",
    "ExplicitALS",
    "Explanation",
    "ImplicitALS",
    "IncompatibleModel",
    "Interactions",
    "InvalidArgument",
    "InvalidData",
    "IoError",
    "NotFittedError",
    "NumericalFailure",
    "UnknownId",
    "__version__",
    "available_threads",
    "interactions",
    "load",
]
