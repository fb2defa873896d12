"""Who came back, and whether the return held: what `core.hold` counts, read from the steps of the cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.hold import Held, Return, hold_rates
from notoneless.core.terms import Stage
from notoneless.records.calendars import county_calendar
from notoneless.records.models import CaseChange, Place
from notoneless.web.read.rows import OPEN_STAGES, rows_of

LOOK_BACK = timedelta(days=540)  # one school year and a summer


def holds(place: Place, *, as_of: datetime) -> tuple[Held[UUID], ...]:
    """The three rates of a place, each with its children; two queries."""
    calendar = county_calendar().as_known_at(as_of)
    returns, today = list(_returns(place, calendar, as_of)), calendar.school_day_number(as_of.date())
    return hold_rates(returns, today)


def _returns(place: Place, calendar: SchoolCalendar, as_of: datetime) -> Iterator[Return[UUID]]:
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
