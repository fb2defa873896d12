"""当时上报 / 现在所知: one figure for one day by what was known at two moments, and each child in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.measures import FIGURES
from notoneless.services.counting import Asked, lines
from notoneless.services.counting_difference import EventSeen, events_of
from notoneless.services.figures import FigureValue, Part, Rules, asked_of, in_order, value


class MovedBy(NamedTuple):
    """A child that is in the list by what is known now and was not then (+1), or the other way (-1)."""

    child: UUID
    sign: int
    events: tuple[EventSeen, ...]


class ListChange(NamedTuple):
    """One list of a figure, then and now; before plus the signs is always the number of now.

    A number that is typed from paper, then or now, has no children: `typed` says so and nobody moved.
    """

    sign: int
    tally: Tally
    before: int
    now: int
    moved: tuple[MovedBy, ...]
    typed: bool = False


class ThenAndNow(NamedTuple):
    """A figure for one day as known at an earlier moment and at a later one."""

    then: FigureValue
    now: FigureValue
    above: tuple[ListChange, ...]
    below: tuple[ListChange, ...]

    @property
    def moved(self) -> int:
        """How many entries of children differ, all lists together."""
        return sum(len(each.moved) for each in (*self.above, *self.below))


def then_and_now(figure: Figure, asked: Asked, known_at: datetime, rules: Rules) -> ThenAndNow:
    """The figure as asked for and as known at `known_at`, with the events that make the difference."""
    later = asked._replace(known_at=known_at)
    then, now = value(figure, asked, rules), value(figure, later, rules)
    out = rules.excluded(FIGURES[figure])
    above = out | FIGURES[figure].not_above
    return ThenAndNow(
        then,
        now,
        tuple(_changes(then.numerator, now.numerator, above, asked, later)),
        tuple(_changes(then.denominator, now.denominator, out, asked, later)),
    )


def _changes(
    then: Iterable[Part], now: Iterable[Part], without: Collection[Tally], asked: Asked, later: Asked
) -> Iterator[ListChange]:
    """The lists in their order; a number typed from paper stands beside its list and has no children."""
    before, after = ({(part.tally, part.given is not None): part for part in side} for side in (then, now))
    for key in dict.fromkeys((*after, *before)):
        part = after.get(key) or before[key]
        if part.given is None:
            yield _change(part, without, asked, later)
        else:
            was, is_now = (side[key].count if key in side else 0 for side in (before, after))
            yield ListChange(part.sign, part.tally, was, is_now, (), typed=True)


def _change(part: Part, without: Collection[Tally], asked: Asked, later: Asked) -> ListChange:
    left_out = in_order(without)
    before = _children(asked, part.tally, left_out)
    now = _children(later, part.tally, left_out)
    events = events_of({*(before - now), *(now - before)}, later, since=asked.known_at)
    moved = (
        MovedBy(child, sign, tuple(events.get(child, ())))
        for sign, found in ((1, now - before), (-1, before - now))
        for child in sorted(found.elements())
    )
    return ListChange(part.sign, part.tally, before.total(), now.total(), tuple(moved))


def _children(asked: Asked, tally: Tally, without: tuple[Tally, ...]) -> Counter[UUID]:
    """The children of a list, each as often as it stands there."""
    return Counter(line.child for line in lines(asked_of(asked, tally), tally, without=without))
