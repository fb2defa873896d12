"""Who came back, and whether the return held for 30, 60 and 90 school days.

HOLD-30/60/90: of the children who came back at least so many school days ago, in this school year or the one
before, how many were not at risk, suspected or out of school again within that time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Stage
from notoneless.records.calendars import county_calendar
from notoneless.records.models import CaseChange, Place
from notoneless.web.read.rows import OPEN_STAGES, rows_of

SPANS = (30, 60, 90)  # school days
LOOK_BACK = timedelta(days=540)  # one school year and a summer


class Return(NamedTuple):
    """The first return of a child in the time looked at, and the day on which it was lost, if it was."""

    child: UUID
    on: date
    lost_on: date | None  # at risk again, or worse


class Held(NamedTuple):
    """One rate: how many returns are old enough, and which of them held."""

    span: int
    returns: tuple[UUID, ...]
    held: tuple[UUID, ...]


def holds(place: Place, *, as_of: datetime) -> tuple[Held, ...]:
    """The three rates of a place, each with its children; one query."""
    calendar = county_calendar().as_known_at(as_of)
    returns = list(_returns(place, as_of))
    return tuple(_held(returns, span, calendar, as_of.date()) for span in SPANS)


def _held(returns: Iterable[Return], span: int, calendar: SchoolCalendar, today: date) -> Held:
    old, kept = [], []
    now = calendar.school_day_number(today)
    for each in returns:
        began = calendar.school_day_number(each.on)
        if now - began < span:
            continue
        old.append(each.child)
        if each.lost_on is None or calendar.school_day_number(each.lost_on) - began >= span:
            kept.append(each.child)
    return Held(span, tuple(old), tuple(kept))


def _returns(place: Place, as_of: datetime) -> Iterator[Return]:
    since = CaseChange.objects.filter(at__gte=as_of - LOOK_BACK, at__lte=as_of)
    changes = (
        since.filter(
            case__in=since.filter(stage=Stage.BACK).values("case"),
            case__child__in=rows_of(place, as_of.date()).values("child"),
        )
        .order_by("case", "at", "pk")
        .values_list("case__child", "at", "stage")
    )
    for child, steps in groupby(changes, key=itemgetter(0)):
        path = [(at.astimezone(CHINA_TIME).date(), stage) for _, at, stage in steps]
        back = next(i for i, (_, stage) in enumerate(path) if stage == Stage.BACK)
        lost = next((day for day, stage in path[back + 1 :] if stage in OPEN_STAGES), None)
        yield Return(child, path[back][0], lost)
