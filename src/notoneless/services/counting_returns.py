"""Who came back and whether it held, in school days: what `core.hold` counts, from the steps that stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.figure_terms import Tally
from notoneless.core.hold import Held, Return, hold_rates
from notoneless.core.stages import OUT
from notoneless.records.calendars import county_calendar
from notoneless.records.counting import steps_sql
from notoneless.records.dialect import moment_of
from notoneless.services.counting_asked import Asked, Line, id_of, rows

LOOK_BACK = timedelta(days=540)  # one school year and a summer
RETURNS = {Tally.RETURNED_30: 30, Tally.RETURNED_60: 60, Tally.RETURNED_90: 90}
KEPT = {Tally.HELD_30: 30, Tally.HELD_60: 60, Tally.HELD_90: 90}
COUNTED_IN_SCHOOL_DAYS = frozenset((*RETURNS, *KEPT))


class Step(NamedTuple):
    """One step of a case that stands, with the child and where it is counted."""

    line: Line
    at: datetime
    stage: str


def returned(asked: Asked) -> dict[Tally, list[Line]]:
    """The returns of the last year and a half that are old enough for each span, and those that held."""
    found = held(asked)
    lists = {tally: _of(found, span).returns for tally, span in RETURNS.items()}
    return {
        tally: sorted(each, key=_order)
        for tally, each in (lists | {tally: _of(found, span).held for tally, span in KEPT.items()}).items()
    }


def held(asked: Asked) -> tuple[Held[Line], ...]:
    """The three rates as lists of children."""
    calendar = county_calendar().as_known_at(asked.known_at)
    today = calendar.school_day_number(asked.last)
    return hold_rates(_returns(_steps(asked), calendar, asked.last - LOOK_BACK), today)


def _returns(steps: Iterable[Step], calendar: SchoolCalendar, since: date) -> Iterator[Return[Line]]:
    """The first return of each child since a day, and when it was lost."""
    began: dict[UUID, tuple[Line, date]] = {}
    lost: dict[UUID, date] = {}
    for step in steps:
        child, day = step.line.child, step.at.astimezone(CHINA_TIME).date()
        if child in began and child not in lost and step.stage in OUT:
            lost[child] = day
        elif child not in began and step.stage == "BACK" and day >= since:
            began[child] = (step.line, day)
    for child, (line, day) in began.items():
        gone = lost.get(child)
        yield Return(
            line, calendar.school_day_number(day), None if gone is None else calendar.school_day_number(gone)
        )


def _steps(asked: Asked) -> Iterator[Step]:
    for child, class_group, school, at, stage in rows(steps_sql(), asked):
        yield Step(Line(id_of(child), class_group, school), _moment(at), stage)


def _moment(at: Any) -> datetime:
    return at if isinstance(at, datetime) else moment_of(at)


def _of(found: tuple[Held[Line], ...], span: int) -> Held[Line]:
    return next(each for each in found if each.span == span)


def _order(line: Line) -> tuple[int, int, str]:
    return (line.school or 0, line.class_group or 0, str(line.child))
