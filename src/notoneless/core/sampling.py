"""A sample that nobody can choose: drawn by a public number from a list that was frozen before it was known.

The order of the lines is that of SHA-256(number ‖ digest of the list ‖ line), so whoever has the list and the
number draws the same lines again with nothing but a hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from math import comb, sqrt
from typing import NamedTuple

SEPARATOR = "\n"
Z_95 = 1.959964  # of a 95 % interval


class Share(NamedTuple):
    """How many of a sample agree, and between which shares (0 to 1) the truth of the list lies, at 95 %."""

    agreeing: int
    of: int
    low: float
    high: float


def frame_digest(rows: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, of the lines in alphabetical order, each on a line of its own."""
    return sha256(SEPARATOR.join(sorted(rows)).encode()).hexdigest()


def drawn(seed: str, digest: str, rows: Iterable[str], size: int) -> list[str]:
    """The first `size` lines in the order that the number gives them; all, if there are no more."""
    return sorted(set(rows), key=lambda row: _place(seed, digest, row))[:size]


def wilson(agreeing: int, of: int) -> Share:
    """The share with its Wilson interval, which stays honest for small samples and for none that disagree."""
    if not 0 <= agreeing <= of:
        raise ValueError(f"{agreeing} of {of} cannot agree")
    if not of:
        return Share(0, 0, 0.0, 1.0)
    share, square = agreeing / of, Z_95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z_95 / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Share(agreeing, of, max(middle - half, 0.0), min(middle + half, 1.0))


def at_least_by_chance(hits: int, of: int) -> float:
    """How likely so many hits or more are when each is a toss of a fair coin."""
    return sum(comb(of, k) for k in range(hits, of + 1)) / 2.0**of


def _place(seed: str, digest: str, row: str) -> tuple[str, str]:
    text = SEPARATOR.join((seed.strip(), digest, row))
    return sha256(text.encode()).hexdigest(), row
