"""The school calendar: terms, sessions, public holidays and closures, and what follows from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from notoneless.core.day_numbers import BeyondCalendar, NumberedDays, TermsNotPlanned, YearNotAnnounced
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SessionKind, SkipReason
from notoneless.core.workdays import Workdays, national_workdays

__all__ = [
    "BeyondCalendar",
    "CalendarError",
    "Closure",
    "SchoolCalendar",
    "SchoolTerm",
    "Session",
    "TermsNotPlanned",
    "UnknownSession",
    "Workdays",
    "YearNotAnnounced",
    "default_calendar",
    "national_workdays",
]

ONE_DAY = timedelta(days=1)
MONDAY_TO_FRIDAY = frozenset(range(5))


class Session(NamedTuple):
    """节次: a part of every school day; times are China time."""

    code: str  # "MORNING", "L1" … "L7"
    kind: SessionKind
    starts: time
    ends: time
    roll_call: bool  # is a roll call expected in it every school day


class SchoolTerm(NamedTuple):
    """学期: both days belong to it."""

    name: str
    first_day: date
    last_day: date


class Closure(NamedTuple):
    """停课: days without school, often declared late; an empty scope means everybody."""

    from_day: date
    until: date  # the first day with school again
    reason: str
    declared_at: datetime
    school: str = ""
    grade: str = ""
    class_group: str = ""


class CalendarError(ValueError):
    """A calendar that contradicts itself; the message says what would be right."""


class UnknownSession(LookupError):
    """A session code that the calendar does not have."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SchoolCalendar:
    """校历 of whoever it was narrowed to with `for_class`; scoped closures concern nobody before that.

    The nearest word wins: a closure over the calendar's own `extra_school_days` and `days_off`, these over
    the terms, the terms over the nation's holidays and make-up days, those over the weekdays.
    """

    name: str
    terms: tuple[SchoolTerm, ...]
    sessions: tuple[Session, ...]
    workdays: Workdays
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY  # 0 = Monday
    closures: tuple[Closure, ...] = ()
    noon: time = time(12)  # the first half of a school day ends here
    days_off: Mapping[date, str] = field(default_factory=dict)  # and why
    extra_school_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        _refuse_bad_terms(self.terms)
        _refuse_bad_sessions(self.sessions)
        for closure in self.closures:
            if closure.until <= closure.from_day:
                raise CalendarError(
                    f"停课“{closure.reason}”从 {closure.from_day} 起，却在 {closure.until} 恢复上课；"
                    "恢复上课的日子应在其后"
                )
        for day in sorted(self.extra_school_days & self.days_off.keys()):
            raise CalendarError(f"{day} 既写成放假又写成上课；请只留一种")

    def __getstate__(self) -> dict[str, Any]:
        # Tables are quick to rebuild and large to send to another process.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    # Narrowing: the same calendar as somebody knew it, or for somebody.

    def with_closures(self, closures: Iterable[Closure]) -> SchoolCalendar:
        """This calendar with exactly these closures; equal closures give the same object."""
        kept = tuple(closures)
        found = self._family.get(kept)
        if found is None:
            found = replace(self, closures=kept)
            # Closures only take days away, so the whole family shares one table of planned days.
            found.__dict__.update(_planned_days=self._planned_days, _family=self._family)
            found = self._family.setdefault(kept, found)
        return found

    def as_known_at(self, moment: datetime) -> SchoolCalendar:
        """This calendar without the closures that were declared after `moment`."""
        if self._last_declared_at is None or self._last_declared_at <= moment:
            return self
        return self.with_closures(each for each in self.closures if each.declared_at <= moment)

    def for_class(self, school: str = "", grade: str = "", class_group: str = "") -> SchoolCalendar:
        """This calendar for one class: the closures that concern it, now without a scope, and no others."""
        return self.with_closures(
            each._replace(school="", grade="", class_group="")
            for each in self.closures
            if each.school in ("", school)
            and each.grade in ("", grade)
            and each.class_group in ("", class_group)
        )

    def as_planned(self) -> SchoolCalendar:
        """This calendar without any closure."""
        return self.with_closures(())

    # Days. All of these raise YearNotAnnounced for a day in a term whose public holidays are not loaded.

    def why_no_school(self, day: date) -> tuple[SkipReason, str] | None:
        """Why there is no school on `day`, with a name to show; None on a school day."""
        planned = self._why_not_planned(day)
        if planned is None and day in self._closed:
            return SkipReason.CLOSURE, self._closed[day]
        return planned

    def is_school_day(self, day: date) -> bool:
        """Whether `day` is a 上课日."""
        try:
            return day in self._school_days
        except YearNotAnnounced:
            # The table ends at the first unknown day; a vacation after it is still known.
            return self.why_no_school(day) is None

    def why_no_work(self, day: date) -> tuple[SkipReason, str] | None:
        """Why `day` is no 工作日, with the holiday's name; closures do not matter, offices stay open."""
        return self.workdays.why_no_work(day)

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is a 工作日."""
        return self.why_no_work(day) is None

    def school_day_number(self, day: date) -> int:
        """How many school days there were up to and including `day`: neighbouring ones differ by 1."""
        return self._school_days.number(day)

    def number_if_school_day(self, day: date) -> int | None:
        """The number of a school day, None for any other day; one look-up for those inside the table."""
        number = self._school_day_numbers.get(day)
        if number is None and self.is_school_day(day):
            return self.school_day_number(day)
        return number

    def next_school_day(self, day: date) -> date:
        """The first school day on or after `day`; BeyondCalendar if the calendar does not reach it."""
        return self._school_days.nth_after(day - ONE_DAY, 1)

    def nth_school_day_after(self, day: date, n: int) -> date:
        """The `n`-th school day after `day`, itself not counted; BeyondCalendar if there is none."""
        return self._school_days.nth_after(day, n)

    def nth_working_day_after(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`, itself not counted; BeyondCalendar past the years loaded."""
        return self.workdays.working_days.nth_after(day, n)

    def school_days(self, from_day: date, until: date) -> tuple[date, ...]:
        """The school days from `from_day` up to `until` (exclusive)."""
        return self._school_days.between(from_day, until)

    # Terms and sessions.

    def term_of(self, day: date) -> SchoolTerm | None:
        """The term that `day` lies in."""
        term = self.term_at_or_after(day)
        return term if term is not None and term.first_day <= day else None

    def term_at_or_after(self, day: date) -> SchoolTerm | None:
        """The term that `day` lies in, or else the next one planned."""
        return next(iter(self.terms_from(day)), None)

    def terms_from(self, day: date) -> tuple[SchoolTerm, ...]:
        """The terms that are not over before `day`."""
        return self.terms[bisect_left(self._term_ends, day) :]

    def session(self, code: str) -> Session:
        """The session with this code; UnknownSession lists those there are."""
        if code not in self._sessions_by_code:
            known = "、".join(self._sessions_by_code)
            raise UnknownSession(f"校历“{self.name}”没有节次“{code}”；已有的节次是：{known}")
        return self._sessions_by_code[code]

    def roll_call_sessions(self) -> tuple[Session, ...]:
        """The sessions in which a roll call is expected every school day."""
        return self._roll_call_sessions

    def roll_calls_begun(self, moment: time | None) -> frozenset[str]:
        """The codes of the roll-call sessions that have begun by a time of day; all of them for None."""
        if moment is None or moment >= self._last_roll_call:
            return self._roll_call_codes
        return frozenset(each.code for each in self._roll_call_sessions if each.starts <= moment)

    def session_start(self, day: date, code: str) -> datetime:
        """The moment the session begins on `day`, school day or not."""
        return datetime.combine(day, self.session(code).starts, CHINA_TIME)

    # Tables, each made once when first asked for; they never change what is answered.

    @cached_property
    def _school_day_numbers(self) -> dict[date, int]:
        return {day: number for number, day in enumerate(self._school_days.days, 1)}

    @cached_property
    def _roll_call_sessions(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions if session.roll_call)

    @cached_property
    def _roll_call_codes(self) -> frozenset[str]:
        return frozenset(session.code for session in self._roll_call_sessions)

    @cached_property
    def _last_roll_call(self) -> time:
        return max((session.starts for session in self._roll_call_sessions), default=time.min)

    @cached_property
    def _family(self) -> dict[tuple[Closure, ...], SchoolCalendar]:
        return {self.closures: self}

    @cached_property
    def _last_declared_at(self) -> datetime | None:
        return max((closure.declared_at for closure in self.closures), default=None)

    @cached_property
    def _term_ends(self) -> list[date]:
        return [term.last_day for term in self.terms]

    @cached_property
    def _sessions_by_code(self) -> dict[str, Session]:
        return {session.code: session for session in self.sessions}

    @cached_property
    def _school_days(self) -> NumberedDays:
        return self._planned_days.without(frozenset(self._closed)) if self._closed else self._planned_days

    @cached_property
    def _closed(self) -> dict[date, str]:
        """Planned school days that a closure for everybody takes away; the first one listed names it."""
        closed: dict[date, str] = {}
        days = self._planned_days.days
        for closure in self.closures:
            if not (closure.school or closure.grade or closure.class_group):
                first, end = bisect_left(days, closure.from_day), bisect_left(days, closure.until)
                for day in days[first:end]:
                    closed.setdefault(day, closure.reason)
        return closed

    @cached_property
    def _planned_days(self) -> NumberedDays:
        days: list[date] = []
        known_from = date.min
        for day in self._days_that_may_be_planned():
            try:
                planned = self._why_not_planned(day) is None
            except YearNotAnnounced as unknown:
                if unknown.year > self.workdays.last_year:
                    return NumberedDays(days, known_from=known_from, unknown_from=day)
                days.clear()  # numbers that run across an unknown stretch would be wrong
                known_from = day + ONE_DAY
                continue
            if planned:
                days.append(day)
        last = max([*self._term_ends, *self.extra_school_days], default=None)
        return NumberedDays(days, known_from=known_from, last_planned=last)

    def _days_that_may_be_planned(self) -> list[date]:
        in_terms = (day for term in self.terms for day in _days(term.first_day, term.last_day + ONE_DAY))
        return sorted({*in_terms, *self.extra_school_days})

    def _why_not_planned(self, day: date) -> tuple[SkipReason, str] | None:
        if day in self.extra_school_days:
            return None
        if self.term_of(day) is None:
            return SkipReason.VACATION, ""
        if day in self.days_off:
            return SkipReason.CLOSURE, self.days_off[day]
        self.workdays.require(day.year)
        if day in self.workdays.holidays:
            return SkipReason.HOLIDAY, self.workdays.holidays[day]
        if day.weekday() in self.weekdays or day in self.workdays.make_up_days:
            return None
        return SkipReason.WEEKEND, ""


def _days(from_day: date, until: date) -> Iterator[date]:
    return (from_day + timedelta(days=offset) for offset in range((until - from_day).days))


def _refuse_bad_terms(terms: tuple[SchoolTerm, ...]) -> None:
    for term in terms:
        if term.last_day < term.first_day:
            raise CalendarError(
                f"学期“{term.name}”从 {term.first_day} 到 {term.last_day}，首尾颠倒；最后一天应不早于第一天"
            )
    for term, following in pairwise(terms):
        if following.first_day <= term.last_day:
            raise CalendarError(
                f"学期“{term.name}”和“{following.name}”的日期重叠或次序颠倒；学期应先后相接，互不重叠"
            )


def _refuse_bad_sessions(sessions: tuple[Session, ...]) -> None:
    codes = [session.code for session in sessions]
    for session in sessions:
        if session.starts.second or session.ends.second:
            raise CalendarError(f"节次“{session.code}”的时间写到了秒；请只写到分，如 08:20")
        if codes.count(session.code) > 1:
            raise CalendarError(f"节次代码“{session.code}”出现了不止一次；每节的代码应各不相同")
        if session.ends <= session.starts:
            raise CalendarError(
                f"节次“{session.code}”{session.starts:%H:%M} 开始、{session.ends:%H:%M} 结束；结束应晚于开始"
            )
    for session, following in pairwise(sessions):
        if following.starts < session.ends:
            raise CalendarError(
                f"节次“{session.code}”和“{following.code}”的时间重叠或次序颠倒；应按时间先后排列，互不重叠"
            )


FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR = 2015, 2030


@lru_cache(maxsize=1)
def default_calendar() -> SchoolCalendar:
    """For a county that has not given its own: the usual terms from spring 2016 on, Monday to Friday."""
    return SchoolCalendar(
        name="通用校历",
        terms=tuple(term for year in range(FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR + 1) for term in _terms(year))[
            1:
        ],
        sessions=(
            Session("MORNING", SessionKind.MORNING, time(8), time(8, 20), True),
            _lesson("L1", time(8, 20), time(9)),
            _lesson("L2", time(9, 10), time(9, 50)),
            _lesson("L3", time(10, 10), time(10, 50)),
            _lesson("L4", time(11), time(11, 40)),
            _lesson("L5", time(14), time(14, 40)),
            _lesson("L6", time(14, 50), time(15, 30)),
            _lesson("L7", time(15, 40), time(16, 20)),
        ),
        workdays=national_workdays(),
    )


def _terms(year: int) -> tuple[SchoolTerm, SchoolTerm]:
    """The two terms of the school year that begins in `year`."""
    return (
        SchoolTerm(f"{year}-{year + 1}学年秋季学期", date(year, 9, 1), date(year + 1, 1, 15)),
        SchoolTerm(f"{year}-{year + 1}学年春季学期", date(year + 1, 2, 15), date(year + 1, 7, 15)),
    )


def _lesson(code: str, starts: time, ends: time) -> Session:
    return Session(code, SessionKind.LESSON, starts, ends, False)
