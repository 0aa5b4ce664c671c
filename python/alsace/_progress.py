"""How a fit is going, for who watches."""

from __future__ import annotations

import sys
from typing import Any


class Progress:
    """A bar of tqdm, or where that is not installed a line per iteration on stderr."""

    def __init__(self, iterations: int) -> None:
        self._iterations = iterations
        self._bar: Any = None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        self._bar = tqdm(total=iterations, unit="iteration", desc="fit")

    def __call__(self, iteration: int, seconds: float, objective: float) -> None:
        if self._bar is not None:
            self._bar.set_postfix(objective=f"{objective:.6g}", refresh=False)
            self._bar.update(1)
        else:
            print(
                f"iteration {iteration}/{self._iterations}  objective {objective:.6g}  {seconds:.2f} s",
                file=sys.stderr,
            )

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
