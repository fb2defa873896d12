"""The plain reference: walks the calendar day by day, keeps every list, optimises nothing.

It reads raw facts and the calendar's plain fields only, so that it can disagree with spells and triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from notoneless.core.calendar import Closure, SchoolCalendar
from notoneless.core.facts import Mark
from notoneless.core.history import History
from notoneless.core.policy.pack import Counting, OfLeave, OfUnrecorded
from notoneless.core.terms import AttendanceStatus

ONE_DAY = timedelta(days=1)
SEEN = {AttendanceStatus.PRESENT, AttendanceStatus.LATE}


class Walked(NamedTuple):
    """One school day: P seen, A absent, L on leave, U unknown; and the mark that says so."""

    day: date
    letter: str
    mark: Mark | None


class Run(NamedTuple):
    """One unbroken run of absence."""

    absent: list[Walked]
    unknown: int
    going_on: bool


class PlainAbsence:
    """One child at one moment; one roll call a school day, in the morning."""

    def __init__(
        self, child: History, calendar: SchoolCalendar, closures: tuple[Closure, ...], as_of: datetime
    ) -> None:
        self.child = child
        self.calendar = calendar
        self.closures = [each for each in closures if each.declared_at <= as_of]
        self.as_of = as_of
        self.gone = {
            fact.supersedes
            for facts in (child.marks, child.leaves)
            for fact in facts
            if fact.supersedes and fact.learned_at <= as_of
        }
        self.days = list(self._walk())

    def runs(self, counting: Counting) -> list[Run]:
        """Every run of absence, first to last."""
        found: list[Run] = []
        current: list[Walked] = []
        for walked in self.days:
            if self._ends(walked, counting):
                found += self._run(current, counting, going_on=False)
                current = []
            else:
                current.append(walked)
        return found + self._run(current, counting, going_on=True)

    def nth_absence(self, n: int, counting: Counting) -> list[datetime]:
        """The roll calls at which the n-th day of an unbroken run was found."""
        return [
            run.absent[n - 1].mark.at
            for run in self.runs(counting)
            if len(run.absent) >= n and run.absent[n - 1].mark
        ]

    def adds_up(self, n: int, window: int) -> list[datetime]:
        """The roll calls at which the last `window` school days came to hold n absences, after fewer."""
        moments, sums = [], [0]
        for i, walked in enumerate(self.days):
            sums.append(sum(each.letter == "A" for each in self.days[max(0, i + 1 - window) : i + 1]))
            if sums[-1] >= n > sums[-2] and walked.mark:
                moments.append(walked.mark.at)
        return moments

    def adds_up_in_a_term(self, n: int) -> list[datetime]:
        """The roll calls at which the n-th absence of a term was found."""
        moments = []
        for term in self.calendar.terms:
            absent = [
                w
                for w in self.days
                if w.letter == "A" and term.first_day <= w.day <= term.last_day and w.mark
            ]
            moments += [w.mark.at for w in absent[n - 1 : n] if w.mark]
        return moments

    def _ends(self, walked: Walked, counting: Counting) -> bool:
        return (
            walked.letter == "P"
            or (walked.letter == "L" and counting.leave is OfLeave.ENDS)
            or (walked.letter == "U" and counting.unrecorded is OfUnrecorded.ENDS)
        )

    def _run(self, days: list[Walked], counting: Counting, *, going_on: bool) -> list[Run]:
        counted = "AL" if counting.leave is OfLeave.COUNTS else "A"
        absent = [walked for walked in days if walked.letter in counted]
        return [Run(absent, sum(w.letter == "U" for w in days), going_on)] if absent else []

    def _walk(self) -> Iterator[Walked]:
        """Every school day from the first mark to the moment, the last only once its roll call has begun."""
        if not self.child.marks:
            return
        day = min(mark.day for mark in self.child.marks)
        away_since_leave = False
        while day <= self.as_of.date():
            begun = day < self.as_of.date() or self.as_of.time() >= self.calendar.sessions[0].starts
            if self._school_on(day) and (begun or self._mark(day)):
                walked = self._day(day, away_since_leave)
                away_since_leave = walked.letter in "AL" and (away_since_leave or self._on_leave(day))
                yield walked
            day += ONE_DAY

    def _day(self, day: date, away_since_leave: bool) -> Walked:
        mark = self._mark(day)
        if mark is None or mark.status in SEEN:
            return Walked(day, "P", None)
        if mark.status is AttendanceStatus.UNRECORDED:
            return Walked(day, "U", None)
        if self._on_leave(day):
            return Walked(day, "L", mark)
        return Walked(day, "A" if away_since_leave else mark.status[0], mark)

    def _mark(self, day: date) -> Mark | None:
        """The last word on the morning of this day, if the child was enrolled then."""
        until = self.child.enrolled_until
        if day < self.child.enrolled_from or (until is not None and day >= until):
            return None
        words = [mark for mark in self.child.marks if mark.day == day and self._stands(mark)]
        return max(words, key=lambda mark: (mark.learned_at, mark.id)) if words else None

    def _stands(self, mark: Mark) -> bool:
        return mark.learned_at <= self.as_of and mark.id not in self.gone

    def _on_leave(self, day: date) -> bool:
        return any(
            leave.from_day <= day < leave.until
            for leave in self.child.leaves
            if leave.learned_at <= self.as_of and leave.id not in self.gone
        )

    def _school_on(self, day: date) -> bool:
        if not any(term.first_day <= day <= term.last_day for term in self.calendar.terms):
            return False
        if any(closure.from_day <= day < closure.until for closure in self.closures):
            return False
        workdays = self.calendar.workdays
        return day not in workdays.holidays and (day.weekday() < 5 or day in workdays.make_up_days)
