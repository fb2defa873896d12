"""Whether a return holds: when it counts as stable, and how many held for 30, 60 and 90 school days.

HOLD-30/60/90: of the children who came back at least so many school days ago, in this school year or the one
before, how many were not at risk, suspected or out of school again within that time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

C = TypeVar("C")
SPANS = (30, 60, 90)  # school days


def held_on(
    absent: Collection[int], away: Collection[int], wanted: int, now: int
) -> Iterator[tuple[int, int]]:
    """After which absent school day a child was seen on `wanted` others, and on which: pairs of day numbers.

    A day not seen that is no absence (leave, no roll call) counts for nothing and breaks nothing: unknown is
    not present. `now` is the last school day of which something is known.
    """
    breaks, pauses = sorted(absent), sorted(set(away) - set(absent))
    for broken, following in zip(breaks, [*breaks[1:], now + 1], strict=False):
        held = broken + wanted
        for pause in pauses[bisect_right(pauses, broken) :]:
            if pause > held:
                break
            held += 1
        if held < following:
            yield broken, held


class Return(NamedTuple, Generic[C]):
    """The first return of a child in the time looked at: its school day, and that on which it was lost."""

    child: C
    began: int
    lost: int | None  # at risk again, or worse


class Held(NamedTuple, Generic[C]):
    """One rate as two lists: the returns that are old enough, and those of them that held."""

    span: int  # school days
    returns: tuple[C, ...]
    held: tuple[C, ...]


def hold_rates(returns: Iterable[Return[C]], today: int) -> tuple[Held[C], ...]:
    """The three rates on the school day with the number `today`."""
    known = list(returns)
    return tuple(_held(known, span, today) for span in SPANS)


def _held(returns: list[Return[C]], span: int, today: int) -> Held[C]:
    old = [each for each in returns if today - each.began >= span]
    kept = [each for each in old if each.lost is None or each.lost - each.began >= span]
    return Held(span, tuple(each.child for each in old), tuple(each.child for each in kept))
