"""One act is one transaction; when another act comes first by a moment, it is done again from the start."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 5


def one_act(act: Callable[P, R]) -> Callable[P, R]:
    """Run `act` in a transaction, again if a unique row was written by somebody else meanwhile.

    Within a transaction of the caller it is part of that one, and a conflict is the caller's.
    """

    @wraps(act)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        nested = connection.in_atomic_block
        for left in reversed(range(TRIES)):
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except IntegrityError:
                if nested or not left:
                    raise
        raise AssertionError("the loop returns or raises")

    return done
