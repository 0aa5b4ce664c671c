"""The models that train on the processor: all of them."""

from . import als, matrix_factorization_base, topk

__all__ = ["als", "matrix_factorization_base", "topk"]
