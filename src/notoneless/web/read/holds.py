"""Who came back, and whether the return held for 30, 60 and 90 school days.

HOLD-30/60/90: of the children who came back at least so many school days ago, in this school year or the one
before, how many were not at risk, suspected or out of school again within that time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Stage
from notoneless.records.calendars import county_calendar
from notoneless.records.models import CaseChange, Place
from notoneless.web.read.rows import OPEN_STAGES, rows_of

SPANS = (30, 60, 90)  # school days
LOOK_BACK = timedelta(days=540)  # one school year and a summer


class Return(NamedTuple):
    """The first return of a child in the time looked at: its school day, and that on which it was lost."""

    child: UUID
    began: int
    lost: int | None  # at risk again, or worse


class Held(NamedTuple):
    """One rate: how many returns are old enough, and which of them held."""

    span: int
    returns: tuple[UUID, ...]
    held: tuple[UUID, ...]


def holds(place: Place, *, as_of: datetime) -> tuple[Held, ...]:
    """The three rates of a place, each with its children; two queries."""
    calendar = county_calendar().as_known_at(as_of)
    returns, today = list(_returns(place, calendar, as_of)), calendar.school_day_number(as_of.date())
    return tuple(_held(returns, span, today) for span in SPANS)


def _held(returns: Iterable[Return], span: int, today: int) -> Held:
    old = [each for each in returns if today - each.began >= span]
    kept = [each for each in old if each.lost is None or each.lost - each.began >= span]
    return Held(span, tuple(each.child for each in old), tuple(each.child for each in kept))


def _returns(place: Place, calendar: SchoolCalendar, as_of: datetime) -> Iterator[Return]:
    theirs = Q(case__child__in=rows_of(place, as_of.date()).values("child"))
    since = CaseChange.objects.filter(theirs, at__gte=as_of - LOOK_BACK, at__lte=as_of)
    back = CaseChange.objects.filter(
        stage=Stage.BACK, case=OuterRef("case"), at__gte=as_of - LOOK_BACK, at__lt=OuterRef("at")
    )
    worse = since.filter(Exists(back), stage__in=OPEN_STAGES).values_list("case__child").annotate(Min("at"))
    lost = dict(worse)
    first = since.filter(stage=Stage.BACK).values_list("case__child").annotate(Min("at"))
    for child, at in first:
        yield Return(child, _number(calendar, at), _number(calendar, lost[child]) if child in lost else None)


def _number(calendar: SchoolCalendar, at: datetime) -> int:
    return calendar.school_day_number(at.astimezone(CHINA_TIME).date())
