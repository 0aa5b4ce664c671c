"""The name that callers import even where there is no GPU."""

from __future__ import annotations

from typing import Any, NoReturn

from ...errors import InvalidArgument


class AlternatingLeastSquares:
    """Cannot be made: raises ValueError, as the original does without a GPU."""

    def __new__(cls, *arguments: Any, **named: Any) -> NoReturn:
        raise InvalidArgument(
            "use_gpu is True, but Alsace trains on the processor only. Leave it out, or give False."
        )
