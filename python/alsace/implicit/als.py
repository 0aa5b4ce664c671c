"""Where callers of ``implicit.als`` find the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import gpu
from .cpu import als as cpu_als
from .gpu import als as gpu_als


def AlternatingLeastSquares(
    factors: int = 100,
    regularization: float = 0.01,
    alpha: float = 1.0,
    dtype: Any = np.float32,
    use_native: bool = True,
    use_cg: bool = True,
    use_gpu: bool = gpu.HAS_CUDA,
    iterations: int = 15,
    calculate_training_loss: bool = False,
    num_threads: int = 0,
    random_state: Any = None,
) -> cpu_als.AlternatingLeastSquares:
    """A model that is not trained yet: `alsace.implicit.cpu.als.AlternatingLeastSquares`.

    Parameters
    ----------
    use_gpu
        True raises ValueError: the engine runs on the processor.
    others
        As that class has them.
    """
    if use_gpu:
        return gpu_als.AlternatingLeastSquares()
    return cpu_als.AlternatingLeastSquares(
        factors,
        regularization,
        alpha,
        dtype,
        use_native,
        use_cg,
        iterations,
        calculate_training_loss,
        num_threads,
        random_state,
    )
