"""The numbers of a place's charts: months, rungs, and the children behind each; counted by the one engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Child, Place, ReportDrawn, ReportStepTaken
from notoneless.services.counting import Asked, children_of, counts, roll_calls, total

STOCKS = (Tally.CLOSING, Tally.SUSPECTED, Tally.DROPOUTS)
MOVES = (Tally.CAME_BACK, Tally.NEW_SUSPECTED, Tally.NEW_DROPOUTS)
TREND = STOCKS + MOVES
AWAY_TODAY, AWAY_THREE = "AWAY_TODAY", "AWAY_THREE"
THREE = 3  # school days in a row
STANDING = (Tally.AT_RISK, Tally.SUSPECTED, Tally.DROPOUTS, Tally.NEVER_ENROLLED, Tally.BACK, Tally.HELD)
LISTED = frozenset(tally.value for tally in (*TREND, *STANDING, Tally.CLOSED_OUT))
ONE_DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=45)  # the longest holiday is shorter


class Month(NamedTuple):
    """The days of one month that have been; both within it."""

    first: date
    last: date


class Trend(NamedTuple):
    """Each tally month by month: as known now, and as the month's report said (None: none was signed)."""

    months: tuple[Month, ...]
    now: Mapping[Tally, tuple[int, ...]]
    then: Mapping[Tally, tuple[int | None, ...]]


class Rung(NamedTuple):
    """One rung of the ladder: its code, which names its list too, and how many children stand on it."""

    code: str
    children: int


def months_until(last: date, many: int) -> tuple[Month, ...]:
    """So many months up to the day, the last of them as far as it has come."""
    found = [Month(last.replace(day=1), last)]
    while len(found) < many:
        end = found[-1].first - ONE_DAY
        found.append(Month(end.replace(day=1), end))
    return tuple(reversed(found))


def trend(place: Place, many: int, *, at: datetime) -> Trend:
    """The place's months up to a moment; one statement a month.

    Months before anything was recorded are left out: of them nothing is known, not even that there was none.
    """
    months = months_until(_day(at), many)
    found = [counts(Asked(place, month.first, month.last, at), TREND) for month in months]
    while len(found) > 1 and not any(found[0].values()):
        months, found = months[1:], found[1:]
    reported = [_reported(place, month) for month in months]
    return Trend(
        months,
        {tally: tuple(total(each[tally]) for each in found) for tally in TREND},
        {tally: tuple(_said(each, tally) for each in reported) for tally in STOCKS},
    )


def _reported(place: Place, month: Month) -> ReportDrawn | None:
    """The month's report of the place as it was signed, the last one where it was drawn up anew."""
    signed = ReportStepTaken.objects.filter(report=OuterRef("pk"), step=ReportStep.SIGNED)
    drawn = ReportDrawn.objects.filter(
        Exists(signed),
        place=place,
        kind=ReportKind.MONTHLY,
        last__gte=month.first,
        last__lte=month.last,
    )
    return drawn.order_by("last", "at").last()


def _said(report: ReportDrawn | None, tally: Tally) -> int | None:
    given = report.counts.get(tally.value) if report else None
    return sum(given.values()) if given is not None else None


def ladder(place: Place, *, at: datetime) -> tuple[Rung, ...]:
    """Where children stand now, from today's absence to the case that was closed this school year."""
    today = Asked(place, _day(at), _day(at), at)
    standing = counts(today, STANDING)
    closed = counts(year_of(place, at), [Tally.CLOSED_OUT])[Tally.CLOSED_OUT]
    days = _away(place, at)
    return (
        Rung(AWAY_TODAY, len(days[0]) if days else 0),
        Rung(AWAY_THREE, len(_in_all(days))),
        *(Rung(tally.value, total(standing[tally])) for tally in STANDING),
        Rung(Tally.CLOSED_OUT.value, total(closed)),
    )


def year_of(place: Place, at: datetime) -> Asked:
    """The school year up to a moment."""
    on = _day(at)
    return Asked(place, date(on.year if on.month >= 9 else on.year - 1, 9, 1), on, at)


def _away(place: Place, at: datetime) -> list[set[UUID]]:
    """Who was away without explanation on the last school days, the latest first; three at most."""
    on = _day(at)
    days = list(county_calendar().school_days(on - LOOK_BACK, on + ONE_DAY))[-THREE:]
    return [set(roll_calls(Asked(place, each, each, at)).unexplained) for each in reversed(days)]


def _in_all(days: Sequence[set[UUID]]) -> set[UUID]:
    return set.intersection(*days) if len(days) == THREE else set()


def listed(place: Place, code: str, first: date, last: date, *, at: datetime) -> QuerySet[Child]:
    """The children behind one number of a chart. Raises ValueError for a number that no chart has."""
    if code == AWAY_TODAY:
        days = _away(place, at)
        return Child.objects.filter(pk__in=days[0] if days else ())
    if code == AWAY_THREE:
        return Child.objects.filter(pk__in=_in_all(_away(place, at)))
    if code not in LISTED:
        raise ValueError(code)
    return children_of(Asked(place, first, last, at), Tally[code])


def _day(at: datetime) -> date:
    return at.astimezone(CHINA_TIME).date()
