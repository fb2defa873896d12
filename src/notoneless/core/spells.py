"""Runs of absence, by lesson and by day: where they start, what pauses them, what ends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import Leave, Mark
from notoneless.core.history import History
from notoneless.core.policy.pack import Counting, OfLeave, OfUnrecorded
from notoneless.core.terms import AttendanceStatus, SessionKind

ABSENT = AttendanceStatus.ABSENT
LEAVE = AttendanceStatus.LEAVE
PRESENT = AttendanceStatus.PRESENT
UNRECORDED = AttendanceStatus.UNRECORDED
Outcomes = tuple[AttendanceStatus, ...]
SEEN = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)


class Day(NamedTuple):
    """One school day of one child that was not simply present."""

    number: int  # ordinal among the school days of the calendar; neighbours differ by one
    day: date
    outcome: AttendanceStatus  # ABSENT, LEAVE, UNRECORDED, or PRESENT with an absence in a lesson
    marks: tuple[Mark, ...]
    overrun: bool = False  # on leave by the mark, but the leave had run out


class Spell(NamedTuple):
    """连续旷课: absent school days in a row; over unknown days its length is an interval."""

    days: tuple[Day, ...]  # the absent days, in order; never empty
    unknown: int  # school days without a roll call that touch or lie inside the run
    last_number: int  # number of the last school day of the run, absent or not
    last_day: date
    going_on: bool

    @property
    def start(self) -> date:
        """The first absent school day."""
        return self.days[0].day

    @property
    def min_days(self) -> int:
        """School days certainly absent."""
        return len(self.days)

    @property
    def max_days(self) -> int:
        """School days absent if every unknown day was one."""
        return len(self.days) + self.unknown


def exceptional_days(
    history: History, calendar: SchoolCalendar, *, as_of: datetime | None = None
) -> list[Day]:
    """The school days on which the child was not simply present, in order.

    Silence about a session is presence, unless the session has not begun by `as_of` (None: all are over).
    """
    days: list[Day] = []
    expected = calendar.roll_calls_begun(None)
    today = as_of.date() if as_of else None
    for day, marks in _by_day(_enrolled(history)):
        number = calendar.number_if_school_day(day)
        if number is not None:
            asked = calendar.roll_calls_begun(as_of.time()) if as_of and day == today else expected
            before = days[-1] if days and days[-1].number == number - 1 else None
            days.append(_day(number, day, marks, history.leaves, asked, before))
    return days


def _by_day(marks: tuple[Mark, ...]) -> Iterator[tuple[date, tuple[Mark, ...]]]:
    for day, group in groupby(marks, key=_day_of):
        yield day, tuple(group)


def _day_of(mark: Mark) -> date:
    return mark.day


def _enrolled(history: History) -> tuple[Mark, ...]:
    start, end = history.enrolled_from, history.enrolled_until
    if start == date.min and end is None:
        return history.marks
    return tuple(m for m in history.marks if start <= m.day and (end is None or m.day < end))


def _day(
    number: int,
    day: date,
    marks: tuple[Mark, ...],
    leaves: tuple[Leave, ...],
    expected: frozenset[str],
    before: Day | None,
) -> Day:
    outcome = _outcome(marks, expected)
    if not leaves or outcome not in (ABSENT, LEAVE):
        return Day(number, day, outcome, marks)
    if _covered(day, leaves):
        return Day(number, day, LEAVE, marks)
    overrun = before is not None and (before.overrun or _covered(before.day, leaves))
    overrun = overrun and before is not None and before.outcome in (ABSENT, LEAVE)
    return Day(number, day, ABSENT if overrun else outcome, marks, overrun)


def _covered(day: date, leaves: tuple[Leave, ...]) -> bool:
    return any(leave.from_day <= day < leave.until for leave in leaves)


def _outcome(marks: tuple[Mark, ...], expected: frozenset[str]) -> AttendanceStatus:
    """Seen in any session is present; else absent if any session says so, else on leave, else unknown."""
    if len(marks) == 1 and marks[0].session in expected and len(expected) == 1:
        status = marks[0].status
        return PRESENT if status in SEEN else status
    statuses = {mark.status for mark in marks}
    silent = expected - {mark.session for mark in marks}
    if silent or statuses & set(SEEN):
        return PRESENT
    return next(s for s in (ABSENT, LEAVE, UNRECORDED) if s in statuses)


def spells(days: list[Day], counting: Counting, current_number: int) -> list[Spell]:
    """The runs of absence in `days`; a run still touching `current_number` is going on."""
    bridges, counts = _bridging(counting)
    found: list[Spell] = []
    run: list[Day] = []
    for day in days:
        goes_on = day.outcome in bridges
        if run and (not goes_on or day.number > run[-1].number + 1):
            _close(run, counts, current_number, found)
            run = []
        if goes_on:
            run.append(day)
    _close(run, counts, current_number, found)
    return found


@cache
def _bridging(counting: Counting) -> tuple[Outcomes, Outcomes]:
    """The outcomes that keep a run going, and those of them that count as absence."""
    counts = (ABSENT, LEAVE) if counting.leave is OfLeave.COUNTS else (ABSENT,)
    bridges = (*counts, LEAVE) if counting.leave is OfLeave.PAUSES else counts
    return ((*bridges, UNRECORDED) if counting.unrecorded is OfUnrecorded.BRIDGES else bridges), counts


def _close(run: list[Day], counts: Outcomes, current_number: int, found: list[Spell]) -> None:
    absent = tuple([day for day in run if day.outcome in counts])
    if absent:
        last = run[-1]
        unknown = 0 if len(absent) == len(run) else sum(day.outcome is UNRECORDED for day in run)
        found.append(Spell(absent, unknown, last.number, last.day, last.number >= current_number))


def current_number(calendar: SchoolCalendar, day: date, started: bool) -> int:
    """The number of the last school day whose first roll call has begun (`started`: today's has)."""
    return calendar.school_day_number(day if started else day - timedelta(days=1))


def lesson_runs(
    days: Iterable[Day], calendar: SchoolCalendar, leaves: tuple[Leave, ...] = ()
) -> list[list[Mark]]:
    """Runs of lessons missed without leave, within a day and over neighbouring school days.

    A lesson that was held and a lesson on leave end a run; one that nobody was to call is passed over.
    """
    runs: list[list[Mark]] = []
    last_number, open_run = -1, False
    for day in days:
        if day.number > last_number + 1:
            open_run = False
        on_leave = _covered(day.day, leaves)
        for mark in _lessons(day, calendar):
            missed = mark is not None and mark.status is ABSENT and not on_leave
            if missed and not open_run:
                runs.append([])
            if missed and mark is not None:
                runs[-1].append(mark)
            open_run = missed
        last_number = day.number
    return runs


def _lessons(day: Day, calendar: SchoolCalendar) -> list[Mark | None]:
    """The day's lessons in order, None where a roll call was due and found the child present."""
    marked = {calendar.session(mark.session).code: mark for mark in day.marks}
    lessons = (session for session in calendar.sessions if session.kind is SessionKind.LESSON)
    return [marked.get(each.code) for each in lessons if each.roll_call or each.code in marked]
