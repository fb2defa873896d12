"""The two clocks of a case: the statutory one, which nothing resets, and that of the stage it stands at.

The statutory clock counts from the first absent day that led to the open case. A hand-off, another teacher,
leave that is granted for days already missed, a return shorter than a stable one: none of them sets it back.
It stops when the return is held or the case closed out, and a relapse after that starts it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import Assessment
from notoneless.core.history import History
from notoneless.core.spells import Day, Spell, exceptional_days
from notoneless.core.stages import Reached
from notoneless.core.terms import AttendanceStatus, Stage

STOPS = (Stage.HELD, Stage.CLOSED)


class Clock(NamedTuple):
    """Days from `since` to `until` (None: still running, counted up to the moment), both included."""

    since: date
    until: date | None
    calendar_days: int
    school_days: int


class CaseClocks(NamedTuple):
    """Both clocks; None for a child that never had a case."""

    statutory: Clock
    state: Clock
    stage: Stage


def case_clocks(
    assessment: Assessment, history: History, calendar: SchoolCalendar, *, as_of: datetime
) -> CaseClocks | None:
    """The clocks of a child's case as known at `as_of`."""
    path, today = assessment.path, as_of.date()
    if not path:
        return None
    calendar, view = calendar.as_known_at(as_of), history.as_known_at(as_of)
    run = _open_run(path)
    stopped = next((each.at.date() for each in run if each.stage in STOPS), None)
    first = _first_absent(run[0], assessment.spells, exceptional_days(view, calendar, as_of=as_of))
    return CaseClocks(
        _clock(first, stopped, today, calendar),
        _clock(path[-1].at.date(), None, today, calendar),
        assessment.stage,
    )


def _open_run(path: Sequence[Reached]) -> Sequence[Reached]:
    """The steps since the case was opened or, after it had been held or closed, opened again."""
    reopened = 0
    for number in range(1, len(path)):
        if path[number - 1].stage in STOPS and path[number].stage not in STOPS:
            reopened = number
    return path[reopened:]


def _first_absent(opened: Reached, spells: Sequence[Spell], days: Sequence[Day]) -> date:
    """The first absent day of the spell that led there; the day itself where no spell did."""
    on = opened.at.date()
    begun = [spell for spell in spells if spell.start <= on <= spell.last_day]
    if not begun or opened.stage is Stage.NEVER_ENROLLED:
        return on
    return _before_late_leave(begun[-1].start, days)


def _before_late_leave(start: date, days: Sequence[Day]) -> date:
    """Back over days not seen to the first that a roll call called absent, granted leave later or not."""
    before = [day for day in days if day.day <= start]
    number = before[-1].number if before else 0
    for day in reversed(before):
        if day.number < number - 1 or day.outcome is AttendanceStatus.PRESENT:
            break
        number = day.number
        if any(mark.status is AttendanceStatus.ABSENT for mark in day.marks):
            start = day.day
    return start


def _clock(since: date, until: date | None, today: date, calendar: SchoolCalendar) -> Clock:
    last = until or today
    number = calendar.school_day_number
    school_days = number(last) - number(since) + int(calendar.number_if_school_day(since) is not None)
    return Clock(since, until, (last - since).days + 1, school_days)
