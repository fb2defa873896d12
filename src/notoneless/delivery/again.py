"""When a message is tried again: longer after each failure, and not everybody at the same moment."""

from __future__ import annotations

import hashlib
from datetime import timedelta

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)


def wait(key: str, tries: int, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many tries; at least as long as the other side asked.

    The spread comes from the key, so that the same message always waits the same and no two wait alike.
    """
    doubled = min(FIRST * (1 << min(max(tries - 1, 0), 20)), LONGEST)
    drawn = int.from_bytes(hashlib.sha256(f"{key}/{tries}".encode()).digest()[:4], "big") / 2**32
    return max(doubled * (0.5 + drawn), asked or timedelta())
