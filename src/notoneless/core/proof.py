"""The proof of a due moment: every stretch that was not counted, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from notoneless.core.calendar import ONE_DAY, SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SkipReason

LAST_MINUTE = time(23, 59)
MIDNIGHT = time(0)

WhyNot = Callable[[date], tuple[SkipReason, str] | None]


class Skipped(NamedTuple):
    """A stretch of time that a limit did not count, and why."""

    from_at: datetime
    until_at: datetime  # exclusive
    why: SkipReason
    name: str  # the holiday or the closure's reason; empty where `why` says it all


class Span(NamedTuple):
    """A stretch of every school day that a limit counts."""

    starts: time
    ends: time

    def minutes(self) -> int:
        """How long it is."""
        return minute_of(self.ends) - minute_of(self.starts)


def china(day: date, moment: time) -> datetime:
    """The moment in China time."""
    return datetime.combine(day, moment, CHINA_TIME)


def day_end(day: date) -> datetime:
    """The last minute of the day, 23:59."""
    return china(day, LAST_MINUTE)


def minute_of(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def skipped_days(from_day: date, until: date, why_not: WhyNot) -> tuple[Skipped, ...]:
    """The days from `from_day` up to `until` (exclusive) that `why_not` says do not count."""
    days = (from_day + timedelta(days=offset) for offset in range((until - from_day).days))
    return _merged(_whole_day(day, why) for day in days if (why := why_not(day)) is not None)


def skipped_between(
    start: datetime, at: datetime, spans: tuple[Span, ...], calendar: SchoolCalendar, *, whole: bool = False
) -> tuple[Skipped, ...]:
    """What lies outside the school days' `spans`; with `whole`, also the rest of a span that `start` cuts."""
    skipped: list[Skipped] = []
    for offset in range((at.date() - start.date()).days + 1):
        day = start.date() + timedelta(days=offset)
        why = calendar.why_no_school(day)
        skipped += _gaps(day, spans) if why is None else [_whole_day(day, why)]
        if whole and offset == 0 and why is None:
            skipped += [_under_way(day, span) for span in spans if span.starts < start.time() < span.ends]
    skipped.sort()
    clipped = (
        gap._replace(from_at=max(gap.from_at, start), until_at=min(gap.until_at, at)) for gap in skipped
    )
    return _merged(gap for gap in clipped if gap.from_at < gap.until_at)


def _gaps(day: date, spans: tuple[Span, ...]) -> list[Skipped]:
    edges = [china(day, MIDNIGHT)]
    for span in spans:
        edges += [china(day, span.starts), china(day, span.ends)]
    edges.append(china(day + ONE_DAY, MIDNIGHT))
    return [
        Skipped(ends, starts, SkipReason.OUT_OF_HOURS, "")
        for ends, starts in zip(edges[::2], edges[1::2], strict=True)
    ]


def _under_way(day: date, span: Span) -> Skipped:
    return Skipped(china(day, span.starts), china(day, span.ends), SkipReason.UNDER_WAY, "")


def _whole_day(day: date, why: tuple[SkipReason, str]) -> Skipped:
    return Skipped(china(day, MIDNIGHT), china(day + ONE_DAY, MIDNIGHT), *why)


def _merged(intervals: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Neighbours with the same reason and name as one."""
    merged: list[Skipped] = []
    for each in intervals:
        if merged and merged[-1].until_at == each.from_at and merged[-1][2:] == each[2:]:
            merged[-1] = merged[-1]._replace(until_at=each.until_at)
        else:
            merged.append(each)
    return tuple(merged)
