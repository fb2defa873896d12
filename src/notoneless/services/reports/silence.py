"""Silence becomes overdue: which reports were due, which came in time or late, and which are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Min

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.report_rules import ReportRule, Span
from notoneless.core.report_terms import OnTime, ReportKind
from notoneless.core.reporting import due_of, ready_on, school_year_of, span_of, spans
from notoneless.core.terms import Post, TellKind
from notoneless.core.time_limit import Due
from notoneless.records.models import Place, ReportDrawn, RollCall
from notoneless.records.owing import LEVELS
from notoneless.services.reports.rules import Reporter, reporters
from notoneless.services.reports.standing import signed_step
from notoneless.services.telling import queue

# How far back a place is asked for what it did not report; others for the school year.
_LOOK_BACK = {ReportKind.DAILY: timedelta(days=7), ReportKind.WEEKLY: timedelta(days=56)}
ONE_MINUTE = timedelta(minutes=1)  # a due moment is the last minute in time


class Expected(NamedTuple):
    """A report that a place owes for these days, with what became of it."""

    place: Place
    rule: ReportRule
    span: Span
    due: Due
    ready: date  # from when it can be drawn up
    report: ReportDrawn | None  # the one that stands now
    came_at: datetime | None  # when one was first signed for these days
    on_time: OnTime

    @property
    def missing(self) -> bool:
        """Whether it is overdue."""
        return self.on_time is OnTime.MISSING


class Timeliness(NamedTuple):
    """How many places of a level reported in time, for one kind of report and one period."""

    level: str
    kind: ReportKind
    span: Span
    counts: Mapping[OnTime, int]
    missing: tuple[Place, ...]
    late: tuple[Place, ...]


def expected(place: Place, now: datetime, kind: ReportKind | None = None) -> list[Expected]:
    """The reports that the place itself owes, the latest first; the one of the running days among them."""
    found = list(expected_of(reporters([place], now.date()), now, kind))
    return sorted(found, key=lambda each: (each.span.last, each.rule.kind.value), reverse=True)


def expected_below(place: Place, now: datetime, kind: ReportKind | None = None) -> list[Expected]:
    """The reports that the places within this one owe."""
    within = Place.objects.filter(path__startswith=place.path or "?", kind__in=LEVELS).exclude(pk=place.pk)
    return list(expected_of(reporters(within.order_by("path"), now.date()), now, kind))


def expected_of(
    asked: Iterable[Reporter], now: datetime, kind: ReportKind | None = None
) -> Iterator[Expected]:
    """What each of these owes; the reports are read at once."""
    begin = _begin(now.date())
    asked = list(asked)
    there = _reports([each.place for each in asked], begin, kind) if begin else {}
    for each in asked:
        for rule in each.rules.values():
            if begin is not None and kind in (None, rule.kind):
                for span in _spans(rule, begin, now.date(), each.calendar):
                    found = there.get((each.place.pk, rule.kind, span.last), [])
                    yield _expected(each.place, rule, span, each.calendar, found, now)


def timeliness(place: Place, now: datetime, kind: ReportKind | None = None) -> list[Timeliness]:
    """Per level, kind and period: how many reported in time, late, not at all; the latest period first."""
    groups: dict[tuple[str, ReportKind, Span], list[Expected]] = {}
    for each in (*expected(place, now, kind), *expected_below(place, now, kind)):
        groups.setdefault((each.rule.level, each.rule.kind, each.span), []).append(each)
    return [
        Timeliness(
            *key,
            Counter(each.on_time for each in found),
            tuple(each.place for each in found if each.missing),
            tuple(each.place for each in found if each.on_time is OnTime.LATE),
        )
        for key, found in sorted(groups.items(), key=_order)
    ]


def overdue(places: Iterable[Place], now: datetime) -> list[Expected]:
    """The reports of these places that are overdue, the longest first."""
    found = [each for each in expected_of(reporters(places, now.date()), now) if each.missing]
    return sorted(found, key=lambda each: (each.span.last, each.place.pk))


def tell_overdue(*, now: datetime) -> int:
    """Queue a word for whoever owes a report that is overdue, once a day each; how many."""
    found = overdue(Place.objects.filter(kind__in=LEVELS), now)
    for each in found:
        key = f"report/{now.date()}/{each.place.pk}/{each.rule.kind.value}/{each.span.last}"
        queue(key=key, kind=TellKind.REPORT, at=now, posts=_told(each.rule), place=each.place.pk)
    return len(found)


def _told(rule: ReportRule) -> list[Post]:
    return list(dict.fromkeys((rule.drawer, rule.signer)))


def _order(item: tuple[tuple[str, ReportKind, Span], list[Expected]]) -> tuple[int, int, int]:
    (level, kind, span), _ = item
    return -span.last.toordinal(), list(ReportKind).index(kind), list(LEVELS.values()).index(level)


def _begin(today: date) -> date | None:
    """Since when reports are owed: this school year, and not before the first roll call that is on record."""
    first = RollCall.objects.aggregate(first=Min("day"))["first"]
    return None if first is None else max(first, date(school_year_of(today), 9, 1))


def _spans(rule: ReportRule, begin: date, today: date, calendar: SchoolCalendar) -> Iterator[Span]:
    """Those that ended since, and the running one."""
    since = max(begin, today - _LOOK_BACK[rule.kind]) if rule.kind in _LOOK_BACK else begin
    found = [span for span in spans(rule, since, today, calendar) if span.last >= since]
    running = span_of(rule, today, calendar)
    yield from found
    if running is not None and running not in found:
        yield running


def _expected(
    place: Place,
    rule: ReportRule,
    span: Span,
    calendar: SchoolCalendar,
    reports: list[ReportDrawn],
    now: datetime,
) -> Expected:
    due = due_of(rule, span, calendar)
    stands = next((each for each in reports if getattr(each, "replaced_by", None) is None), None)
    signed = [step.at for each in reports if (step := signed_step(each)) is not None]
    came = min(signed, default=None)
    return Expected(place, rule, span, due, ready_on(span, calendar), stands, came, _on_time(came, due, now))


def _on_time(came: datetime | None, due: Due, now: datetime) -> OnTime:
    if came is not None:
        return OnTime.LATE if due.at is not None and came >= due.at + ONE_MINUTE else OnTime.ON_TIME
    return OnTime.MISSING if due.at is not None and due.at + ONE_MINUTE <= now else OnTime.NOT_DUE


def _reports(
    places: Iterable[Place], begin: date, kind: ReportKind | None
) -> dict[tuple[int, ReportKind, date], list[ReportDrawn]]:
    rows = ReportDrawn.objects.filter(place__in=list(places), last__gte=begin)
    rows = rows.filter(kind=kind) if kind is not None else rows
    found: dict[tuple[int, ReportKind, date], list[ReportDrawn]] = {}
    for row in rows.defer("counts").select_related("replaced_by").prefetch_related("steps").order_by("at"):
        found.setdefault((row.place_id, row.kind, row.last), []).append(row)
    return found
