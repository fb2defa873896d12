"""Time limits: which kind of time a limit counts, when it is up, and what was not counted on the way.

A due moment is the last minute in which the act is still in time: overdue means later than it. A day ends
at 23:59. An hour limit is up after n × 60 minutes, a lesson limit as the lesson ends. So a limit of a and
then one of b add up to one of a + b: a day limit goes on counting from the day after the one it ended on,
the others from the very minute.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from notoneless.core.calendar import (
    ONE_DAY,
    BeyondCalendar,
    SchoolCalendar,
    SchoolTerm,
    Session,
    TermsNotPlanned,
)
from notoneless.core.facts import CHINA_TIME
from notoneless.core.proof import Skipped, Span, china, day_end, minute_of, skipped_between, skipped_days
from notoneless.core.terms import DayKind, SessionKind

__all__ = ["Due", "LimitError", "Skipped", "TimeLimit", "add_school_days", "due", "label", "parse_limit"]

LARGEST_COUNT = 999
REMEMBERED = 1 << 16  # due moments kept, so that asking again for the same start costs a look-up


class LimitError(ValueError):
    """A time limit that does not say clearly what it counts."""


class TimeLimit(NamedTuple):
    """时限: so many of a kind; for "week 2 of term" and "by the 20th" `count` is the 2 and the 20."""

    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody asks a limit for
    kind: DayKind


class Due(NamedTuple):
    """The last minute in time, with its proof; if the calendar cannot tell, `unknown` says why."""

    at: datetime | None
    skipped: tuple[Skipped, ...] = ()
    unknown: str = ""


# Writing and reading limits.

_PATTERNS: tuple[tuple[str, DayKind], ...] = (
    (r"(\d+) hours?", DayKind.HOUR),
    (r"(\d+) school hours?", DayKind.SCHOOL_HOUR),
    (r"(\d+) lessons?", DayKind.LESSON),
    (r"(\d+) sessions?", DayKind.SESSION),
    (r"half day", DayKind.HALF_DAY),
    (r"same day", DayKind.SAME_DAY),
    (r"before morning check", DayKind.MORNING_CHECK),
    (r"(\d+) school days?", DayKind.SCHOOL_DAY),
    (r"(\d+) working days?", DayKind.WORKING_DAY),
    (r"(\d+) calendar days?", DayKind.CALENDAR_DAY),
    (r"week (\d+) of term", DayKind.WEEK_OF_TERM),
    (r"by the (\d+)(?:st|nd|rd|th)", DayKind.BY_THE_NTH),
    (r"month end", DayKind.MONTH_END),
    (r"term end", DayKind.TERM_END),
    (r"school year end", DayKind.SCHOOL_YEAR_END),
)
_ALLOWED = (
    '"1 hour"、"1 school hour"、"2 lessons"、"1 session"、"half day"、"same day"、"before morning check"、'
    '"3 school days"、"10 working days"、"15 calendar days"、"week 1 of term"、"by the 20th"、'
    '"month end"、"term end"、"school year end"'
)


def parse_limit(text: str) -> TimeLimit:
    """The limit that `text` writes, e.g. "3 school days"; LimitError if it does not say which days."""
    for pattern, kind in _PATTERNS:
        if match := re.fullmatch(pattern, text, re.ASCII):
            return _checked(text, TimeLimit(int(match[1]) if match.groups() else 1, kind))
    if match := re.fullmatch(r"(\d+) days?", text, re.ASCII):
        n = match[1]
        raise LimitError(
            f'“{text}”没有写明是哪一种日子；请写成 "{_plural(n, "school day")}"（上课日）'
            f'或 "{_plural(n, "calendar day")}"（日历日）'
        )
    raise LimitError(f"“{text}”不是能识别的时限；可以写：{_ALLOWED}")


def _checked(text: str, limit: TimeLimit) -> TimeLimit:
    largest = {DayKind.BY_THE_NTH: 31, DayKind.WEEK_OF_TERM: 53}.get(limit.kind, LARGEST_COUNT)
    if not 1 <= limit.count <= largest:
        raise LimitError(f"时限“{text}”中的数应在 1 到 {largest} 之间")
    return limit


def _plural(n: str, unit: str) -> str:
    return f"{n} {unit}" if n == "1" else f"{n} {unit}s"


_LABELS: dict[DayKind, tuple[str, str]] = {
    DayKind.HOUR: ("{n}小时内", "within {n} hour{s}"),
    DayKind.SCHOOL_HOUR: ("{n}个在校小时内", "within {n} school hour{s}"),
    DayKind.LESSON: ("{n}节课内", "within {n} lesson{s}"),
    DayKind.SESSION: ("{n}个节次内", "within {n} session{s}"),
    DayKind.HALF_DAY: ("{n}个半天（上课日）内", "within {n} half school day{s}"),
    DayKind.SAME_DAY: ("当日", "the same day"),
    DayKind.MORNING_CHECK: ("下一个上课日晨检前", "before the next morning check"),
    DayKind.SCHOOL_DAY: ("{n}个上课日内", "within {n} school day{s}"),
    DayKind.WORKING_DAY: ("{n}个工作日内", "within {n} working day{s}"),
    DayKind.CALENDAR_DAY: ("{n}个日历日内", "within {n} calendar day{s}"),
    DayKind.WEEK_OF_TERM: ("开学第{n}周内", "by the end of week {n} of term"),
    DayKind.BY_THE_NTH: ("每月{n}日前", "by the {nth} of the month"),
    DayKind.MONTH_END: ("月底前", "by the end of the month"),
    DayKind.TERM_END: ("学期末前", "by the end of term"),
    DayKind.SCHOOL_YEAR_END: ("学年末前", "by the end of the school year"),
}


def label(limit: TimeLimit, language: str = "zh") -> str:
    """The limit as people read it, Chinese unless `language` starts with "en"."""
    zh, en = _LABELS[limit.kind]
    n = limit.count
    if limit == (1, DayKind.HALF_DAY):
        zh, en = "半天（上课日）内", "within half a school day"
    if not language.startswith("en"):
        return zh.format(n=n)
    ending = "th" if n in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return en.format(n=n, s="" if n == 1 else "s", nth=f"{n}{ending}")


# When a limit is up.


def due(start: datetime, limit: TimeLimit, calendar: SchoolCalendar) -> Due:
    """The last minute, in China time, in which an act owed from `start` is within `limit`, and the proof.

    `skipped` lists what was not counted on the way to `at`: from the minute of `start`, or for limits in days
    from the midnight after it. Limits that name a place in the calendar (same day, week of term, by the nth,
    ends of month, term and school year) count nothing and so skip nothing.
    """
    if start.tzinfo is None:
        raise ValueError(f"时间 {start} 没有时区；应写明北京时间（+08:00）")
    start = start.astimezone(CHINA_TIME)
    if limit.kind in _FROM_DAY:
        return _due_from_day(start.date(), limit, calendar)
    return _due_from_minute(start.replace(second=0, microsecond=0), limit, calendar)


def add_school_days(day: date, n: int, calendar: SchoolCalendar) -> date:
    """The `n`-th school day after `day`, itself not counted; BeyondCalendar if there is none."""
    return calendar.nth_school_day_after(day, n)


@lru_cache(maxsize=REMEMBERED)
def _due_from_day(day: date, limit: TimeLimit, calendar: SchoolCalendar) -> Due:
    try:
        return _FROM_DAY[limit.kind](day, limit.count, calendar)
    except BeyondCalendar as gap:
        return Due(None, unknown=str(gap))


@lru_cache(maxsize=REMEMBERED)
def _due_from_minute(minute: datetime, limit: TimeLimit, calendar: SchoolCalendar) -> Due:
    try:
        return _FROM_MINUTE[limit.kind](minute, limit.count, calendar)
    except BeyondCalendar as gap:
        return Due(None, unknown=str(gap))


# Limits that count days, or name one.


def _same_day(day: date, n: int, calendar: SchoolCalendar) -> Due:
    return Due(day_end(day))


def _school_days(day: date, n: int, calendar: SchoolCalendar) -> Due:
    last = calendar.nth_school_day_after(day, n)
    return Due(day_end(last), skipped_days(day + ONE_DAY, last, calendar.why_no_school))


def _working_days(day: date, n: int, calendar: SchoolCalendar) -> Due:
    last = calendar.nth_working_day_after(day, n)
    return Due(day_end(last), skipped_days(day + ONE_DAY, last, calendar.why_no_work))


def _calendar_days(day: date, n: int, calendar: SchoolCalendar) -> Due:
    return Due(day_end(day + timedelta(days=n)))


def _morning_check(day: date, n: int, calendar: SchoolCalendar) -> Due:
    checks = [session for session in calendar.sessions if session.kind is SessionKind.MORNING]
    if not checks:
        raise _NoSuchSession(calendar.name, "晨检")
    last = calendar.nth_school_day_after(day, 1)
    skipped = skipped_days(day + ONE_DAY, last, calendar.why_no_school)
    return Due(china(last, checks[0].starts), skipped)


def _week_of_term(day: date, n: int, calendar: SchoolCalendar) -> Due:
    """Week 1 is the Monday-to-Sunday week of the term's first school day.

    Whether this term's week is over is judged by the plan: a closure may put the week off, not bring it back.
    """
    for term in calendar.terms_from(day):
        planned = _first_school_day(term, calendar.as_planned())
        actual = _first_school_day(term, calendar)
        if planned is not None and actual is not None and _sunday(planned, n) >= day:
            return Due(day_end(_sunday(actual, n)))
    raise TermsNotPlanned(calendar.terms[-1].last_day if calendar.terms else None)


def _first_school_day(term: SchoolTerm, calendar: SchoolCalendar) -> date | None:
    first = calendar.next_school_day(term.first_day)
    return first if first <= term.last_day else None


def _sunday(day: date, week: int) -> date:
    """The Sunday that ends the `week`-th week, counted from the one `day` lies in."""
    return day + timedelta(days=6 - day.weekday() + 7 * (week - 1))


def _by_the_nth(day: date, n: int, calendar: SchoolCalendar) -> Due:
    this_month = _nth_of_month(day, n)
    return Due(day_end(this_month if day <= this_month else _nth_of_month(_month_end(day) + ONE_DAY, n)))


def _nth_of_month(day: date, n: int) -> date:
    return day.replace(day=min(n, _month_end(day).day))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _end_of_month(day: date, n: int, calendar: SchoolCalendar) -> Due:
    return Due(day_end(_month_end(day)))


def _end_of_term(day: date, n: int, calendar: SchoolCalendar) -> Due:
    term = calendar.term_at_or_after(day)
    if term is None:
        raise TermsNotPlanned(calendar.terms[-1].last_day if calendar.terms else None)
    return Due(day_end(term.last_day))


def _end_of_school_year(day: date, n: int, calendar: SchoolCalendar) -> Due:
    end = date(day.year, 8, 31)
    return Due(day_end(end if day <= end else date(day.year + 1, 8, 31)))


# Limits that count parts of a day.


class _NoSuchSession(BeyondCalendar):
    """The timetable has nothing of the kind that the limit counts."""

    def __init__(self, calendar: str, missing: str) -> None:
        super().__init__(calendar, missing)

    def __str__(self) -> str:
        calendar, missing = self.args
        return (
            f"校历“{calendar}”的作息时间里没有{missing}，算不出到期时间；"
            f"请在校历文件中补充{missing}的起止时间。"
        )


def _hours(start: datetime, n: int, calendar: SchoolCalendar) -> Due:
    return Due(start + timedelta(hours=n))


def _school_hours(start: datetime, n: int, calendar: SchoolCalendar) -> Due:
    """Minutes count inside the spans only; the moment is the earliest by which all of them have passed."""
    spans = _school_hour_spans(calendar)
    now = minute_of(start.time())
    passed = sum(min(max(now - minute_of(span.starts), 0), span.minutes()) for span in spans)
    a_day = sum(span.minutes() for span in spans)
    day, minute = _carry(start.date(), passed, 60 * n, a_day, calendar)
    for span in spans:
        if minute < span.minutes():
            at = china(day, span.starts) + timedelta(minutes=minute + 1)
            break
        minute -= span.minutes()
    return Due(at, skipped_between(start, at, spans, calendar))


def _lessons(start: datetime, n: int, calendar: SchoolCalendar) -> Due:
    """The end of the `n`-th lesson that begins at `start` or later; one under way does not count."""
    spans = _lesson_spans(calendar)
    begun = sum(span.starts < start.time() for span in spans)
    day, index = _carry(start.date(), begun, n, len(spans), calendar)
    at = china(day, spans[index].ends)
    return Due(at, skipped_between(start, at, spans, calendar, whole=True))


def _sessions(start: datetime, n: int, calendar: SchoolCalendar) -> Due:
    """The end of the `n`-th session that ends after `start`; the one under way counts, breaks do not."""
    spans = _existing((Span(each.starts, each.ends) for each in calendar.sessions), calendar, "节次")
    over = sum(span.ends <= start.time() for span in spans)
    day, index = _carry(start.date(), over, n, len(spans), calendar)
    at = china(day, spans[index].ends)
    return Due(at, skipped_between(start, at, spans, calendar))


def _half_days(start: datetime, n: int, calendar: SchoolCalendar) -> Due:
    """The end of the `n`-th half school day that ends after `start`; the one under way counts."""
    spans = _half_day_spans(calendar)
    over = sum(span.ends <= start.time() for span in spans)
    day, index = _carry(start.date(), over, n, len(spans), calendar)
    at = china(day, spans[index].ends)
    return Due(at, skipped_between(start, at, spans, calendar))


def _carry(day: date, gone: int, n: int, a_day: int, calendar: SchoolCalendar) -> tuple[date, int]:
    """School day and index in it of the `n`-th unit from now, `gone` of the `a_day` on `day` being over."""
    if not calendar.is_school_day(day):
        gone = a_day
    days, index = divmod(gone + n - 1, a_day)
    return (calendar.nth_school_day_after(day, days) if days else day), index


@lru_cache(maxsize=1024)
def _lesson_spans(calendar: SchoolCalendar) -> tuple[Span, ...]:
    lessons = [session for session in calendar.sessions if session.kind is SessionKind.LESSON]
    return _existing((Span(each.starts, each.ends) for each in lessons), calendar, "课")


@lru_cache(maxsize=1024)
def _school_hour_spans(calendar: SchoolCalendar) -> tuple[Span, ...]:
    """From the first start to the last end of each half day: breaks count, lunch and evenings do not."""
    sessions = _daytime(calendar)
    halves = (
        [each for each in sessions if each.starts < calendar.noon],
        [each for each in sessions if each.starts >= calendar.noon],
    )
    return _existing((Span(half[0].starts, half[-1].ends) for half in halves if half), calendar, "课")


@lru_cache(maxsize=1024)
def _half_day_spans(calendar: SchoolCalendar) -> tuple[Span, ...]:
    """The morning from the first start to noon, the afternoon from noon to the last end."""
    sessions = _daytime(calendar)
    if not sessions:
        raise _NoSuchSession(calendar.name, "课")
    first, last = sessions[0].starts, sessions[-1].ends
    halves = (Span(first, calendar.noon), Span(max(first, calendar.noon), last))
    return tuple(half for half in halves if half.starts < half.ends)


def _daytime(calendar: SchoolCalendar) -> list[Session]:
    return [session for session in calendar.sessions if session.kind is not SessionKind.EVENING]


def _existing(spans: Iterable[Span], calendar: SchoolCalendar, missing: str) -> tuple[Span, ...]:
    found = tuple(spans)
    if not found:
        raise _NoSuchSession(calendar.name, missing)
    return found


_FROM_DAY: dict[DayKind, Callable[[date, int, SchoolCalendar], Due]] = {
    DayKind.SAME_DAY: _same_day,
    DayKind.MORNING_CHECK: _morning_check,
    DayKind.SCHOOL_DAY: _school_days,
    DayKind.WORKING_DAY: _working_days,
    DayKind.CALENDAR_DAY: _calendar_days,
    DayKind.WEEK_OF_TERM: _week_of_term,
    DayKind.BY_THE_NTH: _by_the_nth,
    DayKind.MONTH_END: _end_of_month,
    DayKind.TERM_END: _end_of_term,
    DayKind.SCHOOL_YEAR_END: _end_of_school_year,
}
_FROM_MINUTE: dict[DayKind, Callable[[datetime, int, SchoolCalendar], Due]] = {
    DayKind.HOUR: _hours,
    DayKind.SCHOOL_HOUR: _school_hours,
    DayKind.LESSON: _lessons,
    DayKind.SESSION: _sessions,
    DayKind.HALF_DAY: _half_days,
}
