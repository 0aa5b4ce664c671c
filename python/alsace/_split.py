"""Held-out data: what is trained on, and what is to be found."""

from __future__ import annotations

import numbers
import operator
from typing import Any, NamedTuple

from . import _data, _engine
from .errors import InvalidArgument

_NEED_TIMES = ("leave_last_one", "leave_last_two", "temporal")


class NewUsers(NamedTuple):
    """A split by whole users: the held-out ones, and what is shown of them."""

    train: _engine.Interactions
    fold_in: _engine.Interactions
    test: _engine.Interactions


def seed_of(seed: Any) -> int:
    """A number of 64 bits, as the engine takes it."""
    number = operator.index(seed)
    if not 0 <= number < 2**64:
        raise InvalidArgument(f"seed is {number}, it must be from 0 to below 2^64.")
    return number


def split(
    data: Any,
    how: str | None = None,
    test_fraction: float = 0.2,
    seed: int = 0,
) -> tuple[_engine.Interactions, _engine.Interactions, _engine.Interactions]:
    """Splits interactions into what is trained on, validated on and tested on.

    Parameters
    ----------
    data
        Whatever `alsace.interactions` takes, or its result.
    how
        ``"leave_last_one"``: each user's last entry is the test; ``"leave_last_two"``: the last is the
        test, the last but one validation; ``"random"``: of each user `test_fraction` of the entries;
        ``"temporal"``: the last `test_fraction` of all entries; ``"new_users"``: `test_fraction` of the
        users, whole. None: leave_last_two where there are times, else random.
    test_fraction
        Above 0 and below 1; of random, temporal and new_users.
    seed
        Of random and new_users: a number from 0 to below 2^64. The same seed gives the same split.

    Returns
    -------
    train, valid, test
        `Interactions` over one set of ids; what a method does not hold out is empty. For new_users
        (train, fold_in, test): the first 80 % of each held-out history, to be given to
        `alsace.evaluate` as `fold_in`, and the rest.

    Raises
    ------
    InvalidArgument
        For a method that is not known, or that needs times where there are none.

    Examples
    --------
    >>> import alsace
    >>> plays = alsace.interactions(
    ...     user=["ann"] * 3 + ["bob"] * 3, item=["x", "y", "z"] * 2, time=[1, 2, 3, 1, 2, 3])
    >>> train, valid, test = alsace.split(plays)
    >>> len(train), len(valid), len(test)
    (2, 2, 2)
    """
    given = data if isinstance(data, _engine.Interactions) else _data.interactions(data)
    if how is None:
        how = "leave_last_two" if given.has_times else "random"
    if not isinstance(how, str):
        raise TypeError(f"how must be a str, not {type(how).__name__}.")
    how = how.replace("-", "_")  # As the program writes them.
    if how in _NEED_TIMES and not given.has_times:
        raise InvalidArgument(
            f"split {how} needs times, and the interactions have none. Give them with time= to "
            'alsace.interactions, or split with how="random".'
        )
    if not isinstance(test_fraction, numbers.Real):
        raise TypeError(f"test_fraction must be a number, not {type(test_fraction).__name__}.")
    if not 0 < test_fraction < 1:
        raise InvalidArgument(
            f"test_fraction is {test_fraction}, it must be above 0 and below 1. Start with 0.2."
        )
    train, valid, test, fold_in = _engine.split(given, how, float(test_fraction), seed_of(seed))
    return NewUsers(train, fold_in, test) if how == "new_users" else (train, valid, test)
