"""Which days a report is about, when it can be drawn up, when it is due, and what its form counts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from notoneless.core.balances import WAYS_IN, WAYS_OUT
from notoneless.core.calendar import BeyondCalendar, SchoolCalendar
from notoneless.core.figure_terms import Tally
from notoneless.core.policy.report_rules import ReportRule, Span
from notoneless.core.proof import day_end
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.terms import Post
from notoneless.core.time_limit import Due, due

ONE_DAY = timedelta(days=1)
# A weekend and a day more: where the last days of a period have no school, it may be drawn up before them.
NO_LONGER_THAN = timedelta(days=3)
_SEASON_MONTHS = {ReportKind.SPRING: (3,), ReportKind.AUTUMN: (9,)}

_T = Tally
_STANDING = (
    *(_T.AT_RISK, _T.SUSPECTED, _T.DROPOUTS, _T.NEVER_ENROLLED),
    *(_T.NEW_SUSPECTED, _T.NEW_DROPOUTS, _T.PERSUADED, _T.CAME_BACK, _T.CLOSED_OUT),
)
_MOVEMENT = (_T.OPENING, *WAYS_IN, *WAYS_OUT, _T.CLOSING)
_FULL = (
    *_MOVEMENT,
    *(_T.ON_ROLL, _T.ON_ROLL_ATTENDING, _T.ON_ROLL_AWAY, _T.ATTENDING_OFF_ROLL),
    *(_T.ORIGINAL, _T.ORIGINAL_PRESENT),
    *_STANDING,
)
# What each kind of report counts; its form prints sums of these and nothing else.
TALLIES: Mapping[ReportKind, tuple[Tally, ...]] = {
    **dict.fromkeys(ReportKind, _FULL),
    ReportKind.DAILY: (_T.CLOSING, *_STANDING),
}
# A nil report says that none of these had a child in it.
NOT_NIL = (
    *(_T.NEVER_ENROLLED, _T.DROPOUTS, _T.SUSPECTED, _T.NEW_DROPOUTS, _T.NEW_SUSPECTED),
    *(_T.MARKED_DROPOUT, _T.MARKED_SUSPECTED, _T.CAME_BACK),
)


class Column(NamedTuple):
    """A column of a report's form: a number that is the sum of lists of children."""

    code: str  # names it in addresses
    zh: str
    en: str
    tallies: tuple[Tally, ...]
    group: str = ""  # of neighbouring columns
    group_en: str = ""

    @property
    def mark(self) -> str:
        """The mark of the column on paper; two groups have a column of one name."""
        return f"{self.group[2:]}{self.zh}" if self.zh in ("班间", "其他") else self.zh


_IN, _OUT, _NEW = ("本期增加", "in"), ("本期减少", "out"), ("本期处置", "in the period")
_CASES = (
    Column("at-risk", "临界", "at risk", (_T.AT_RISK,)),
    Column("suspected", "疑似辍学", "suspected", (_T.SUSPECTED,)),
    Column("dropouts", "辍学", "dropouts", (_T.DROPOUTS,)),
    Column("never-enrolled", "失学", "never enrolled", (_T.NEVER_ENROLLED,)),
    Column("new-suspected", "新增疑似", "newly suspected", (_T.NEW_SUSPECTED,), *_NEW),
    Column("new-dropouts", "新增辍学", "new dropouts", (_T.NEW_DROPOUTS,), *_NEW),
    Column("persuaded", "劝返", "persuaded", (_T.PERSUADED,), *_NEW),
    Column("came-back", "返校", "came back", (_T.CAME_BACK,), *_NEW),
    Column("closed-out", "销号", "closed out", (_T.CLOSED_OUT,), *_NEW),
)
_MOVES = (
    Column("opening", "期初在校", "at the start", (_T.OPENING,)),
    Column("transferred-in", "转入", "transferred in", (_T.TRANSFERRED_IN,), *_IN),
    Column("resumed", "复学返校", "resumed, came back", (_T.RESUMED, _T.RETURNED), *_IN),
    Column("entered", "新生", "entered", (_T.ENTERED,), *_IN),
    Column("class-in", "班间", "from another class", (_T.CLASS_IN,), *_IN),
    Column("other-in", "其他", "other", (_T.OTHER_IN,), *_IN),
    Column("transferred-out", "转出", "transferred out", (_T.TRANSFERRED_OUT,), *_OUT),
    Column("suspended", "休学", "suspended", (_T.SUSPENDED,), *_OUT),
    Column("died", "死亡", "died", (_T.DIED,), *_OUT),
    Column("dropped", "疑似和辍学", "dropped out", (_T.MARKED_SUSPECTED, _T.MARKED_DROPOUT), *_OUT),
    Column("class-out", "班间", "to another class", (_T.CLASS_OUT,), *_OUT),
    Column(
        "other-out",
        "其他",
        "other",
        (_T.GRADUATED, _T.MOVED_ABROAD, _T.ROUTED, _T.MARKED_ELSEWHERE, _T.OTHER_OUT),
        *_OUT,
    ),
    Column("closing", "期末在校", "at the end", (_T.CLOSING,)),
    Column("guests", "借读", "guests", (_T.ATTENDING_OFF_ROLL,)),
)
COLUMNS: Mapping[ReportKind, tuple[Column, ...]] = {
    **dict.fromkeys(ReportKind, (*_MOVES, *_CASES)),
    ReportKind.DAILY: (Column("closing", "在校", "attending", (_T.CLOSING,)), *_CASES),
}


def cell(counts: Mapping[Tally, Mapping[int, int]], column: Column, unit: int | None = None) -> int:
    """What stands in the column for a unit, for all of them together when none is named."""
    each = (counts.get(tally, {}) for tally in column.tallies)
    return sum(sum(units.values()) if unit is None else units.get(unit, 0) for units in each)


def still_there(counts: Mapping[Tally, Mapping[int, int]], unit: int | None = None) -> Decimal | None:
    """Of those attending at the start, the share per cent still there at the end; None without any."""
    whole, there = (
        sum(counts.get(tally, {}).values()) if unit is None else counts.get(tally, {}).get(unit, 0)
        for tally in (_T.ORIGINAL, _T.ORIGINAL_PRESENT)
    )
    if not whole:
        return None
    return (Decimal(100 * there) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def span_of(rule: ReportRule, day: date, calendar: SchoolCalendar) -> Span | None:
    """The days of the report that `day` lies in; None on a day that no report of the kind is about."""
    match rule.kind:
        case ReportKind.DAILY:
            return Span(day, day) if _is_school_day(day, calendar) else None
        case ReportKind.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            return Span(monday, monday + timedelta(days=6))
        case ReportKind.MONTHLY:
            return _month(rule.day, day)
        case ReportKind.QUARTERLY:
            first = date(day.year, day.month - (day.month - 1) % 3, 1)
            return Span(first, _in_month(first.year, first.month + 2, 0))
        case ReportKind.YEARLY:
            begins = school_year_of(day)
            return Span(date(begins, 9, 1), date(begins + 1, 8, 31))
        case ReportKind.TERMLY:
            term = calendar.term_of(day)
            return Span(term.first_day, term.last_day) if term else None
        case ReportKind.SPRING | ReportKind.AUTUMN:
            return _season(rule, day, calendar)


def school_year_of(day: date) -> int:
    """The year in which the school year of a day begins, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def spans(rule: ReportRule, first: date, until: date, calendar: SchoolCalendar) -> Iterator[Span]:
    """The days of every report whose last day lies from `first` to `until`; without school days, none."""
    day = first
    while day <= until:
        span = span_of(rule, day, calendar)
        if span is None:
            day += ONE_DAY
            continue
        if span.last <= until and has_school(span, calendar):
            yield span
        day = span.last + ONE_DAY


def has_school(span: Span, calendar: SchoolCalendar) -> bool:
    """Whether there is a school day in these days; where the calendar cannot tell, there may be."""
    try:
        return bool(calendar.school_days(span.first, span.last + ONE_DAY))
    except BeyondCalendar:
        return True


def ready_on(span: Span, calendar: SchoolCalendar) -> date:
    """From when it can be drawn up: its last day, or the last school day if that is just before it."""
    try:
        days = calendar.school_days(span.last - NO_LONGER_THAN, span.last + ONE_DAY)
    except BeyondCalendar:
        return span.last
    return days[-1] if days else span.last


def due_of(rule: ReportRule, span: Span, calendar: SchoolCalendar) -> Due:
    """The last minute in which it is sent in time, counted from the end of its last day, with the proof."""
    return due(day_end(span.last), rule.by, calendar)


def chain_of(rule: ReportRule) -> tuple[tuple[ReportStep, Post], ...]:
    """Who takes which step, in this order, once it is drawn up; the last is the receiver's, if it has one."""
    checks = tuple(
        (ReportStep.CHECKED if post is Post.CLASS_TEACHER else ReportStep.REVIEWED, post)
        for post in rule.checks
    )
    received = ((ReportStep.ACCEPTED, rule.to),) if rule.to is not None else ()
    return (*checks, (ReportStep.SIGNED, rule.signer), *received)


def _is_school_day(day: date, calendar: SchoolCalendar) -> bool:
    try:
        return calendar.is_school_day(day)
    except BeyondCalendar:
        return False


def _month(last_day: int, day: date) -> Span:
    """From the day after the last month's last day that counts to this month's."""
    last = _in_month(day.year, day.month, last_day)
    if day > last:
        following = _in_month(day.year, day.month, 0) + ONE_DAY
        last = _in_month(following.year, following.month, last_day)
    before = date(last.year, last.month, 1) - ONE_DAY
    return Span(_in_month(before.year, before.month, last_day) + ONE_DAY, last)


def _in_month(year: int, month: int, day: int) -> date:
    """That day of the month, or its last one for 0 and where the month is shorter."""
    length = monthrange(year, month)[1]
    return date(year, month, min(day, length) if day else length)


def _season(rule: ReportRule, day: date, calendar: SchoolCalendar) -> Span | None:
    """From the first day of the term to the day on which it is to be known, in the month it is due in."""
    for month in rule.months or _SEASON_MONTHS[rule.kind]:
        last = _in_month(day.year, month, rule.day)
        term = calendar.term_of(last)
        if term is not None and term.first_day <= day <= last:
            return Span(term.first_day, last)
    return None
